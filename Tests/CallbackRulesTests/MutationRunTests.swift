// Mutants: what is changed, what tests notice, and that the rule sets we ship are tested that well.

import CallbackRules
import Foundation
import TestSupport
import Testing

@Suite struct MutationRunTests {
    private static let rules = """
        rules_version: 1
        name: mutated
        time_zone: Etc/UTC
        lists:
          vaults: { ids: ["0", "12"] }
          bad: { addresses_file: bad.txt }
        windows:
          office: { days: [mon, tue], from: "08:00", to: "18:00", except: ["2026-11-24"] }
        approvers:
          desk: { required: 1, keys: { alice: "\(ModelPeople.lines["alice"] ?? "")", bob: "\(ModelPeople.lines["bob"] ?? "")" } }
        transactions:
          - id: pay
            effect: approve
            when:
              asset: [ETH, BTC]
              source: { id: { in: vaults } }
              amount_usd: { more_than: "0.5", at_most: "100" }
              time: { within: office }
            unless: { note: stop, destination: { address: { in: bad } } }
            limits: [{ id: day, count: 3, per: 24h, when_exceeded: retry }]
          - { id: ask, effect: hold, approvers: desk, expires_after: 1h, when: { amount_usd: { more_than: "100" } } }
        configuration_changes:
          - { id: leave, effect: ignore, when: { type: ADD_USER } }
        """

    private static let head = """
        tests_version: 1
        defaults: { at: "2026-11-23T09:30:00Z" }
        samples:
          pay: { operation: TRANSFER, sourceId: "0", asset: ETH, amountStr: "1", destinations: [{ amountNativeStr: "1", amountUSD: 60, displayDstAddress: "\(evmAddress)" }] }
        tests:

        """

    private func run(_ tests: String) throws -> MutationRun {
        let lists = ["bad.txt": base58Address]
        let snapshot = try loaded(Self.rules, lists: lists)
        let file = RulesTestFile.load(file: "t.yaml", text: Array((Self.head + tests).utf8), rules: snapshot) { _ in []
        }
        let tests = try #require(file.tests, "\(file.diagnostics)")
        #expect(snapshot.run(tests).failures == 0, "\(snapshot.run(tests).text)")
        return try #require(
            MutationRun.run(file: "r.yaml", text: Array(Self.rules.utf8), tests: tests) { name in
                Array((lists[name] ?? "").utf8)
            })
    }

    @Test func `every kind of change is made once, with its place`() throws {
        let survivors = try run("  - { name: nothing, request: { operation: RAW }, expect: { effect: reject } }")
            .survivors
        let found = survivors.map { "\($0.line) \($0.subject): \($0.what)" }
        let expected = [
            "12 pay: rule removed", "13 pay: effect approve is reject", "15 pay: when.asset dropped",
            "16 pay: when.source.id dropped", "17 pay: when.amount_usd dropped", "18 pay: when.time.within dropped",
            "12 pay: the unstated operation TRANSFER dropped", "15 pay: when.asset: ETH removed",
            "15 pay: when.asset: BTC removed", "17 pay: when.amount_usd: more_than dropped",
            "17 pay: when.amount_usd: at_most dropped", "17 pay: when.amount_usd: more_than 0.5 is 0.6",
            "17 pay: when.amount_usd: more_than 0.5 is 0.4", "17 pay: when.amount_usd: at_most 100 is 101",
            "17 pay: when.amount_usd: at_most 100 is 99", "19 pay: unless dropped", "19 pay: unless.note dropped",
            "19 pay: unless.destination.address dropped", "20 pay: limits.day removed", "20 pay: limits.day: 3 is 4",
            "20 pay: limits.day: 3 is 2", "20 pay: limits.day: when_exceeded retry is reject", "21 ask: rule removed",
            "21 ask: effect hold is approve", "21 ask: effect hold is reject", "21 ask: when.amount_usd dropped",
            "21 ask: the unstated operation TRANSFER dropped", "21 ask: when.amount_usd: more_than 100 is 101",
            "21 ask: when.amount_usd: more_than 100 is 99", "23 leave: rule removed",
            "23 leave: effect ignore is approve",
            "23 leave: effect ignore is reject", "23 leave: when.type dropped", "5 list vaults: 0 removed",
            "5 list vaults: 12 removed", "6 list bad: bad.txt emptied", "8 window office: from a minute earlier",
            "8 window office: to a minute earlier", "8 window office: from a minute later",
            "8 window office: to a minute later", "8 window office: mon removed", "8 window office: tue removed",
            "8 window office: exception 2026-11-24 removed", "10 approvers desk: required 1 is 0",
            "10 approvers desk: required 1 is 2", "10 approvers desk: alice removed", "10 approvers desk: bob removed",
        ]
        // A RAW request without amounts is noticed by few of them.
        let missing = expected.filter { !found.contains($0) }
        #expect(Set(found).subtracting(expected).isEmpty, "\(Set(found).subtracting(expected))")
        #expect(
            missing.allSatisfy { $0.contains("operation") || $0.contains("hold is") || $0.contains("dropped") },
            "\(missing)")
    }

    @Test(arguments: [
        (
            "{ name: a, request: pay, expect: { effect: approve } }",
            [
                "pay: rule removed", "pay: effect approve is reject", "pay: when.asset: ETH removed",
                "list vaults: 0 removed", "window office: mon removed",
            ]
        ),
        ("{ name: a, request: pay, change: { asset: X }, expect: { effect: reject } }", ["pay: when.asset dropped"]),
        (
            "{ name: a, request: pay, change: { \"destinations[0].amountUSD\": 100 }, expect: { effect: approve } }",
            ["pay: when.amount_usd: at_most 100 is 99", "ask: when.amount_usd: more_than 100 is 99"]
        ),
        (
            "{ name: a, request: pay, change: { \"destinations[0].amountUSD\": 100.5 }, expect: { effect: hold } }",
            ["ask: rule removed", "ask: effect hold is reject", "ask: when.amount_usd: more_than 100 is 101"]
        ),
        (
            "{ name: a, request: pay, change: { note: stop }, expect: { effect: approve } }",
            ["pay: unless.destination.address dropped", "pay: rule removed"]
        ),
        (
            "{ name: a, request: pay, at: \"2026-11-23T08:00:00Z\", expect: { effect: approve } }",
            ["window office: from a minute later"]
        ),
        (
            "{ name: a, request: pay, at: \"2026-11-23T18:00:00Z\", expect: { effect: reject } }",
            ["window office: to a minute later", "pay: when.time.within dropped"]
        ),
        (
            "{ name: a, request: pay, at: \"2026-11-24T09:00:00Z\", expect: { effect: reject } }",
            ["window office: exception 2026-11-24 removed"]
        ),
        (
            "{ name: a, request: pay, charged: [{ rule: pay, limit: day, amount: \"3\" }], expect: { effect: retry } }",
            [
                "pay: limits.day removed", "pay: limits.day: 3 is 4",
                "pay: limits.day: when_exceeded retry is reject",
            ]
        ),
        (
            "{ name: a, request: pay, change: { sourceId: x }, expect: { effect: reject } }",
            ["pay: when.source.id dropped"]
        ),
        (
            "{ name: a, request: pay, change: { operation: FUTURE }, expect: { effect: reject } }",
            ["pay: the unstated operation TRANSFER dropped"]
        ),
    ])
    func `a test that depends on a place notices its change`(test: String, killed: [String]) throws {
        let alone = "  - { name: nothing, kind: configuration, request: { type: X }, expect: { effect: reject } }\n"
        let before = try run(alone)
        let after = try run("  - \(test)\n")
        #expect(before.mutants == after.mutants && before.mutants > 40)
        for change in killed {
            func survives(_ run: MutationRun) -> Bool {
                run.survivors.contains { "\($0.subject): \($0.what)" == change }
            }
            #expect(survives(before), "\(change) is noticed by a test about something else")
            #expect(!survives(after), "\(change) is not noticed")
        }
    }

    /// Mutants that decide every request as the original does. Where `raw_transaction` must agree, it is unknown for other
    /// operations, without bytes, and for assets that are not declared. The others repeat what a reject rule or an ignore
    /// rule of the same file enforces already, so that each rule says by itself what it is about.
    private static let equivalent: [String: Set<String>] = [
        "exchange-hot-wallet": [
            "fee-too-high: when.stage dropped", "vault-refill: when.operation dropped",
            "vault-refill: when.stage dropped",
            "vault-refill: when.asset dropped", "small-payout: when.operation dropped",
            "small-payout: when.stage dropped",
            "small-payout: when.asset dropped",
        ],
        "token-allow-list": [
            "token-transfer: when.operation dropped", "token-transfer: when.stage dropped",
            "token-transfer: when.asset dropped", "token-transfer-vote: when.asset dropped",
        ],
        "configuration-changes": [
            "internal-wallet: when.wallet.address dropped", "fiat-accounts-are-for-people: when.account.kind dropped",
            "routing-is-for-people: when.connection.id dropped",
        ],
        "maintenance-window-retry": ["internal-wallets: when.time.outside dropped"],
        "maintenance-window": ["no-votes-in-maintenance: when.stage dropped"],
        "one-time-addresses-frozen": ["small-payout: when.stage dropped"],
        "staking": [
            "stake-eth: when.destination.address dropped", "stake-sol: when.destination.address dropped",
            "unstake: when.destination.address dropped", "withdraw: when.destination.type dropped",
            "withdraw: when.destination.address dropped",
        ],
    ]

    @Test(arguments: Repository.ruleSets)
    func `the tests of a shipped set notice every change that can be noticed`(set: String) throws {
        let folder = Repository.root.appendingPathComponent("rules/\(set)")
        func bytes(_ name: String) throws -> [UInt8] {
            Array(try Data(contentsOf: folder.appendingPathComponent(name)))
        }
        let text = try bytes("rules.yaml")
        let snapshot = try #require(RulesSnapshot.load(file: "rules.yaml", text: text, loadList: bytes).snapshot)
        let tests = try #require(
            RulesTestFile.load(
                file: "rules.tests.yaml", text: try bytes("rules.tests.yaml"), rules: snapshot, loadSample: bytes
            ).tests)
        let run = try #require(MutationRun.run(file: "rules.yaml", text: text, tests: tests, loadList: bytes))
        #expect(run.mutants > 50)
        let survivors = Set(run.survivors.map { "\($0.subject): \($0.what)" })
        #expect(survivors == Self.equivalent[set, default: []], "\(set): \(run.text)")
    }
}
