// What changes between two versions of a file, and that nothing else does.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

func within(_ seconds: Double) -> () -> Bool {
    let end = Date().addingTimeInterval(seconds)
    return { Date() < end }
}

@Suite struct RulesDiffTests {
    /// Changes of hand-written pairs: the old rules, the new ones, and all that changes.
    static let pairs: [(name: String, old: String, new: String, changes: Set<String>)] = [
        (
            "bound raised", "- { id: a, effect: approve, when: { asset: ETH, amount_usd: { at_most: \"10\" } } }",
            "- { id: a, effect: approve, when: { asset: ETH, amount_usd: { at_most: \"11\" } } }", ["reject>approve"]
        ),
        (
            "bound lowered by notation only",
            "- { id: a, effect: approve, when: { amount_usd: { at_most: \"10.0\" } } }",
            "- { id: b, effect: approve, when: { amount_usd: { at_most: \"10\" } } }", []
        ),
        (
            "strict bound", "- { id: a, effect: approve, when: { amount_usd: { less_than: \"10\" } } }",
            "- { id: a, effect: approve, when: { amount_usd: { at_most: \"10\" } } }", ["reject>approve"]
        ),
        (
            "list for values", "- { id: a, effect: approve, when: { source: { id: { in: vaults } } } }",
            "- { id: a, effect: approve, when: { source: { id: [\"12\", \"0\"] } } }", []
        ),
        (
            "list grown", "- { id: a, effect: approve, when: { source: { id: { in: vaults } } } }",
            "- { id: a, effect: approve, when: { source: { id: [\"12\", \"0\", \"7\"] } } }", ["reject>approve"]
        ),
        (
            "window widened", "- { id: a, effect: approve, when: { asset: ETH, time: { within: office } } }",
            "- { id: a, effect: approve, when: { asset: ETH, time: { within: [office, weekend] } } }",
            ["reject>approve"]
        ),
        (
            "unless dropped", "- { id: a, effect: approve, when: { asset: ETH }, unless: { note: { prefix: x } } }",
            "- { id: a, effect: approve, when: { asset: ETH } }", ["reject>approve"]
        ),
        (
            "reject removed",
            """
            - { id: a, effect: approve, when: { asset: ETH } }
            - { id: b, effect: reject, when: { destination: { address: { in: sanctioned } } } }
            """, "- { id: a, effect: approve, when: { asset: ETH } }", ["reject>approve"]
        ),
        (
            "reordered",
            """
            - { id: a, effect: approve, when: { asset: ETH } }
            - { id: b, effect: reject, when: { destination: { address: { in: sanctioned } } } }
            """,
            """
            - { id: b, effect: reject, when: { destination: { address: { in: sanctioned } } } }
            - { id: a, effect: approve, when: { asset: ETH } }
            """, []
        ),
        (
            "only batches differ",
            """
            - { id: a, effect: approve, when: { destination: { id: "1" } } }
            - { id: b, effect: approve, when: { destination: { id: "2" } } }
            """, "- { id: a, effect: approve, when: { destination: { id: [\"1\", \"2\"] } } }", ["reject>approve"]
        ),
        (
            "stage", "- { id: a, effect: approve, when: { asset: ETH, stage: signing } }",
            "- { id: a, effect: approve, when: { asset: ETH } }", ["reject>approve"]
        ),
        (
            "ignore at the signing stage only", "- { id: a, effect: ignore, when: { asset: ETH } }",
            "- { id: a, effect: ignore, when: { asset: ETH, stage: approval } }", []
        ),
        (
            "call data",
            "- { id: a, effect: approve, when: { operation: CONTRACT_CALL, contract: { method: \"0xa9059cbb\" } } }",
            "- { id: a, effect: approve, when: { operation: CONTRACT_CALL } }", ["reject>approve"]
        ),
        (
            "contract of another address",
            """
            - id: a
              effect: approve
              when: { operation: CONTRACT_CALL, contract: { address: "0x00000000000000000000000000000000000000ba" } }
            """,
            """
            - id: a
              effect: approve
              when:
                operation: CONTRACT_CALL
                contract: { address: "0x00000000000000000000000000000000000000ba" }
                destination: { address: "0x00000000000000000000000000000000000000ba" }
            """, []
        ),
        (
            "parts below a sum",
            "- { id: a, effect: approve, when: { amount_usd: { at_most: \"10\" } } }",
            """
            - id: a
              effect: approve
              when: { amount_usd: { at_most: "10" }, destination: { amount_usd: { at_most: "10" } } }
            """, []
        ),
        (
            "limit raised",
            """
            - id: a
              effect: approve
              when: { asset: ETH }
              limits: [{ id: d, amount_usd: "100", per: 24h }]
            """,
            """
            - id: a
              effect: approve
              when: { asset: ETH }
              limits: [{ id: d, amount_usd: "101", per: 24h }]
            """, ["reject>approve"]
        ),
        (
            "limit that retries",
            """
            - id: a
              effect: approve
              when: { asset: ETH }
              limits: [{ id: d, count: 3, per: 24h }]
            """,
            """
            - id: a
              effect: approve
              when: { asset: ETH }
              limits: [{ id: d, count: 3, per: 24h, when_exceeded: retry }]
            """, ["reject>retry"]
        ),
    ]

    @Test(arguments: pairs.indices)
    func `a change is found, and nothing else`(index: Int) throws {
        let pair = Self.pairs[index]
        let found = RulesDiff(
            old: try loaded(rulesText(transactions: pair.old)), new: try loaded(rulesText(transactions: pair.new)),
            hasTime: within(20))
        let changes = Set(found.findings.map { "\($0.from.rawValue)>\($0.to.rawValue)" })
        #expect(changes == pair.changes, "\(pair.name)")
        #expect(found.undecided == [], "\(pair.name)")
    }
}
