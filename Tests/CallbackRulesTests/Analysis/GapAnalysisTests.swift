// Amounts between two rules that no rule decides.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

@Suite struct GapAnalysisTests {
    private func gaps(_ transactions: String) throws -> [String] {
        let people = "approvers:\n  desk: { required: 1, keys: { alice: \"\(ModelPeople.lines["alice"] ?? "")\" } }\n"
        let rules = try loaded(rulesText(transactions: transactions) + people)
        let analysis = RulesAnalysis(rules, hasTime: within(20))
        #expect(analysis.undecided == [])
        return try analysis.findings.compactMap { finding in
            guard let gap = finding.gap else { return nil }
            let example = try #require(finding.example)
            let read = try RequestAuthenticator.acceptUnauthenticated(
                json: example.payload.serialized(), kind: example.kind, listener: example.listener)
            let said = rules.explain(
                read.content, cosigner: example.cosigner, listener: example.listener, at: example.instant)
            #expect(said.effect == .reject)
            #expect(said.rule == nil)
            #expect(finding.effect == .reject)
            return "\(finding.rule) \(gap.condition) \(gap.lower.amount) \(gap.upper.amount) \(gap.upperRule)"
        }
    }

    private static func approve(_ id: String, _ body: String) -> String {
        "- { id: \(id), effect: approve, when: { \(body) } }\n"
    }

    private static func hold(_ id: String, _ body: String) -> String {
        "- { id: \(id), effect: hold, approvers: desk, expires_after: 1h, when: { \(body) } }\n"
    }

    private static let low = approve("low", "asset: ETH, amount_usd: { at_most: \"10000\" }")

    @Test func `a rule that begins above the end of another`() throws {
        #expect(
            try gaps(Self.low + Self.hold("high", "amount_usd: { more_than: \"10001\" }"))
                == ["low amount_usd 10000 10001 high"])
    }

    @Test func `bounds that meet leave no gap`() throws {
        for bound in ["more_than: \"10000\"", "at_least: \"10000\"", "more_than: \"9999\""] {
            #expect(try gaps(Self.low + Self.hold("high", "amount_usd: { \(bound) }")) == [])
        }
    }

    @Test func `the bound itself can be the gap`() throws {
        let low = Self.approve("low", "asset: ETH, amount_usd: { less_than: \"10000\" }")
        #expect(
            try gaps(low + Self.hold("high", "amount_usd: { more_than: \"10000\" }"))
                == ["low amount_usd 10000 10000 high"])
    }

    @Test func `above the highest bound there is no gap, and none between rules about other things`() throws {
        #expect(try gaps(Self.low) == [])
        #expect(try gaps(Self.low + Self.hold("high", "asset: BTC, amount_usd: { more_than: \"20000\" }")) == [])
        #expect(
            try gaps(
                Self.approve("low", "stage: approval, amount_usd: { at_most: \"1\" }")
                    + Self.approve("high", "fee: { at_most: \"1\" }, amount_usd: { at_least: \"2\" }")) == [])
    }

    @Test func `what another rule decides is no gap`() throws {
        let high = Self.hold("high", "amount_usd: { more_than: \"20000\" }")
        let between = "amount_usd: { more_than: \"10000\", at_most: \"20000\" }"
        #expect(try gaps(Self.low + high + Self.approve("middle", between)) == [])
        #expect(try gaps(Self.low + high + "- { id: stop, effect: reject, when: { \(between) } }") == [])
        #expect(try gaps(Self.low + high + "- { id: other, effect: ignore, when: { \(between) } }") == [])
        // Decided for one source only.
        #expect(
            try gaps(Self.low + high + Self.approve("middle", "source: { id: \"0\" }, " + between))
                == ["low amount_usd 10000 20000 high"])
    }

    @Test func `the nearest rule above is named`() throws {
        #expect(
            try gaps(
                Self.low + Self.hold("high", "amount_usd: { more_than: \"20000\" }")
                    + Self.hold("middle", "amount_usd: { more_than: \"15000\", at_most: \"20000\" }"))
                == ["low amount_usd 10000 15000 middle"])
    }

    @Test func `other amounts have gaps too`() throws {
        #expect(
            try gaps(
                Self.approve("low", "asset: ETH, amount: { at_most: \"1\" }")
                    + Self.approve("high", "asset: ETH, amount: { more_than: \"2\" }")) == ["low amount 1 2 high"])
        #expect(
            try gaps(
                Self.approve("low", "stage: signing, fee: { at_most: \"0.1\" }")
                    + Self.hold("high", "fee: { at_least: \"0.2\" }")) == ["low fee 0.1 0.2 high"])
        #expect(
            try gaps(
                Self.approve("low", "destination: { amount_usd: { at_most: \"5\" } }")
                    + Self.hold("high", "destination: { id: \"1\", amount_usd: { at_least: \"6\" } }"))
                == ["low destination.amount_usd 5 6 high"])
    }

    @Test func `the same exception on both sides, or on one`() throws {
        let exception = ", unless: { note: { prefix: x } } }\n"
        func with(_ rule: String) -> String { rule.replacingOccurrences(of: " }\n", with: exception) }
        let high = Self.hold("high", "amount_usd: { more_than: \"20000\" }")
        #expect(try gaps(with(Self.low) + with(high)) == ["low amount_usd 10000 20000 high"])
        #expect(try gaps(with(Self.low) + high) == ["low amount_usd 10000 20000 high"])
    }

    @Test func `the guide shows what is printed`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let guide = try String(contentsOf: root.appendingPathComponent("docs/rules.md"), encoding: .utf8)
        let block = try #require(
            guide.components(separatedBy: "```yaml\n").dropFirst().compactMap {
                $0.components(separatedBy: "```\n").first
            }
            .first { $0.contains("name: a-gap\n") })
        let said = RulesAnalysis(try loaded(block), hasTime: within(20)).text
        let lines = said.split(separator: "\n")
        #expect(lines.count == 4)
        for line in lines.prefix(3) { #expect(guide.contains("\n\(line)\n")) }
        #expect(said.contains("\"amountUSD\":10000.5"))
    }

    @Test func `a gap is advice, said in words and as JSON`() throws {
        let rules = try loaded(
            rulesText(
                transactions: Self.low + Self.approve("high", "asset: ETH, amount_usd: { at_least: \"10000.01\" }")))
        let analysis = RulesAnalysis(rules, hasTime: within(20))
        #expect(!analysis.hasContradictions)
        #expect(
            analysis.text.hasPrefix(
                """
                gap: between rule low (amount_usd at most 10000) and rule high (at least 10000.01) no rule decides
                  no rule decides, and the file says reject
                """))
        #expect(
            analysis.json.contains(
                """
                "gap":{"condition":"amount_usd","next_rule":"high","more_than":"10000","less_than":"10000.01"}
                """.trimmingCharacters(in: .newlines)))
    }
}
