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

    @Test func `without a budget everything is undecided, and nothing is found`() throws {
        let rules = try loaded(rulesText(transactions: "- { id: a, effect: approve, when: { asset: ETH } }"))
        #expect(RulesAnalysis(rules) { false }.undecided == ["rule a: unreachable, contradictory, redundant"])
        let diff = RulesDiff(old: rules, new: try loaded(rulesText())) { false }
        #expect(diff.needsReview)
        #expect(diff.findings.isEmpty)
    }
}
