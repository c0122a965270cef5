// A wall clock of an IANA time zone.

import Foundation

/// Tells the wall-clock time of a zone at an instant. The zone's rules are those of the Foundation library in use.
struct ZoneClock: Sendable {
    let identifier: String
    private let zone: TimeZone

    /// `nil` for names that are not in the IANA database. Abbreviations (`CET`) and offsets (`GMT+2`) are not names:
    /// they know no daylight saving time, or not that of a place.
    init?(_ identifier: String) {
        // Names of places have a slash; the library would also take abbreviations and offsets.
        guard identifier.utf8.contains(0x2f) || identifier.isExactly("UTC"), let zone = TimeZone(identifier: identifier)
        else { return nil }
        self.identifier = identifier
        self.zone = zone
    }

    /// Names for hints; the library knows more, for example older names of places.
    static let known: [String] = TimeZone.knownTimeZoneIdentifiers + ["Etc/UTC"]

    func localTime(atSeconds seconds: Int64) -> LocalTime {
        let date = Date(timeIntervalSince1970: TimeInterval(seconds))
        return LocalTime(secondsSinceEpoch: seconds, offset: zone.secondsFromGMT(for: date))
    }

    /// The local day before the one that the clock shows. Where a zone skipped a day of the calendar (Apia had no
    /// 2011-12-30), the skipped day is not it.
    func dayBefore(_ time: LocalTime, atSeconds seconds: Int64) -> CivilDay {
        var earlier = seconds - Int64(time.second) - 1
        for _ in 0..<30 {
            let day = localTime(atSeconds: earlier).day
            if day.number < time.day.number { return day }
            earlier -= 3600
        }
        return CivilDay(number: time.day.number - 1)
    }
}
