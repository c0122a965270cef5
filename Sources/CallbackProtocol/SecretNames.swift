// How members with secrets are named.

/// Names of secrets, compared in lower case, by letters and digits only: `api_key` is `apiKey`.
enum SecretNames {
    private static let names = [
        "apikey", "apisecret", "secret", "secretkey", "apikeysecret", "passphrase", "privatekey", "password", "token",
        "accesstoken",
    ].compactMap { folded($0.utf8) }

    /// The last two letters of each name.
    private static let endings = Array(Set(names.map { UInt16(truncatingIfNeeded: $0) }))

    static func contains(_ name: String) -> Bool {
        let units = name.utf8
        // Few names end like one.
        if units.count >= 2, let last = folded(units[units.index(before: units.endIndex)]),
            let previous = folded(units[units.index(units.endIndex, offsetBy: -2)]),
            !endings.contains(UInt16(previous) << 8 | UInt16(last))
        {
            return false
        }
        return folded(units).map(names.contains) ?? false
    }

    /// Whether the letters and digits of a text, in lower case, hold the name of a secret anywhere.
    static func areIn(_ text: Span<UInt8>) -> Bool {
        let (stems, endings) = (stems, stemEndings)
        var latest: UInt128 = 0
        for index in text.indices {
            guard let letter = folded(text[index]) else { continue }
            latest = latest << 8 | UInt128(letter)
            // Most letters end no name, which one look at a bit tells.
            guard endings >> bit(ofEnding: latest) & 1 == 1 else { continue }
            if stems.contains(where: { latest & $0.mask == $0.letters }) { return true }
        }
        return false
    }

    /// A bit for the last two letters of each stem.
    private static let stemEndings = stems.reduce(0 as UInt64) {
        $0 | 1 << bit(ofEnding: $1.letters)
    }

    /// Which of 64 bits the last two letters share with others.
    private static func bit(ofEnding letters: UInt128) -> UInt64 {
        let pair = UInt64(truncatingIfNeeded: letters) & 0xffff
        return (pair >> 8 &* 5 &+ pair) & 63
    }

    /// Every name of a secret holds one of these.
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
