// The shipped rules: analysed within a second, nothing undecided.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

@Suite struct ShippedAnalysisTests {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("rules/exchange-hot-wallet")

    private func rules(_ change: (String) -> String = { $0 }) throws -> RulesSnapshot {
        let text = try String(contentsOf: Self.folder.appendingPathComponent("rules.yaml"), encoding: .utf8)
        let result = RulesSnapshot.load(file: "rules.yaml", text: Array(change(text).utf8)) { name in
            Array(try Data(contentsOf: Self.folder.appendingPathComponent(name)))
        }
        return try #require(result.snapshot, "\(result.diagnostics)")
    }

    private static let mutations: [(from: String, to: String, change: String)] = [
        (#"amount_usd: { at_most: "10000" }"#, #"amount_usd: { at_most: "10001" }"#, "reject>approve small-payout"),
        (#"amount_usd: { at_most: "50000" }"#, #"amount_usd: { less_than: "50000" }"#, "approve>reject "),
        (#"["0", "12", "25"]"#, #"["0", "12", "25", "26"]"#, "reject>approve small-payout"),
        (#"policy_action: [ALLOW, 2-TIER]"#, "policy_action: [ALLOW, 2-TIER, BLOCK]", "reject>approve small-payout"),
        (#"fee: { more_than: "0.5" }"#, #"fee: { more_than: "0.6" }"#, "reject>approve small-payout"),
        ("to: \"18:00\"", "to: \"18:01\"", "reject>approve known-exchange"),
        ("\"2026-12-25\", ", "", "reject>approve known-exchange"),
        (
            "destination: { address: { in: sanctioned } }", "destination: { id: \"x\", address: { in: sanctioned } }",
            "reject>approve small-payout"
        ),
    ]

    @Test func `against itself nothing changes`() throws {
        let found = RulesDiff(old: try rules(), new: try rules(), hasTime: within(1))
        #expect(found.text == "no request is decided differently\n")
    }

    @Test(arguments: mutations.indices)
    func `a mutation is found within a second`(index: Int) throws {
        let mutation = Self.mutations[index]
        let (old, new) = (
            try rules(), try rules { $0.replacingOccurrences(of: mutation.from, with: mutation.to) }
        )
        let started = Date()
        let found = RulesDiff(old: old, new: new, hasTime: within(10))
        let seconds = Date().timeIntervalSince(started)
        print("mutation \(index): \(Int(seconds * 1000)) ms")
        let changes = found.findings.map { "\($0.from.rawValue)>\($0.to.rawValue) \($0.newRule ?? "")" }
        #expect(changes.contains(mutation.change), "\(changes)")
        #expect(found.undecided == [])
        #expect(seconds < 5)
    }

    @Test func `every rule counts`() throws {
        let started = Date()
        let found = RulesAnalysis(try rules(), hasTime: within(20))
        print("analysis: \(Int(Date().timeIntervalSince(started) * 1000)) ms\n\(found.text)")
        #expect(found.undecided == [])
        #expect(!found.hasContradictions)
    }
}
