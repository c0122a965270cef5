// Windows in analysis: whatever combination of open windows occurs, once or in years, is found.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

@Suite struct WindowAnalysisTests {
    private func rules(_ windows: [String], _ time: String, unless: String? = nil) throws -> RulesSnapshot {
        let named = windows.enumerated().map { "  w\($0.offset): \($0.element)\n" }.joined()
        let exception = unless.map { ", unless: { time: { within: \($0) } }" } ?? ""
        return try loaded(
            "rules_version: 1\nname: windows\nwindows:\n\(named)transactions:\n"
                + "  - { id: a, effect: approve, when: { asset: ETH, time: { \(time) } }\(exception) }\n")
    }

    /// The instant at which the only rule approves, according to diff; checked with the evaluator.
    private func opening(_ rules: RulesSnapshot) throws -> String? {
        let none = try loaded("rules_version: 1\nname: none\n")
        let found = RulesDiff(old: none, new: rules, hasTime: within(20))
        #expect(found.undecided == [])
        let analysis = RulesAnalysis(rules, hasTime: within(20))
        #expect(analysis.findings.map(\.kind) == (found.findings.isEmpty ? [.unreachable] : []))
        guard let example = found.findings.first?.example else { return nil }
        let request = payment { $0.asset = "ETH" }
        let said = rules.evaluate(
            EvaluationInput(content: .transaction(request), cosigner: "primary", listener: "l"), at: example.instant,
            tracing: false)
        #expect(said.effect == .approve)
        return example.instant.description
    }

    private static func mondays(through year: Int) -> String {
        // 2026-01-05 is a Monday.
        let calendar = Calendar(identifier: .gregorian)
        let format = DateFormatter()
        (format.dateFormat, format.timeZone) = ("yyyy-MM-dd", TimeZone(identifier: "UTC"))
        format.locale = Locale(identifier: "en_US_POSIX")
        let first = Date(timeIntervalSince1970: 1_767_571_200)
        var days: [String] = []
        for week in 0..<2_000 {
            guard let day = calendar.date(byAdding: .day, value: 7 * week, to: first) else { break }
            let text = format.string(from: day)
            if text > "\(year)-12-31" { break }
            days.append("\"\(text)\"")
        }
        return "[\(days.joined(separator: ", "))]"
    }

    @Test func `a window that opens for the first time in years`() throws {
        let window =
            "{ days: [mon], from: \"09:00\", to: \"10:00\", except: \(Self.mondays(through: 2031)), time_zone: UTC }"
        #expect(try opening(rules([window], "within: w0")) == "2032-01-05T09:00:00Z")
    }

    @Test func `two zones whose clocks are an hour closer for some weeks of a year`() throws {
        // On Mondays at 09:00 in New York it is 14:00 in Zurich, and not 15:00, only between two changes to summer time.
        let windows = [
            "{ days: [mon], from: \"14:00\", to: \"14:01\", time_zone: Europe/Zurich }",
            "{ from: \"09:01\", to: \"09:00\", time_zone: America/New_York }",
        ]
        #expect(try opening(rules(windows, "within: w0, outside: w1")) == "2026-03-09T13:00:00Z")
        let without = windows[0].replacingOccurrences(
            of: "to:", with: "except: \(Self.mondays(through: 2028)), to:")
        #expect(try opening(rules([without, windows[1]], "within: w0, outside: w1")) == "2029-03-12T13:00:00Z")
    }

    @Test func `an hour that is skipped, and one that is shown twice`() throws {
        // 02:30 to 03:00 of the last Sunday of March is never shown.
        let skipped =
            "{ days: [sun], from: \"02:30\", to: \"03:00\", except: [\"2026-03-29\"], time_zone: Europe/Zurich }"
        let whole = "{ days: [sun], from: \"02:30\", to: \"03:00\", time_zone: Europe/Zurich }"
        #expect(try opening(rules([whole, skipped], "within: w0", unless: "w1")) == nil)
        // From 02:07 to 02:09 of the last Sunday of October is shown twice: the second time it is 01:07 in UTC, on a day
        // that begins in summer.
        let twice =
            "{ days: [sun], from: \"02:07\", to: \"02:09\", except: [\"2026-10-25\"], time_zone: Europe/Zurich }"
        let all = twice.replacingOccurrences(of: "except: [\"2026-10-25\"], ", with: "")
        let late = "{ from: \"01:08\", to: \"01:07\", time_zone: UTC }"
        #expect(
            try opening(rules([all, twice, late], "within: w0, outside: w2", unless: "w1")) == "2026-10-25T01:07:00Z")
    }

    /// Random windows that begin and end at half hours, asked every half hour for more than two years.
    @Test func `whatever an instant shows, the analysis knows`() throws {
        let seed =
            ProcessInfo.processInfo.environment["COUNTERSIGN_SEED"].flatMap(UInt64.init)
            ?? 20_261_129
        var random = SplitMix64(seed: seed)
        func window() -> String {
            func clock() -> String {
                let half = random.below(48)
                return (half < 20 ? "0" : "") + "\(half / 2):\(half % 2 == 0 ? "00" : "30")"
            }
            let zone = random.pick([
                "Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "UTC", "Africa/Casablanca",
            ])
            let days = random.pick(["[sun]", "[sat, sun]", "[mon, tue, wed, thu, fri]", "[mon]", "[sun, mon]"])
            let except = random.pick(["", "\"2026-03-29\"", "\"2026-10-25\", \"2026-11-01\"", "\"2027-03-28\""])
            var (from, to) = (clock(), clock())
            while from == to { to = clock() }
            if random.chance(20) { (from, to) = ("02:00", "03:00") }
            return "{ days: \(days), from: \"\(from)\", to: \"\(to)\", except: [\(except)], time_zone: \(zone) }"
        }
        let input = EvaluationInput(
            content: .transaction(payment { $0.asset = "ETH" }), cosigner: "primary", listener: "l")
        var opened = 0
        for number in 0..<12 {
            let windows = [window(), window(), window()]
            let file = try rules(windows, "within: w0, outside: w1", unless: "w2")
            let found = try opening(file)
            let start = RulesInstant.analysisStart.seconds
            let isOpen = (0..<(2 * 365 + 100) * 48).contains { half in
                file.evaluate(input, at: RulesInstant(seconds: start + Int64(half) * 1_800), tracing: false).effect
                    == .approve
            }
            if isOpen { opened += 1 }
            // Beyond the years that were asked there may be more.
            #expect(found != nil || !isOpen, "seed \(seed) file \(number): \(windows)")
            #expect(found == nil || isOpen || (found ?? "") > "2028-04", "seed \(seed) file \(number): \(windows)")
        }
        #expect(opened > 0, "seed \(seed)")
    }
}
