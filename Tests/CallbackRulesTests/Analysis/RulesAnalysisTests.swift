// Rules that never match, change nothing, or are always overridden.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

@Suite struct RulesAnalysisTests {
    private func findings(_ transactions: String, _ changes: String = "[]") throws -> [String] {
        let rules = try loaded(rulesText(transactions: transactions, configurationChanges: changes))
        let analysis = RulesAnalysis(rules, hasTime: within(20))
        #expect(analysis.undecided == [])
        return analysis.findings.map { "\($0.kind.rawValue) \($0.rule)" }
    }

    @Test func `a file where every rule counts has no findings`() throws {
        #expect(
            try findings(
                """
                - { id: a, effect: approve, when: { asset: ETH } }
                - { id: b, effect: reject, when: { destination: { address: { in: sanctioned } } } }
                """, "- { id: c, effect: approve, when: { type: ADD_USER } }") == [])
    }

    @Test func `a narrower rule is redundant`() throws {
        #expect(
            try findings(
                """
                - { id: a, effect: approve, when: { asset: ETH, amount_usd: { at_most: "5" } } }
                - { id: b, effect: approve, when: { asset: [ETH, BTC], amount_usd: { at_most: "10" } } }
                """) == ["redundant a"])
    }

    @Test func `two rules about one batch are not redundant`() throws {
        #expect(
            try findings(
                """
                - { id: a, effect: approve, when: { destination: { id: ["1", "2"] } } }
                - { id: b, effect: approve, when: { destination: { id: "3" } } }
                """) == [])
    }

    @Test func `conditions that exclude each other are never met`() throws {
        #expect(
            try findings(
                """
                - { id: a, effect: approve, when: { stage: approval, fee: { at_most: "1" } } }
                - { id: b, effect: approve, when: { operation: RAW, amount_usd: { at_most: "1" } } }
                - { id: c, effect: approve, when: { time: { within: office, outside: office } } }
                - { id: d, effect: approve, when: { asset: ETH }, unless: { asset: [ETH, BTC] } }
                """) == ["unreachable a", "unreachable b", "unreachable c", "unreachable d"])
    }

    @Test func `what is always rejected is contradictory`() throws {
        let found = try RulesAnalysis(
            loaded(
                rulesText(
                    transactions: """
                        - { id: a, effect: approve, when: { asset: ETH, amount_usd: { at_most: "5" } } }
                        - { id: b, effect: reject, when: { asset: ETH } }
                        """)), hasTime: within(20))
        #expect(found.hasContradictions)
        #expect(found.findings.map(\.decidedBy) == ["b"])
        #expect(found.undecided == [])
        #expect(found.json.contains(#""kind":"contradictory","rule":"a""#))
    }

    private func held(_ transactions: String) throws -> RulesAnalysis {
        let people = "approvers:\n  desk: { required: 1, keys: { alice: \"\(ModelPeople.lines["alice"] ?? "")\" } }\n"
        let analysis = RulesAnalysis(try loaded(rulesText(transactions: transactions) + people), hasTime: within(20))
        #expect(analysis.undecided == [])
        return analysis
    }

    @Test func `a hold that leads to nothing is contradictory`() throws {
        let hold = "- { id: h, effect: hold, approvers: desk, expires_after: 1h, when: { asset: ETH } }\n"
        let rejected = try held(hold + "- { id: r, effect: reject, when: { asset: [ETH, BTC] } }")
        #expect(rejected.findings.map { "\($0.kind) \($0.rule)" } == ["contradictory h"])
        #expect(rejected.findings.map(\.decidedBy) == ["r"])
        #expect(rejected.hasContradictions)
        // A limit that has no room for anything is as good as a rejection.
        let full = hold.replacingOccurrences(of: " }\n", with: ", limits: [{ id: l, count: 0, per: 24h }] }\n")
        #expect(try held(full).findings.map { "\($0.kind) \($0.rule)" } == ["contradictory h"])
        // One that is rejected only now and then is fine.
        #expect(try held(hold + "- { id: r, effect: reject, when: { source: { id: \"9\" } } }").findings.isEmpty)
    }

    @Test func `an approval that is always held, ignored, or beyond its limit is contradictory`() throws {
        let approve = "- { id: a, effect: approve, when: { asset: ETH, amount_usd: { at_least: \"10\" } } }\n"
        for other in [
            "- { id: o, effect: hold, approvers: desk, expires_after: 1h, when: { asset: ETH } }",
            "- { id: o, effect: ignore, when: { asset: ETH } }",
        ] {
            let found = try held(approve + other)
            #expect(found.findings.map { "\($0.kind) \($0.rule)" } == ["contradictory a"])
            #expect(found.findings.first?.decidedBy == "o")
        }
        let limited = approve.replacingOccurrences(
            of: " }\n", with: ", limits: [{ id: l, amount_usd: \"9\", per: 24h }] }\n")
        #expect(try held(limited).findings.map { "\($0.kind) \($0.rule)" } == ["contradictory a"])
    }

    @Test func `a value that a search would make up can stand in a rule`() throws {
        #expect(
            try findings(
                """
                - { id: a, effect: approve, when: { asset: OTHER } }
                - { id: b, effect: approve, when: { asset: ETH } }
                - { id: c, effect: reject, when: { asset: [OTHER, ETH], note: "some other note" } }
                """) == [])
        let old = try loaded(rulesText(transactions: "- { id: a, effect: approve, when: { asset: OTHER } }"))
        let new = try loaded(
            rulesText(transactions: "- { id: a, effect: approve, when: { asset: { not_in: notes } } }"))
        let found = RulesDiff(old: old, new: new, hasTime: within(20))
        #expect(found.findings.map(\.to) == [.approve])
    }

    @Test func `without a budget everything is undecided, and nothing is found`() throws {
        let rules = try loaded(rulesText(transactions: "- { id: a, effect: approve, when: { asset: ETH } }"))
        #expect(RulesAnalysis(rules) { false }.undecided == ["rule a: unreachable, contradictory, redundant"])
        let diff = RulesDiff(old: rules, new: try loaded(rulesText())) { false }
        #expect(diff.needsReview)
        #expect(diff.findings.isEmpty)
    }
}
