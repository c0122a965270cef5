// How members with secrets are named.

/// Names of secrets, compared in lower case, by letters and digits only: `api_key` is `apiKey`.
enum SecretNames {
    private static let names = [
        "apikey", "apisecret", "secret", "secretkey", "apikeysecret", "passphrase", "privatekey", "password", "token",
        "accesstoken",
    ].compactMap { folded($0.utf8) }

    static func contains(_ name: some Sequence<UInt8>) -> Bool {
        folded(name).map(names.contains) ?? false
    }

    /// Whether the letters and digits of a text, in lower case, hold the name of a secret anywhere.
    static func areIn(_ text: String) -> Bool {
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

    /// Every name of a secret holds one of these. Each ends in a letter that `areIn` looks for.
    private static let stems = ["apikey", "secret", "passphrase", "privatekey", "password", "token"].map { stem in
        let letters = stem.utf8.reduce(0 as UInt128) { $0 << 8 | UInt128($1) }
        return (letters: letters, mask: (1 as UInt128) << (stem.utf8.count * 8) - 1)
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
