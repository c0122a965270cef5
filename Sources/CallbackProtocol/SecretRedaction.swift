// Payloads as they may be stored: everything but the secrets that a configuration change can carry.

/// Removes secrets from payloads before they reach a disk.
package enum SecretRedaction {
    /// Compared in lower case, by letters and digits only: `api_key` is `apiKey`.
    private static let names = Set(
        [
            "apikey", "apisecret", "secret", "secretkey", "apikeysecret", "passphrase", "privatekey", "password",
            "token",
            "accesstoken",
        ].compactMap { folded($0.utf8) })
    private static let replacement = JSONValue.string("[removed]")

    /// The text of a strictly parsed payload, with the values of secret members replaced by `[removed]`, at any depth
    /// and inside JSON that stands in a string. Without a secret it is the payload's own bytes, so that its digest can
    /// be checked again.
    ///
    /// - Parameter object: what `payload` was parsed to, where the caller has it.
    package static func redacted(payload: [UInt8], object: JSONObject? = nil) -> String {
        guard let value = object.map(JSONValue.object) ?? (try? StrictJSON.parse(payload)) else { return "" }
        return String(decoding: cleaned(value)?.serialized() ?? payload, as: UTF8.self)
    }

    /// `nil` where nothing is secret.
    private static func cleaned(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .null, .bool, .number: return nil
        case .string(let text): return cleaned(text: text)
        case .array(let values):
            let changes = values.map(cleaned)
            guard changes.contains(where: { $0 != nil }) else { return nil }
            return .array(zip(values, changes).map { $1 ?? $0 })
        case .object(let object):
            let changes = object.members.map { isSecret($0.name.utf8) ? replacement : cleaned($0.value) }
            guard changes.contains(where: { $0 != nil }) else { return nil }
            return .object(
                JSONObject(zip(object.members, changes).map { JSONObject.Member($0.name, $1 ?? $0.value) }))
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
        let letters = text.utf8.compactMap { byte -> UInt8? in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: nil
            }
        }
        return letters.indices.contains { start in
            stems.contains { letters[start...].starts(with: $0) }
        }
    }

    /// Every name of a secret holds one of these.
    private static let stems = ["apikey", "secret", "passphrase", "privatekey", "password", "token"].map {
        Array($0.utf8)
    }

    private static func isSecret(_ name: some Sequence<UInt8>) -> Bool {
        folded(name).map(names.contains) ?? false
    }

    /// Up to sixteen letters and digits as one number, so that no text is made for a name; `nil` for more.
    private static func folded(_ name: some Sequence<UInt8>) -> UInt128? {
        var number: UInt128 = 0
        for byte in name {
            let letter: UInt8
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter = byte | 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): letter = byte
            default: continue
            }
            guard number >> 120 == 0 else { return nil }
            number = number << 8 | UInt128(letter)
        }
        return number
    }
}
