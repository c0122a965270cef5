// Payloads as they may be stored: everything but the secrets that a configuration change can carry.

/// Removes secrets from payloads before they reach a disk.
package enum SecretRedaction {
    /// Compared in lower case, by letters and digits only: `api_key` is `apiKey`.
    private static let names = [
        "apikey", "apisecret", "secret", "secretkey", "apikeysecret", "passphrase", "privatekey", "password", "token",
        "accesstoken",
    ].compactMap { folded($0.utf8) }
    private static let replacement = JSONValue.string("[removed]")

    /// The text of a strictly parsed payload, with the values of secret members replaced by `[removed]`, at any depth
    /// and inside JSON that stands in a string. `nil` without a secret: the payload's own bytes may be stored, so that
    /// their digest can be checked again.
    ///
    /// - Parameter object: what `payload` was parsed to, where the caller has it.
    package static func redacted(payload: [UInt8], object: JSONObject? = nil) -> String? {
        guard let value = object.map(JSONValue.object) ?? (try? StrictJSON.parse(payload)) else { return "" }
        return cleaned(value).map { String(decoding: $0.serialized(), as: UTF8.self) }
    }

    /// `nil` where nothing is secret.
    private static func cleaned(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .null, .bool, .number: return nil
        case .string(let text): return cleaned(text: text)
        case .array(let values):
            var (result, isChanged) = (values, false)
            for index in values.indices {
                guard let change = cleaned(values[index]) else { continue }
                (result[index], isChanged) = (change, true)
            }
            return isChanged ? .array(result) : nil
        case .object(let object):
            var (result, isChanged) = (object.members, false)
            for index in result.indices {
                let change = isSecret(result[index].name.utf8) ? replacement : cleaned(result[index].value)
                guard let change else { continue }
                (result[index].value, isChanged) = (change, true)
            }
            return isChanged ? .object(JSONObject(result)) : nil
        }
    }

    /// A string may hold JSON, or something that means to be. What begins like it and is none goes as a whole where a
    /// secret could stand in it: nobody can tell where the secret ends.
    private static func cleaned(text: String) -> JSONValue? {
        guard let first = text.unicodeScalars.first(where: { $0.value > 0x20 && $0.value != 0xfeff }),
            first == "{" || first == "[" || first == "\""
        else { return nil }
        let mayNameSecret = text.utf8.contains(UInt8(ascii: "\\")) || containsSecretName(text)
        guard mayNameSecret else { return nil }
        guard let inner = try? StrictJSON.parse(Array(text.utf8)) else { return replacement }
        return cleaned(inner).map { .string(String(decoding: $0.serialized(), as: UTF8.self)) }
    }

    /// Whether the letters and digits of a text, in lower case, hold the name of a secret anywhere.
    private static func containsSecretName(_ text: String) -> Bool {
        var latest: UInt128 = 0
        for byte in text.utf8 {
            guard let letter = folded(byte) else { continue }
            latest = latest << 8 | UInt128(letter)
            switch letter {
            case UInt8(ascii: "y"), UInt8(ascii: "t"), UInt8(ascii: "e"), UInt8(ascii: "d"), UInt8(ascii: "n"):
                if stems.contains(where: { latest & $0.mask == $0.letters }) { return true }
            default: continue
            }
        }
        return false
    }

    /// Every name of a secret holds one of these. Each ends in a letter that `containsSecretName` looks for.
    private static let stems = ["apikey", "secret", "passphrase", "privatekey", "password", "token"].map { stem in
        let letters = stem.utf8.reduce(0 as UInt128) { $0 << 8 | UInt128($1) }
        return (letters: letters, mask: (1 as UInt128) << (stem.utf8.count * 8) - 1)
    }

    private static func isSecret(_ name: some Sequence<UInt8>) -> Bool {
        folded(name).map(names.contains) ?? false
    }

    /// Up to sixteen letters and digits as one number, so that no text is made for a name; `nil` for more.
    private static func folded(_ name: some Sequence<UInt8>) -> UInt128? {
        var number: UInt128 = 0
        for byte in name {
            guard let letter = folded(byte) else { continue }
            guard number >> 120 == 0 else { return nil }
            number = number << 8 | UInt128(letter)
        }
        return number
    }

    /// A letter in lower case or a digit; `nil` for everything else.
    private static func folded(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
        default: nil
        }
    }
}
