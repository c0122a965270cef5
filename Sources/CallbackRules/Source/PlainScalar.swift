// What YAML tools make of a value without quotes.

import CallbackProtocol

/// Tells text from the numbers, booleans, dates and nulls that YAML 1.1 and 1.2 tools read into unquoted values.
///
/// The rules language reads all of them as text; it refuses them unquoted, because an editor, a formatter or a
/// reviewer's tool may turn `012` into 10, `18:00` into 1080 and `no` into false.
enum PlainScalar {
    /// For messages: `a number`; `nil` for text.
    static func misreading(_ text: String) -> String? {
        if ["", "~", "null", "Null", "NULL"].contains(where: text.isExactly) { return "empty (null)" }
        let words = ["true", "false", "yes", "no", "on", "off"]
        let lower = text.lowercased()
        if words.contains(where: lower.isExactly), [lower, text.uppercased(), lower.capitalisedASCII].contains(text) {
            return "a boolean"
        }
        if text.isExactly("<<") || text.isExactly("=") { return "a YAML operator" }
        var units = Array(text.utf8)[...]
        if isDate(units) { return "a date" }
        if let sign = units.first, sign == 0x2b || sign == 0x2d { units.removeFirst() }
        return isNumber(units) ? "a number" : nil
    }

    private static func isDigit(_ unit: UInt8) -> Bool { unit >= 0x30 && unit <= 0x39 }

    private static func isDate(_ units: ArraySlice<UInt8>) -> Bool {
        let parts = units.prefix(10).split(separator: 0x2d, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].count == 4, parts[0].allSatisfy(isDigit), parts[1].allSatisfy(isDigit),
            (1...2).contains(parts[1].count)
        else { return false }
        let day = parts[2].prefix(while: isDigit)
        let rest = units[day.endIndex...]
        return (1...2).contains(day.count) && (rest.first.map { [0x54, 0x74, 0x20, 0x09].contains($0) } ?? true)
    }

    private static func isNumber(_ units: ArraySlice<UInt8>) -> Bool {
        let lower = units.map { $0 >= 0x41 && $0 <= 0x5a ? $0 + 0x20 : $0 }
        let text = String(decoding: lower, as: UTF8.self)
        if text.isExactly(".inf") || text.isExactly(".nan") { return true }
        for (prefix, digits) in [("0x", "0123456789abcdef_"), ("0o", "01234567_"), ("0b", "01_")]
        where text.hasPrefix(prefix) {
            return lower.count > 2 && lower.dropFirst(2).allSatisfy(Set(digits.utf8).contains)
        }
        let parts = lower.split(separator: 0x3a, omittingEmptySubsequences: false)
        if parts.count > 1 {
            return parts.allSatisfy { part in
                part.first.map(isDigit) ?? false && part.allSatisfy { isDigit($0) || $0 == 0x2e || $0 == 0x5f }
            }
        }
        let whole = lower.prefix { isDigit($0) || $0 == 0x5f }
        var rest = lower[whole.endIndex...]
        var fraction: ArraySlice<UInt8> = []
        if rest.first == 0x2e {
            rest.removeFirst()
            fraction = rest.prefix { isDigit($0) || $0 == 0x5f }
            rest = rest[fraction.endIndex...]
        }
        guard (whole + fraction).contains(where: isDigit), whole.first != 0x5f else { return false }
        guard rest.first == 0x65 else { return rest.isEmpty }
        rest.removeFirst()
        if let sign = rest.first, sign == 0x2b || sign == 0x2d { rest.removeFirst() }
        return !rest.isEmpty && rest.allSatisfy(isDigit)
    }
}

extension String {
    /// Equality of UTF-8 bytes. Swift's `==` also equates other spellings of a character: the Kelvin sign and `K`.
    func isExactly(_ other: String) -> Bool { isSameText(self, other) }

    fileprivate var capitalisedASCII: String { prefix(1).uppercased() + dropFirst() }
}
