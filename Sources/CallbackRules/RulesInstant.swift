// The instant at which rules are evaluated. A parameter: this module has no clock.

/// Seconds and nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
package struct RulesInstant: Sendable, Hashable, Comparable {
    /// Whole seconds; negative before 1970.
    package var seconds: Int64
    /// 0 to 999,999,999, counted forwards from `seconds`.
    package var nanoseconds: Int32

    package init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    package init(milliseconds: Int64) {
        let (seconds, rest) = milliseconds.quotientAndRemainder(dividingBy: 1000)
        self.init(
            seconds: rest < 0 ? seconds - 1 : seconds, nanoseconds: Int32(rest < 0 ? rest + 1000 : rest) * 1_000_000)
    }

    package static func < (left: RulesInstant, right: RulesInstant) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

extension RulesInstant {
    /// Reads an RFC 3339 date and time in whole seconds: `2026-11-21T09:30:00Z`, or with an offset. `nil` for anything
    /// else.
    package init?(_ text: String) {
        let units = Array(text.utf8)
        guard units.count >= 20, let day = CivilDay(String(decoding: units[..<10], as: UTF8.self)),
            units[10] == 0x54 || units[10] == 0x74, units[13] == 0x3a, units[16] == 0x3a,
            let hour = Self.twoDigits(units[11...], below: 24), let minute = Self.twoDigits(units[14...], below: 60),
            let second = Self.twoDigits(units[17...], below: 60)
        else { return nil }
        var offset = 0
        switch units[19] {
        case 0x5a, 0x7a: guard units.count == 20 else { return nil }
        case 0x2b, 0x2d:
            guard units.count == 25, units[22] == 0x3a, let hours = Self.twoDigits(units[20...], below: 24),
                let minutes = Self.twoDigits(units[23...], below: 60)
            else { return nil }
            offset = (hours * 60 + minutes) * (units[19] == 0x2b ? 60 : -60)
        default: return nil
        }
        self.init(seconds: Int64(day.number) * 86_400 + Int64(hour * 3_600 + minute * 60 + second - offset))
    }

    private static func twoDigits(_ units: ArraySlice<UInt8>, below limit: Int) -> Int? {
        let digits = units.prefix(2)
        guard digits.count == 2, digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return number < limit ? number : nil
    }
}

extension RulesInstant: CustomStringConvertible {
    /// RFC 3339 in UTC, whole seconds: `2026-11-21T09:30:00Z`.
    package var description: String {
        let local = LocalTime(secondsSinceEpoch: seconds, offset: 0)
        return local.day.description + "T" + local.clock(seconds: true) + "Z"
    }
}
