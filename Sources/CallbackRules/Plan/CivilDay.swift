// Days and times of the proleptic Gregorian calendar, by hand: no locale, no calendar object, no time of its own.

/// A day of the week in the order of ISO 8601.
enum Weekday: Int, Sendable, Hashable, CaseIterable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    /// `mon` to `sun`, as rules files write it.
    var name: String { ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][rawValue] }
}

/// A day, counted from 1970-01-01.
struct CivilDay: Sendable, Hashable {
    var number: Int

    init(number: Int) { self.number = number }

    /// Reads `YYYY-MM-DD` (RFC 3339 full-date); `nil` for anything else and for days that do not exist.
    init?(_ text: String) {
        let units = Array(text.utf8)
        guard units.count == 10, units[4] == 0x2d, units[7] == 0x2d else { return nil }
        func number(_ range: Range<Int>) -> Int? {
            units[range].reduce(0 as Int?) { sum, unit in
                guard let sum, unit >= 0x30, unit <= 0x39 else { return nil }
                return sum * 10 + Int(unit - 0x30)
            }
        }
        guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), (1...12).contains(month),
            day >= 1
        else { return nil }
        self.init(year: year, month: month, day: day)
        guard components == (year, month, day) else { return nil }
    }

    /// Days from civil (Howard Hinnant, "chrono-compatible low-level date algorithms"): years begin in March.
    private init(year: Int, month: Int, day: Int) {
        let shifted = month <= 2 ? year - 1 : year
        let era = (shifted >= 0 ? shifted : shifted - 399) / 400
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        number = era * 146_097 + dayOfEra - 719_468
    }

    var components: (year: Int, month: Int, day: Int) {
        let shifted = number + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    /// 1970-01-01 was a Thursday.
    var weekday: Weekday {
        let index = ((number + 3) % 7 + 7) % 7
        return Weekday(rawValue: index) ?? .monday
    }
}

extension CivilDay: CustomStringConvertible {
    var description: String {
        let (year, month, day) = components
        let digits = String(abs(year))
        return (year < 0 ? "-" : "") + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + "-"
            + twoDigits(month) + "-" + twoDigits(day)
    }
}

/// What a wall clock and a calendar beside it show.
struct LocalTime: Sendable, Hashable {
    var day: CivilDay
    /// Seconds after the clock showed midnight, 0 to 86,399.
    var second: Int

    /// `offset` is in seconds east of UTC.
    init(secondsSinceEpoch: Int64, offset: Int) {
        // Instants outside of what fits are clamped: they are tens of billions of years away.
        let bounded = Int(max(min(secondsSinceEpoch, 1 << 50), -(1 << 50))) + offset
        let number = bounded >= 0 ? bounded / 86_400 : (bounded - 86_399) / 86_400
        day = CivilDay(number: number)
        second = bounded - number * 86_400
    }

    func clock(seconds: Bool) -> String {
        twoDigits(second / 3600) + ":" + twoDigits(second / 60 % 60) + (seconds ? ":" + twoDigits(second % 60) : "")
    }
}

private func twoDigits(_ number: Int) -> String {
    (number < 10 ? "0" : "") + String(number)
}
