// Points in time as the ledger stores them: UTC, whole milliseconds, text of one width that sorts by time.

/// An instant in milliseconds since 1970-01-01T00:00:00Z, without leap seconds.
package struct LedgerInstant: Sendable, Hashable, Comparable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    package static func < (left: LedgerInstant, right: LedgerInstant) -> Bool {
        left.milliseconds < right.milliseconds
    }
}

extension LedgerInstant: CustomStringConvertible {
    /// RFC 3339 in UTC with milliseconds: `2026-11-21T09:30:00.123Z`.
    package var description: String {
        let (days, time) = milliseconds.quotientAndRemainderFloored(86_400_000)
        // Days to a civil date: Howard Hinnant, "chrono-compatible low-level date algorithms".
        let shifted = days + 719_468
        let (era, dayOfEra) = shifted.quotientAndRemainderFloored(146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthIndex = (5 * dayOfYear + 2) / 153
        let month = monthIndex < 10 ? monthIndex + 3 : monthIndex - 9
        return String(unsafeUninitializedCapacity: 24) { buffer in
            var position = 0
            append(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), 4, 0x2d)
            append(month, 2, 0x2d)
            append(dayOfYear - (153 * monthIndex + 2) / 5 + 1, 2, 0x54)
            append(time / 3_600_000, 2, 0x3a)
            append(time / 60_000 % 60, 2, 0x3a)
            append(time / 1000 % 60, 2, 0x2e)
            append(time % 1000, 3, 0x5a)
            return position

            func append(_ value: Int64, _ width: Int, _ separator: UInt8) {
                var rest = value
                for offset in (0..<width).reversed() {
                    buffer[position + offset] = UInt8(rest % 10) + 0x30
                    rest /= 10
                }
                buffer[position + width] = separator
                position += width + 1
            }
        }
    }

    /// Reads an RFC 3339 date or date and time: `2026-11-21`, `2026-11-21T09:30:00Z`, with a fraction of a second and
    /// any offset. A date alone is its first instant in UTC. `nil` for anything else.
    package init?(_ text: some StringProtocol) {
        if let instant = text.utf8.withContiguousStorageIfAvailable({ Self.stored($0) }) ?? nil {
            self = instant
            return
        }
        var units = Array(text.utf8)[...]
        func take(_ width: Int) -> Int64? {
            let digits = units.prefix(width)
            guard digits.count == width, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
            units = units.dropFirst(width)
            return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
        }
        func skip(_ any: UInt8...) -> Bool {
            guard let first = units.first, any.contains(first) else { return false }
            units.removeFirst()
            return true
        }
        guard let year = take(4), skip(0x2d), let month = take(2), skip(0x2d), let day = take(2),
            (1...12).contains(month), day >= 1, day <= Self.length(of: month, in: year)
        else { return nil }
        var total = Self.days(year, month, day) * 86_400_000
        if !units.isEmpty {
            guard skip(0x54, 0x74, 0x20), let hour = take(2), skip(0x3a), let minute = take(2), skip(0x3a),
                let second = take(2), hour < 24, minute < 60, second < 60
            else { return nil }
            total += (hour * 3600 + minute * 60 + second) * 1000
            if skip(0x2e) {
                let fraction = units.prefix { $0 >= 0x30 && $0 <= 0x39 }
                units = units.dropFirst(fraction.count)
                guard !fraction.isEmpty else { return nil }
                let padded = (fraction.map { Int64($0 - 0x30) } + [0, 0]).prefix(3)
                total += padded.reduce(0) { $0 * 10 + $1 }
            }
            if !skip(0x5a, 0x7a) {
                let east = units.first == 0x2b
                guard skip(0x2b, 0x2d), let hour = take(2), skip(0x3a), let minute = take(2), hour < 24, minute < 60
                else { return nil }
                total += (hour * 60 + minute) * 60_000 * (east ? -1 : 1)
            }
            guard units.isEmpty else { return nil }
        }
        self.init(milliseconds: total)
    }

    /// Whether a text has exactly the form of `description`.
    static func isStored(_ text: String) -> Bool {
        (text.utf8.withContiguousStorageIfAvailable { stored($0) } ?? stored(Array(text.utf8))) != nil
    }

    /// The form of `description`, in one piece: verification reads millions of them. `nil` for any other form.
    private static func stored<Units: RandomAccessCollection<UInt8>>(_ units: Units) -> LedgerInstant?
    where Units.Index == Int {
        guard units.count == 24, units[4] == 0x2d, units[7] == 0x2d, units[10] == 0x54, units[13] == 0x3a,
            units[16] == 0x3a, units[19] == 0x2e, units[23] == 0x5a
        else { return nil }
        var areDigits = true
        func number(_ range: Range<Int>) -> Int64 {
            var value: Int64 = 0
            for index in range {
                let digit = units[index] &- 0x30
                areDigits = areDigits && digit < 10
                value = value * 10 + Int64(digit)
            }
            return value
        }
        let (year, month, day) = (number(0..<4), number(5..<7), number(8..<10))
        let (hour, minute, second) = (number(11..<13), number(14..<16), number(17..<19))
        let fraction = number(20..<23)
        guard areDigits, (1...12).contains(month), day >= 1, day <= length(of: month, in: year), hour < 24, minute < 60,
            second < 60
        else { return nil }
        return LedgerInstant(
            milliseconds: days(year, month, day) * 86_400_000 + (hour * 3600 + minute * 60 + second) * 1000 + fraction)
    }

    private static func length(of month: Int64, in year: Int64) -> Int64 {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let (era, yearOfEra) = shifted.quotientAndRemainderFloored(400)
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}

extension Int64 {
    /// Division that rounds down, so that the remainder is never negative (for a positive divisor).
    fileprivate func quotientAndRemainderFloored(_ divisor: Int64) -> (Int64, Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
