// Explanations with a past: how limits and holds stand.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

@Suite struct ExplanationTests {
    private static let rules = """
        rules_version: 1
        name: explained
        approvers:
          desk: { required: 2, keys: { alice: "\(ModelPeople.lines["alice"] ?? "")", bob: "\(ModelPeople.lines["bob"] ?? "")" } }
        transactions:
          - id: small
            effect: approve
            when: { amount_usd: { at_most: "100" }, asset: ETH }
            limits:
              - { id: day, amount_usd: "150", per: 24h, for_each: [source.id], when_exceeded: hold, approvers: desk, expires_after: 1h }
              - { id: burst, count: 3, per: 1h, when_exceeded: retry }
          - { id: large, effect: hold, approvers: desk, expires_after: 1h, when: { amount_usd: { more_than: "100" } } }
          - { id: bad, effect: reject, when: { note: "no" } }
        """

    private func past(_ text: String) throws -> RulesPast {
        let result = RulesPast.load(file: "past.yaml", text: Array(text.utf8), rules: try loaded(Self.rules))
        return try #require(result.past, "\(result.diagnostics)")
    }

    private func explained(usd: String, _ text: String, at: String = "2026-11-23T09:30:00Z") throws -> Explanation {
        let request = payment { $0.destinations[0].amountUSD = decimal(usd) }
        return try loaded(Self.rules).explanation(
            .transaction(request), cosigner: nil, listener: "l", at: try #require(RulesInstant(at)),
            view: past(text).view)
    }

    private func json(_ explanation: Explanation) throws -> JSONObject {
        try #require(try StrictJSON.parse(Array(explanation.json.utf8)).object)
    }

    @Test func `limits show what was counted, what this request adds, and what that leads to`() throws {
        let fits = try explained(usd: "60", "charged: [{ rule: small, limit: day, for: [\"0\"], amount: \"90\" }]")
        #expect(fits.evaluation.effect == .approve)
        #expect(fits.limits.map(\.fits) == [true, true] && fits.holds.isEmpty)
        #expect(fits.text.contains("\nlimit  of rule  for  before  this  ceiling         outcome\n"), "\(fits.text)")
        #expect(fits.text.contains("\nday    small    0    90      60    150 amount_usd  fits\n"), "\(fits.text)")
        let other = try explained(usd: "60", "charged: [{ rule: small, limit: day, for: [\"1\"], amount: \"150\" }]")
        #expect(other.limits.first?.before == .zero)
        let full = try explained(usd: "60", "charged: [{ rule: small, limit: burst, amount: \"3\" }]")
        #expect(full.evaluation.effect == .retry)
        #expect(full.text.contains("exceeded: retry"))
        let limits = try json(full)["limits"]?.array ?? []
        #expect(limits.last?.object?["before"]?.string == "3")
        #expect(limits.last?.object?["fits"] == .bool(false))
        #expect(limits.first?.object?["period_seconds"] == .number("86400"))
    }

    @Test func `an exceeded limit that holds says who has signed`() throws {
        let text = """
            charged: [{ rule: small, limit: day, for: ["0"], amount: "91" }]
            holds: [{ rule: small, limit: day, since: "2026-11-23T09:00:00Z", approved_by: alice }]
            """
        let waiting = try explained(usd: "60", text)
        #expect(waiting.evaluation.effect == .hold)
        #expect(waiting.holds.map(\.state) == [.waiting])
        #expect(waiting.text.contains("small, limit day  desk       1 of 2: alice  -"), "\(waiting.text)")
        #expect(waiting.text.contains("2026-11-23T09:00:00Z  2026-11-23T10:00:00Z  waiting"))
        let late = try explained(usd: "60", text, at: "2026-11-23T10:00:00Z")
        #expect(late.evaluation.effect == .reject && late.holds.map(\.state) == [.expired])
    }

    @Test(arguments: [
        ("approved_by: [alice]", HoldStanding.State.waiting, Verdict.hold),
        ("approved_by: [alice, bob]", .signed, .approve),
        ("approved_by: [alice, bob], refused_by: bob", .refused, .reject),
    ])
    func `a hold rule shows its people, and the effect follows`(
        people: String, state: HoldStanding.State, effect: Verdict
    ) throws {
        let explained = try explained(usd: "101", "past_version: 1\nholds: [{ rule: large, \(people) }]")
        #expect(explained.evaluation.effect == effect)
        #expect(explained.holds.map(\.state) == [state])
        let hold = try json(explained)["holds"]?.array?.first?.object
        #expect(hold?["state"]?.string == state.rawValue && hold?["limit"] == .null && hold?["since"] == .null)
        #expect(hold?["required"] == .number("2"))
    }

    @Test func `rules that do not match show neither limits nor holds`() throws {
        let none = try explained(usd: "60", "{}")
        #expect(none.holds.isEmpty && none.limits.allSatisfy { $0.counter.rule == "small" })
        #expect(try json(none).members.map(\.name) == ["effect", "rule", "reason", "trace", "limits", "holds"])
    }

    /// The standing is computed beside the decision: over many requests and pasts it must say the same.
    @Test func `what is shown agrees with what is decided`() throws {
        var generator = Generator(random: SplitMix64(seed: DifferentialTests.seed &+ 21))
        var seen: Set<String> = []
        for _ in 0..<150 {
            let snapshot = try loaded(generator.rules().yaml)
            for _ in 0..<40 {
                let now = generator.random.pick(NaiveClock.instants)
                let past = ModelPast(seed: generator.random.next(), now: now)
                let explained = snapshot.explanation(
                    .transaction(generator.transaction()), cosigner: "primary", listener: "127.0.0.1:8443",
                    at: RulesInstant(seconds: Int64(now)), view: past.view)
                let exceeded = explained.limits.filter { !$0.fits }
                switch explained.evaluation.effect {
                case .approve:
                    #expect(exceeded.allSatisfy { $0.whenExceeded == "hold" }, "seed \(DifferentialTests.seed)")
                    #expect(explained.holds.allSatisfy { $0.state == .signed })
                    #expect(Set(explained.evaluation.charges.map(\.counter)) == Set(explained.limits.map(\.counter)))
                case .hold: #expect(explained.holds.contains { $0.state == .waiting })
                case .retry: #expect(exceeded.contains { $0.whenExceeded == "retry" })
                case .ignore, .reject: break
                }
                seen.insert(explained.evaluation.effect.rawValue)
            }
        }
        #expect(seen.count == 5, "\(seen)")
    }

    @Test(arguments: [
        ("charged: [{ rule: small, limit: dya, amount: \"1\" }]", DiagnosticCode.unknownRule),
        ("held: []", .unknownKey), ("past_version: 2", .version),
        ("holds: [{ rule: large, approved_by: eve }]", .unknownApprovers),
        ("charged: [{ rule: small, limit: day, amount: \"1\" }]", .wrongCount), ("[]", .wrongKind), ("", .emptyFile),
    ])
    func `a past that does not fit the rules is refused`(text: String, code: DiagnosticCode) throws {
        let result = RulesPast.load(file: "past.yaml", text: Array(text.utf8), rules: try loaded(Self.rules))
        #expect(result.past == nil)
        #expect(result.diagnostics.map(\.code) == [code], "\(result.diagnostics)")
    }
}
