// Texts in a rules file that stand where an address is wanted and are none.

enum AddressText {
    /// Text that no address can be: empty, longer than any, or with bytes that stand in none: spaces, everything beyond
    /// printable ASCII (a pasted zero-width space would make an entry that never matches), quotes and separators.
    static func isImpossible(_ text: String) -> Bool {
        text.isEmpty || text.utf8.count > 256
            || text.utf8.contains { byte in
                switch byte {
                case ...0x20, 0x7f..., UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"), UInt8(ascii: ","),
                    UInt8(ascii: ";"):
                    true
                default: false
                }
            }
    }

    /// What is wrong with a text that is meant as an address of a known format; `nil` where nothing is, or where no format
    /// is recognised.
    static func mistake(in text: String) -> String? {
        if looksMistyped(text) { return "\(text) looks like a mistyped address." }
        guard case .invalid(_, let why) = AddressFormat.check(text) else { return nil }
        return "\(text) looks like a mistyped address: \(why)."
    }

    /// Begins like an EVM address and is none: 40 hexadecimal digits follow `0x` there. Some chains have 64.
    private static func looksMistyped(_ text: String) -> Bool {
        let units = Array(text.utf8)
        guard units.count >= 2, units[0] == 0x30, units[1] == 0x78 || units[1] == 0x58 else { return false }
        let digits = units.dropFirst(2)
        let allHexadecimal = digits.allSatisfy { unit in
            switch unit {
            case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
            default: false
            }
        }
        return !allHexadecimal || (digits.count != 40 && digits.count != 64)
    }
}
