// Changes of holds, limits, keys, raw bytes and configuration changes.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

@Suite struct HoldDiffTests {
    private static func text(_ required: Int, _ transactions: String, _ changes: String = "[]") -> String {
        let people = ["alice", "bob", "carol"].map { "\($0): \"\(ModelPeople.lines[$0] ?? "")\"" }
        return rulesText(transactions: transactions, configurationChanges: changes)
            + "approvers:\n  desk: { required: \(required), keys: { \(people.joined(separator: ", ")) } }\n"
    }

    private func changes(_ old: String, _ new: String) throws -> Set<String> {
        let found = RulesDiff(old: try loaded(old), new: try loaded(new), hasTime: within(20))
        #expect(found.undecided == [])
        return Set(found.findings.map { "\($0.from.rawValue)>\($0.to.rawValue)" })
    }

    private let held = "- { id: h, effect: hold, approvers: desk, expires_after: 1h, when: { asset: ETH } }"

    @Test func `what was held and is approved`() throws {
        let found = try changes(
            Self.text(2, held), Self.text(2, held + "\n- { id: a, effect: approve, when: { asset: ETH } }"))
        #expect(found == [])
        #expect(
            try changes(
                Self.text(2, held),
                Self.text(
                    2,
                    "- { id: a, effect: approve, when: { asset: ETH } }\n"
                        + held.replacingOccurrences(of: "ETH", with: "BTC"))
            )
            .isSuperset(of: ["hold>approve", "reject>hold"]))
    }

    @Test func `fewer signatures approve, and a longer hold does`() throws {
        #expect(try changes(Self.text(2, held), Self.text(1, held)).contains("hold>approve"))
        #expect(try changes(Self.text(1, held), Self.text(2, held)) == ["approve>hold"])
        let longer = held.replacingOccurrences(of: "1h", with: "2h")
        #expect(try changes(Self.text(1, held), Self.text(1, longer)) == ["reject>hold", "reject>approve"])
    }

    @Test func `limits that hold, and limits that were dropped`() throws {
        let limited = """
            - id: a
              effect: approve
              when: { asset: ETH }
              limits:
                - id: d
                  amount_usd: "100"
                  per: 24h
                  when_exceeded: hold
                  approvers: desk
                  expires_after: 1h
            - { id: b, effect: hold, approvers: desk, expires_after: 1h, when: { asset: BTC } }
            """
        let free =
            "- { id: a, effect: approve, when: { asset: ETH } }\n"
            + held.replacingOccurrences(of: "ETH", with: "BTC")
            .replacingOccurrences(of: "id: h", with: "id: b")
        #expect(
            try changes(Self.text(1, limited), Self.text(1, free)).isSuperset(of: ["hold>approve", "reject>approve"]))
        #expect(try changes(Self.text(1, limited), Self.text(1, limited)) == [])
    }

    @Test func `a limit over another period or for each source`() throws {
        func limit(_ text: String) -> String {
            rulesText(
                transactions: """
                    - id: a
                      effect: approve
                      when: { asset: ETH }
                      limits: [{ id: d, count: 5, \(text) }]
                    """)
        }
        #expect(try changes(limit("per: 24h"), limit("per: 1h")) == ["reject>approve"])
        #expect(try changes(limit("per: 1h"), limit("per: 24h")) == ["approve>reject"])
        #expect(
            try changes(limit("per: 24h"), limit("per: 24h, for_each: [source.id]"))
                == ["reject>approve", "approve>reject"])
    }

    @Test func `raw bytes are taken to be whatever they can be`() throws {
        let old = rulesText(
            transactions: "- { id: a, effect: approve, when: { asset: ETH, raw_transaction: { agrees: true } } }")
        let new = rulesText(transactions: "- { id: a, effect: approve, when: { asset: ETH } }")
        #expect(try changes(old, new) == ["reject>approve"])
        let found = RulesDiff(old: try loaded(new), new: try loaded(old), hasTime: within(20))
        #expect(found.findings.map(\.to) == [.reject])
    }

    @Test func `configuration changes`() throws {
        func rules(_ text: String) -> String { rulesText(configurationChanges: text) }
        let wallets = "- { id: w, effect: approve, when: { type: UNMANAGED_WALLET, wallet: { kind: INTERNAL } } }"
        #expect(
            try changes(
                rules(wallets), rules(wallets.replacingOccurrences(of: "INTERNAL", with: "[INTERNAL, EXTERNAL]")))
                == ["reject>approve"])
        #expect(
            try changes(
                rules(wallets), rules(wallets + "\n- { id: r, effect: ignore, when: { wallet: { tag: \"1\" } } }"))
                == ["approve>ignore", "reject>ignore"])
        let accounts = "- { id: w, effect: approve, when: { type: EXCHANGE, wallet: { kind: INTERNAL } } }"
        #expect(try changes(rules(accounts), rules("[]")) == [])
    }

    @Test func `an example is what explain would read`() throws {
        let old = try loaded(rulesText())
        let new = try loaded(
            rulesText(transactions: "- { id: a, effect: approve, when: { asset: ETH, destination: { id: \"7\" } } }"))
        let found = try #require(RulesDiff(old: old, new: new, hasTime: within(20)).findings.first)
        let read = try RequestAuthenticator.acceptUnauthenticated(
            json: found.example.payload.serialized(), kind: found.example.kind, listener: found.example.listener)
        let explained = new.explain(
            read.content, cosigner: found.example.cosigner, listener: found.example.listener, at: found.example.instant)
        #expect(explained.effect == .approve)
        #expect(explained.rule == found.newRule)
    }
}
