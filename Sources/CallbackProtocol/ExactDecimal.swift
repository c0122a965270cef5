// Exact decimal numbers for money. No binary floating point anywhere.

/// A decimal number of any size, exact. Equal values are equal whatever their notation: `1.50` equals `1.5`.
///
/// The value is `(negative ? -1 : 1) * digits * 10^exponent`; digits are most significant first, without leading or
/// trailing zeros, so that every value has one representation.
package struct ExactDecimal: Sendable, Hashable {
    private var negative: Bool
    private var digits: [UInt8]
    private var exponent: Int

    package static let zero = ExactDecimal(negative: false, digits: [], exponent: 0)

    package init(whole: UInt) {
        self.init(negative: false, digits: String(whole).utf8.map { $0 - 0x30 }, exponent: 0)
    }

    /// A whole number from its big-endian bytes; none for zero. For the few bytes of chain integers: the work grows with
    /// the square of their number.
    package init(bigEndian bytes: some Sequence<UInt8>) {
        var digits: [UInt8] = []
        for byte in bytes {
            var carry = Int(byte)
            for index in digits.indices {
                carry += Int(digits[index]) << 8
                digits[index] = UInt8(carry % 10)
                carry /= 10
            }
            while carry > 0 {
                digits.append(UInt8(carry % 10))
                carry /= 10
            }
        }
        self.init(negative: false, digits: digits.reversed(), exponent: 0)
    }

    private init(negative: Bool, digits: consuming [UInt8], exponent: Int) {
        var rest = exponent
        while digits.last == 0 {
            digits.removeLast()
            rest += 1
        }
        var leading = 0
        while leading < digits.count, digits[leading] == 0 { leading += 1 }
        if leading > 0 { digits.removeFirst(leading) }
        let isZero = digits.isEmpty
        self.digits = digits
        self.negative = negative && !isZero
        self.exponent = isZero ? 0 : rest
    }

    /// Reads plain notation, `(0|[1-9][0-9]*)(\.[0-9]+)?` with at most `maximumDigits` digits: the form of every
    /// amount in a string. Anything else is `nil`.
    package init?(plain text: some StringProtocol, maximumDigits: Int = 78) {
        guard let number = Self.read(text, maximumDigits: maximumDigits, allowed: .plain) else { return nil }
        self = number
    }

    /// Reads a JSON number (RFC 8259 section 6), sign and exponent included. `nil` where it is none, has more than 78
    /// digits, or an exponent beyond ±30.
    package init?(jsonNumber text: some StringProtocol) {
        guard let number = Self.read(text, maximumDigits: 78, allowed: .json) else { return nil }
        self = number
    }

    private enum Notation { case plain, json }

    private static let maximumExponent = 30

    /// In one piece where the text lies so, as most do.
    private static func read(_ text: some StringProtocol, maximumDigits: Int, allowed: Notation) -> ExactDecimal? {
        text.utf8.withContiguousStorageIfAvailable { scan($0, maximumDigits: maximumDigits, allowed: allowed) }
            ?? scan(Array(text.utf8), maximumDigits: maximumDigits, allowed: allowed)
    }

    private static func scan(
        _ text: some RandomAccessCollection<UInt8>, maximumDigits: Int, allowed: Notation
    ) -> ExactDecimal? {
        var position = text.startIndex
        let end = text.endIndex
        var digits: [UInt8] = []
        digits.reserveCapacity(min(text.count, maximumDigits + 1))
        let negative = allowed == .json && take(0x2d, text, &position)
        takeDigits(text, &position, &digits)
        guard !digits.isEmpty, digits.count == 1 || digits[0] != 0 else { return nil }
        let whole = digits.count
        if take(0x2e, text, &position) {
            takeDigits(text, &position, &digits)
            guard digits.count > whole else { return nil }
        }
        var power = 0
        if allowed == .json, take(0x65, text, &position) || take(0x45, text, &position) {
            let down = take(0x2d, text, &position)
            if !down { _ = take(0x2b, text, &position) }
            let first = position
            // Stops growing above the bound, so that no number of digits overflows.
            while position < end, text[position] &- 0x30 < 10 {
                if power <= maximumExponent { power = power * 10 + Int(text[position] - 0x30) }
                text.formIndex(after: &position)
            }
            guard position > first, power <= maximumExponent else { return nil }
            if down { power = -power }
        }
        guard position == end, digits.count <= maximumDigits else { return nil }
        return ExactDecimal(negative: negative, digits: digits, exponent: power - (digits.count - whole))
    }

    private static func take<Text: RandomAccessCollection<UInt8>>(
        _ unit: UInt8, _ text: Text, _ position: inout Text.Index
    ) -> Bool {
        guard position < text.endIndex, text[position] == unit else { return false }
        text.formIndex(after: &position)
        return true
    }

    private static func takeDigits<Text: RandomAccessCollection<UInt8>>(
        _ text: Text, _ position: inout Text.Index, _ digits: inout [UInt8]
    ) {
        while position < text.endIndex, text[position] &- 0x30 < 10 {
            digits.append(text[position] - 0x30)
            text.formIndex(after: &position)
        }
    }

    /// The digits of the magnitude, most significant first, without leading or trailing zeros; none for zero.
    package var significantDigits: [UInt8] { digits }

    /// How many digits stand before the decimal point; 0 or less where the first digit stands behind it.
    package var pointPosition: Int { digits.count + exponent }

    package var isZero: Bool { digits.isEmpty }
    package var isNegative: Bool { negative }

    package var magnitude: ExactDecimal {
        ExactDecimal(negative: false, digits: digits, exponent: exponent)
    }

    /// The value times 10 to the `power`.
    package func shifted(by power: Int) -> ExactDecimal {
        ExactDecimal(negative: negative, digits: digits, exponent: exponent + power)
    }

    /// The value times a whole number.
    package func multiplied(by factor: UInt32) -> ExactDecimal {
        var product: [UInt8] = []
        var carry: UInt64 = 0
        for digit in digits.reversed() {
            carry += UInt64(digit) * UInt64(factor)
            product.append(UInt8(carry % 10))
            carry /= 10
        }
        while carry > 0 {
            product.append(UInt8(carry % 10))
            carry /= 10
        }
        return ExactDecimal(negative: negative, digits: product.reversed(), exponent: exponent)
    }

    /// The value where it is a whole number of 64 bits without sign, else `nil`.
    package var unsignedInteger: UInt64? {
        guard !negative, exponent >= 0, digits.count + exponent <= 20 else { return nil }
        var result: UInt64 = 0
        for digit in digits + repeatElement(0, count: exponent) {
            let (shifted, overflow) = result.multipliedReportingOverflow(by: 10)
            let (sum, carry) = shifted.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carry else { return nil }
            result = sum
        }
        return result
    }

    package static prefix func - (value: ExactDecimal) -> ExactDecimal {
        ExactDecimal(negative: !value.negative, digits: value.digits, exponent: value.exponent)
    }

    package static func + (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        if left.isZero { return right }
        if right.isZero { return left }
        let (first, second, exponent) = aligned(left, right)
        if left.negative == right.negative {
            return ExactDecimal(negative: left.negative, digits: sum(first, second), exponent: exponent)
        }
        if first.lexicographicallyPrecedes(second) {
            return ExactDecimal(negative: right.negative, digits: difference(second, first), exponent: exponent)
        }
        return ExactDecimal(negative: left.negative, digits: difference(first, second), exponent: exponent)
    }

    package static func - (left: ExactDecimal, right: ExactDecimal) -> ExactDecimal {
        left + -right
    }

    /// Both digit strings at one exponent and one length.
    private static func aligned(_ left: ExactDecimal, _ right: ExactDecimal) -> ([UInt8], [UInt8], Int) {
        let exponent = min(left.exponent, right.exponent)
        var first = left.digits + [UInt8](repeating: 0, count: left.exponent - exponent)
        var second = right.digits + [UInt8](repeating: 0, count: right.exponent - exponent)
        let length = max(first.count, second.count)
        first = [UInt8](repeating: 0, count: length - first.count) + first
        second = [UInt8](repeating: 0, count: length - second.count) + second
        return (first, second, exponent)
    }

    private static func sum(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: first.count + 1)
        var carry: UInt8 = 0
        for index in first.indices.reversed() {
            let digit = first[index] + second[index] + carry
            result[index + 1] = digit % 10
            carry = digit / 10
        }
        result[0] = carry
        return result
    }

    /// `first - second`, where `first` is not smaller.
    private static func difference(_ first: [UInt8], _ second: [UInt8]) -> [UInt8] {
        var result = first
        var borrow: UInt8 = 0
        for index in first.indices.reversed() {
            let taken = second[index] + borrow
            borrow = first[index] < taken ? 1 : 0
            result[index] = first[index] + borrow * 10 - taken
        }
        return result
    }
}

extension ExactDecimal: Comparable {
    package static func < (left: ExactDecimal, right: ExactDecimal) -> Bool {
        if left.negative != right.negative { return left.negative }
        return left.negative ? precedes(right, left) : precedes(left, right)
    }

    /// Whether the magnitude of the first is the smaller one. Without leading zeros, the position of the point decides,
    /// and at the same position the digits do.
    private static func precedes(_ left: ExactDecimal, _ right: ExactDecimal) -> Bool {
        if left.isZero || right.isZero { return !right.isZero }
        if left.pointPosition != right.pointPosition { return left.pointPosition < right.pointPosition }
        return left.digits.lexicographicallyPrecedes(right.digits)
    }
}

extension ExactDecimal: CustomStringConvertible {
    /// Plain notation without superfluous zeros: `0.01`, `-3`, `1200`.
    package var description: String {
        guard !digits.isEmpty else { return "0" }
        var text: [UInt8] = []
        text.reserveCapacity(digits.count + abs(exponent) + 3)
        if negative { text.append(UInt8(ascii: "-")) }
        let point = digits.count + exponent
        if point <= 0 {
            text += [UInt8(ascii: "0"), UInt8(ascii: ".")]
            text += repeatElement(UInt8(ascii: "0"), count: -point)
        }
        for (index, digit) in digits.enumerated() {
            if index == point, index > 0 { text.append(UInt8(ascii: ".")) }
            text.append(digit + UInt8(ascii: "0"))
        }
        text += repeatElement(UInt8(ascii: "0"), count: max(0, exponent))
        return String(decoding: text, as: UTF8.self)
    }
}

extension ExactDecimal {
    /// Plain notation with exactly this many decimals, rounded half to even.
    package func text(decimals: Int) -> String {
        let dropped = max(0, -exponent - decimals)
        var rounded = self
        if dropped > 0 {
            let kept = Array(digits.dropLast(min(dropped, digits.count)))
            let rest =
                [UInt8](repeating: 0, count: max(0, dropped - digits.count)) + digits.suffix(min(dropped, digits.count))
            let isHalf = rest.first == 5 && rest.dropFirst().allSatisfy { $0 == 0 }
            let roundsUp = isHalf ? (kept.last ?? 0) % 2 == 1 : (rest.first ?? 0) >= 5
            rounded = ExactDecimal(negative: negative, digits: kept, exponent: -decimals)
            if roundsUp { rounded = rounded + ExactDecimal(negative: negative, digits: [1], exponent: -decimals) }
        }
        var text = rounded.description
        guard decimals > 0 else { return text }
        let point = text.firstIndex(of: ".")
        let present = point.map { text.distance(from: $0, to: text.endIndex) - 1 } ?? 0
        if point == nil { text += "." }
        return text + String(repeating: "0", count: decimals - present)
    }
}
