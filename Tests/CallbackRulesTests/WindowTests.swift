// Item 11: windows over daylight saving time, midnight and skipped days.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

@Suite struct WindowTests {
    /// Whether a window is open at an instant given in UTC, `YYYY-MM-DDTHH:MM:SSZ`.
    private func isOpen(_ window: String, at utc: String) throws -> Bool {
        let text = """
            rules_version: 1
            name: windows
            windows: { w: \(window) }
            transactions:
              - { id: pay, effect: approve, when: { asset: ETH, time: { within: w } } }
              - { id: stop, effect: reject, when: { asset: BTC, time: { outside: w } } }

            """
        let date = try #require(ISO8601DateFormatter().date(from: utc))
        let instant = RulesInstant(seconds: Int64(date.timeIntervalSince1970), nanoseconds: 999_999_999)
        let rules = try loaded(text)
        func evaluate(_ asset: String) -> Evaluation {
            let request = payment { $0.asset = asset }
            return rules.evaluate(
                EvaluationInput(content: .transaction(request), cosigner: nil, listener: "l"), at: instant,
                tracing: true)
        }
        let within = evaluate("ETH").effect == .approve
        #expect((evaluate("BTC").rule == nil) == within, "outside is the opposite of within")
        return within
    }

    @Test(arguments: [
        // Zurich is UTC+1 in winter and UTC+2 in summer.
        ("2026-01-05T06:59:59Z", false), ("2026-01-05T07:00:00Z", true), ("2026-01-05T16:59:59Z", true),
        ("2026-01-05T17:00:00Z", false), ("2026-07-06T05:59:59Z", false), ("2026-07-06T06:00:00Z", true),
        ("2026-07-06T16:00:00Z", false), ("2026-01-04T12:00:00Z", false), ("2026-12-25T12:00:00Z", false),
        ("2026-12-24T12:00:00Z", true), ("1969-12-31T12:00:00Z", true),
    ])
    func `a window is half-open on the wall clock of its zone`(utc: String, open: Bool) throws {
        let window = """
            { days: [mon, tue, wed, thu, fri], from: "08:00", to: "18:00", except: ["2026-12-25"],
                time_zone: Europe/Zurich }
            """
        #expect(try isOpen(window, at: utc) == open)
    }

    @Test(arguments: [
        // In spring the clock goes from 02:00 to 03:00 at 01:00 UTC on 2026-03-29.
        ("02:30", "04:00", "2026-03-29T00:59:59Z", false), ("02:30", "04:00", "2026-03-29T01:00:00Z", true),
        ("02:00", "03:00", "2026-03-29T00:59:59Z", false), ("02:00", "03:00", "2026-03-29T01:00:00Z", false),
        ("01:00", "02:30", "2026-03-29T00:59:59Z", true), ("01:00", "02:30", "2026-03-29T01:00:00Z", false),
        // In autumn it goes from 03:00 back to 02:00 at 01:00 UTC on 2026-10-25.
        ("02:00", "02:30", "2026-10-25T00:15:00Z", true), ("02:00", "02:30", "2026-10-25T00:45:00Z", false),
        ("02:00", "02:30", "2026-10-25T01:15:00Z", true), ("02:00", "02:30", "2026-10-25T01:45:00Z", false),
        ("03:00", "04:00", "2026-10-25T01:59:59Z", false), ("03:00", "04:00", "2026-10-25T02:00:00Z", true),
    ])
    func `Zurich: skipped times are never shown, repeated times are shown twice`(
        from: String, to: String, utc: String, open: Bool
    ) throws {
        #expect(try isOpen("{ from: \"\(from)\", to: \"\(to)\", time_zone: Europe/Zurich }", at: utc) == open)
    }

    @Test(arguments: [
        // New York: forward on 2026-03-08 at 07:00 UTC, back on 2026-11-01 at 06:00 UTC.
        ("2026-03-06T14:00:00Z", true), ("2026-03-06T13:59:59Z", false), ("2026-03-09T13:00:00Z", true),
        ("2026-03-09T12:59:59Z", false), ("2026-11-02T14:00:00Z", true), ("2026-11-02T13:59:59Z", false),
    ])
    func `New York: nine o'clock moves with daylight saving time`(utc: String, open: Bool) throws {
        let window = "{ days: [mon, fri], from: \"09:00\", to: \"17:00\", time_zone: America/New_York }"
        #expect(try isOpen(window, at: utc) == open)
    }

    @Test(arguments: [
        // Lord Howe: UTC+11 in summer, UTC+10:30 in winter; half an hour forward on 2026-10-04 at 02:00 (15:30 UTC).
        ("2026-10-03T15:29:59Z", false), ("2026-10-03T15:30:00Z", true), ("2026-10-03T15:59:59Z", true),
        ("2026-10-03T16:00:00Z", false), ("2026-07-01T15:45:00Z", false), ("2026-07-01T16:00:00Z", true),
    ])
    func `Lord Howe: a zone may move by half an hour`(utc: String, open: Bool) throws {
        #expect(try isOpen("{ from: \"02:30\", to: \"03:00\", time_zone: Australia/Lord_Howe }", at: utc) == open)
    }

    @Test(arguments: [
        // Apia went from Thursday 2011-12-29 to Saturday 2011-12-31 at 10:00 UTC on the 30th.
        ("[thu]", "2011-12-30T09:30:00Z", true), ("[thu]", "2011-12-30T10:30:00Z", true),
        ("[fri]", "2011-12-30T10:30:00Z", false), ("[thu]", "2011-12-30T12:00:00Z", false),
        ("[sat]", "2011-12-31T09:30:00Z", true), ("[sat]", "2011-12-31T10:30:00Z", true),
        ("[sun]", "2011-12-31T10:30:00Z", false),
    ])
    func `Apia: a window that crosses midnight into a skipped day belongs to the day on which it opened`(
        days: String, utc: String, open: Bool
    ) throws {
        let window = "{ days: \(days), from: \"22:00\", to: \"02:00\", time_zone: Pacific/Apia }"
        #expect(try isOpen(window, at: utc) == open)
    }

    @Test(arguments: [
        // Friday 2026-11-20, 22:00 to 06:00 in UTC.
        ("2026-11-20T21:59:59Z", false), ("2026-11-20T22:00:00Z", true), ("2026-11-21T05:59:59Z", true),
        ("2026-11-21T06:00:00Z", false), ("2026-11-21T22:30:00Z", false), ("2026-11-20T03:00:00Z", false),
        // The next Friday is excepted, and so is its night.
        ("2026-11-27T23:00:00Z", false), ("2026-11-28T03:00:00Z", false),
    ])
    func `across midnight, day and exception are those on which the window opens`(utc: String, open: Bool) throws {
        let window = "{ days: [fri], from: \"22:00\", to: \"06:00\", except: [\"2026-11-27\"], time_zone: Etc/UTC }"
        #expect(try isOpen(window, at: utc) == open)
    }

    @Test func `across midnight and a change of the clock, the day before is found`() throws {
        // Saturday 2026-03-28 23:30 to Sunday 03:30 in Zurich, where 02:00 becomes 03:00.
        let window = "{ days: [sat], from: \"23:30\", to: \"03:30\", time_zone: Europe/Zurich }"
        #expect(try isOpen(window, at: "2026-03-29T01:15:00Z"))
        #expect(try !isOpen(window, at: "2026-03-29T01:30:00Z"))
        // Cuba moves at midnight: the day begins at 01:00.
        let cuba = "{ days: [sat], from: \"23:00\", to: \"02:00\", time_zone: America/Havana }"
        #expect(try isOpen(cuba, at: "2026-03-08T05:30:00Z"))
    }

    @Test(arguments: [
        ("Europe/Zurich", true), ("America/Argentina/Buenos_Aires", true), ("Asia/Kolkata", true), ("Etc/UTC", true),
        ("Asia/Calcutta", true), ("US/Eastern", true), ("UTC", true), ("CET", false), ("GMT+2", false),
        ("Mars/Olympus", false), ("europe/zurich", false), ("Z", false), ("../etc/localtime", false),
        ("Europe/", false),
    ])
    func `zones are names of the IANA database`(zone: String, known: Bool) {
        let found = diagnostics("rules_version: 1\nname: x\ntime_zone: \(zone)\n")
        #expect(found.isEmpty == known)
        #expect(found.allSatisfy { $0.code == .unknownTimeZone })
    }

    @Test func `a whole day is 00:00 to 24:00`() throws {
        let window = "{ days: [sat], from: \"00:00\", to: \"24:00\", time_zone: Etc/UTC }"
        #expect(try isOpen(window, at: "2026-11-21T23:59:59Z"))
        #expect(try !isOpen(window, at: "2026-11-22T00:00:00Z"))
        #expect(try !isOpen(window, at: "2026-11-20T23:59:59Z"))
    }
}
