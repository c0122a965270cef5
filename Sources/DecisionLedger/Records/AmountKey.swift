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
        let position = amount.pointPosition + bias
        guard position >= 0, position <= 9999 else { return nil }
        let digits = amount.significantDigits
        var key: [UInt8] = []
        key.reserveCapacity(digits.count + 6)
        key.append(amount.isNegative ? 0x30 : 0x32)
        for unit in [1000, 100, 10, 1] { append(UInt8(position / unit % 10)) }
        digits.forEach(append)
        if amount.isNegative { key.append(0x3a) }
        return String(decoding: key, as: UTF8.self)

        func append(_ digit: UInt8) {
            key.append(0x30 + (amount.isNegative ? 9 - digit : digit))
        }
    }
}
