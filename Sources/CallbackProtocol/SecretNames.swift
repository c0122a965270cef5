// How members with secrets are named.

/// What the names of secrets end with, compared in lower case, by letters and digits only: `api_key` is `apiKey`, and
/// `exchangeApiKey` is one too.
enum SecretNames {
    private static let ends = [
        "apikey", "secret", "secretkey", "passphrase", "privatekey", "password", "token", "credentials",
    ].map(Ending.init)

    /// Letters and digits that the last ones of a name are compared with.
    private struct Ending {
        let letters: UInt128
        private let mask: UInt128

        init(_ word: String) {
            letters = word.utf8.reduce(0) { $0 << 8 | UInt128($1) }
            mask = 1 << UInt128(word.utf8.count * 8) - 1
        }

        func ends(_ latest: UInt128) -> Bool { latest & mask == letters }
    }

    /// The last two letters of each.
    private static let lastTwo = Array(Set(ends.map { UInt16(truncatingIfNeeded: $0.letters) }))

    static func contains(_ name: String) -> Bool {
        let units = name.utf8
        // Few names end like one.
        if units.count >= 2, let last = folded(units[units.index(before: units.endIndex)]),
            let previous = folded(units[units.index(units.endIndex, offsetBy: -2)]),
            !lastTwo.contains(UInt16(previous) << 8 | UInt16(last))
        {
            return false
        }
        let latest = units.reduce(0 as UInt128) { latest, byte in
            folded(byte).map { latest << 8 | UInt128($0) } ?? latest
        }
        return ends.contains { $0.ends(latest) }
    }

    /// Whether the letters and digits of a text, in lower case, hold the name of a secret anywhere.
    static func areIn(_ text: Span<UInt8>) -> Bool {
        let (ends, lastBits) = (ends, lastBits)
        var latest: UInt128 = 0
        for index in text.indices {
            guard let letter = folded(text[index]) else { continue }
            latest = latest << 8 | UInt128(letter)
            // Most letters end no name, which one look at a bit tells.
            guard lastBits >> bit(ofEnding: latest) & 1 == 1 else { continue }
            if ends.contains(where: { $0.ends(latest) }) { return true }
        }
        return false
    }

    /// A bit for the last two letters of each.
    private static let lastBits = ends.reduce(0 as UInt64) {
        $0 | 1 << bit(ofEnding: $1.letters)
    }

    /// Which of 64 bits the last two letters share with others.
    private static func bit(ofEnding letters: UInt128) -> UInt64 {
        let pair = UInt64(truncatingIfNeeded: letters) & 0xffff
        return (pair >> 8 &* 5 &+ pair) & 63
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
