// Exact decimals as text that SQLite can compare: byte order of the keys is the order of the numbers.

import CallbackProtocol

/// The sortable form of an exact decimal.
///
/// `2` and four digits of the biased position of the first digit and the digits, for positive numbers: of two numbers
/// with the same position the digits decide, and a missing digit counts as 0 as a shorter text comes first. `1` is zero.
/// Negative numbers are `0` and the nines' complement of all that, with `:` (after `9`) at the end, as there the shorter
/// text comes last.
enum AmountKey {
    private static let bias = 5000

    /// `nil` for numbers of 5,000 digits and more before or after the point, which no reader of this product lets in.
    static func make(_ amount: ExactDecimal) -> String? {
        if amount.isZero { return "1" }
        let text = Array(amount.magnitude.description.utf8)
        let point = text.firstIndex(of: 0x2e) ?? text.count
        let digits = text.filter { $0 != 0x2e }
        let leading = digits.prefix { $0 == 0x30 }.count
        let position = point - leading + bias
        guard position >= 0, position <= 9999 else { return nil }
        var significant = digits.dropFirst(leading)
        while significant.last == 0x30 { significant.removeLast() }
        let prefix = String(position).utf8
        var key = [UInt8](repeating: 0x30, count: 4 - prefix.count) + prefix + significant
        if amount.isNegative {
            key = key.map { 0x69 - $0 }
            key.append(0x3a)
        }
        return (amount.isNegative ? "0" : "2") + String(decoding: key, as: UTF8.self)
    }
}
