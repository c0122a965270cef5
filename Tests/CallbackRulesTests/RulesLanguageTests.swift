// The language's items "From request to effect", one by one.

import CallbackProtocol
import CallbackRules
import Testing

@Suite struct RulesLanguageTests {
    static let approveAll = "- { id: pay, effect: approve, when: { asset: ETH } }\n"
    static let rejectAll = "- { id: stop, effect: reject, when: { asset: ETH } }\n"
    static let ignoreAll = "- { id: skip, effect: ignore, when: { asset: ETH } }\n"

    @Test(arguments: [
        ([approveAll], Verdict.approve, "pay"), ([approveAll, ignoreAll], .ignore, "skip"),
        ([approveAll, rejectAll], .reject, "stop"), ([ignoreAll, rejectAll], .reject, "stop"),
        ([approveAll, ignoreAll, rejectAll], .reject, "stop"),
    ])
    func `item 1: the most restrictive effect wins in every order`(
        rules: [String], effect: Verdict, rule: String
    ) throws {
        let request = payment { $0.stage = .approval }
        for order in [rules, rules.reversed()] {
            let result = try evaluation(order.joined(), request)
            #expect(result.effect == effect)
            #expect(result.rule == rule)
        }
    }

    @Test func `item 1: nothing matched is a rejection without a rule`() throws {
        for rules in ["[]", "- { id: other, effect: approve, when: { asset: BTC } }"] {
            let result = try evaluation(rules, payment())
            #expect(result.effect == .reject)
            #expect(result.rule == nil)
            #expect(result.reason == "no rule approves this")
        }
    }

    @Test func `item 2: approve needs every destination`() throws {
        let rule = "{ destination: { amount_usd: { at_most: \"100\" } } }"
        let good = batch([("100", evmAddress), ("1", evmAddress)])
        let bad = batch([("100", evmAddress), ("100.01", evmAddress)])
        #expect(try effect(of: .approve, when: rule, good) == .approve)
        #expect(try effect(of: .approve, when: rule, bad) == .reject)
    }

    @Test func `item 2: one bad destination among good ones stops`() throws {
        let rules =
            Self.approveAll + "- { id: list, effect: reject, when: { destination: { address: { in: sanctioned } } } }"
        let good = batch([("1", evmAddress), ("1", bech32Address)])
        let bad = batch([("1", evmAddress), ("1", base58Address), ("1", bech32Address)])
        #expect(try evaluation(rules, good).effect == .approve)
        let result = try evaluation(rules, bad)
        #expect(result.rule == "list")
        #expect(result.effect == .reject)
    }

    @Test func `item 2: the body is bound to one destination at a time`() throws {
        // One destination is large, the other is sanctioned: no destination is both.
        let rule = """
            - id: both
              effect: reject
              when: { destination: { address: { in: sanctioned }, amount_usd: { at_least: "100" } } }

            """
        let apart = batch([("100", evmAddress), ("1", base58Address)])
        let together = batch([("1", evmAddress), ("100", base58Address)])
        #expect(try evaluation(Self.approveAll + rule, apart).effect == .approve)
        #expect(try evaluation(Self.approveAll + rule, together).effect == .reject)
    }

    @Test func `item 2: unless excuses its own destination only`() throws {
        let rule =
            "- { id: big, effect: reject, when: { asset: ETH }, unless: { destination: { id: \"1\" } } }\n"
        var request = batch([("1", evmAddress), ("1", evmAddress)])
        #expect(try evaluation(Self.approveAll + rule, request).effect == .approve)
        request.destinations[1].id = "2"
        #expect(try evaluation(Self.approveAll + rule, request).rule == "big")
    }

    @Test func `item 2: an unknown unless keeps approve from matching and reject from standing aside`() throws {
        let request = payment { $0.destinations[0].id = nil }
        let exception = "{ destination: { id: \"7\" } }"
        #expect(try effect(of: .approve, when: "{ asset: ETH }", unless: exception, payment()) == .approve)
        #expect(try effect(of: .approve, when: "{ asset: ETH }", unless: exception, request) == .reject)
        let reject = "- { id: stop, effect: reject, when: always, unless: { destination: { id: \"1\" } } }"
        #expect(try evaluation(Self.approveAll + reject, payment()).effect == .approve)
        #expect(try evaluation(Self.approveAll + reject, request).rule == "stop")
    }

    @Test func `item 4: ignore at the signing stage rejects`() throws {
        let result = try evaluation(Self.approveAll + Self.ignoreAll, payment())
        #expect(result.effect == .reject)
        #expect(result.rule == "skip")
        #expect(try evaluation(Self.ignoreAll, payment { $0.stage = .approval }).effect == .ignore)
    }

    @Test(arguments: [
        ("TRANSFER", true, true), ("RAW", false, true), ("CONTRACT_CALL", false, true), ("", false, true),
        ("transfer", false, true),
    ])
    func `item 5: without operation approve is about TRANSFER, reject and ignore about every operation`(
        operation: String, approves: Bool, stops: Bool
    ) throws {
        let request = payment {
            $0.operation = operation
            $0.stage = .approval
        }
        #expect(try effect(of: .approve, when: "always", request) == (approves ? .approve : .reject))
        #expect(try evaluation("- { id: stop, effect: reject, when: always }", request).rule == (stops ? "stop" : nil))
        #expect(try effect(of: .ignore, when: "always", request) == (stops ? .ignore : .reject))
    }

    @Test func `item 5: an absent operation is unknown`() throws {
        let request = payment { $0.operation = nil }
        #expect(try effect(of: .approve, when: "always", request) == .reject)
        #expect(try effect(of: .approve, when: "{ operation: TRANSFER }", request) == .reject)
        #expect(try evaluation("- { id: stop, effect: reject, when: { operation: MINT } }", request).rule == "stop")
        #expect(try evaluation("- { id: stop, effect: reject, when: { operation: MINT } }", payment()).rule == nil)
    }

    @Test func `a TRANSFER without destinations is rejected whatever the rules say`() throws {
        let result = try evaluation(Self.approveAll, payment { $0.destinations = [] })
        #expect(result.effect == .reject)
        #expect(result.rule == nil)
    }

    @Test func `the reason is the rule's own, else it names the rule`() throws {
        let own = try evaluation("- { id: stop, effect: reject, reason: Not today, when: always }", payment())
        #expect(own.reason == "Not today")
        #expect(try evaluation(Self.rejectAll, payment()).reason == "rejected by rule stop")
        let unknown = try evaluation(
            "- { id: big, effect: reject, when: { amount_usd: { more_than: \"5\" } } }",
            payment { $0.destinations[0].amountUSD = nil })
        #expect(unknown.reason == "rule big rejects: could not tell amount_usd")
        #expect(try evaluation(Self.approveAll, payment()).reason == nil)
    }

    @Test func `item 14: the trace names the first condition that failed, with expected and actual`() throws {
        let rules = """
            - { id: small, effect: approve, when: { asset: ETH, amount_usd: { at_most: "10" } } }
            - { id: list, effect: reject, when: { destination: { address: { in: sanctioned } } } }
            - { id: vault, effect: approve, when: { source: { id: { in: vaults } } } }

            """
        let result = try evaluation(rules, batch([("9", evmAddress), ("9", bech32Address)]))
        #expect(result.effect == .approve)
        #expect(
            result.json
                == #"{"effect":"approve","rule":"vault","reason":null,"trace":["#
                + #"{"rule":"small","effect":"approve","outcome":"not_matched","failed":"#
                + #"{"condition":"amount_usd","expected":"at most 10","actual":"18"}},"#
                + #"{"rule":"list","effect":"reject","destination":0,"outcome":"not_matched","failed":"#
                + #"{"condition":"destination.address","expected":"in sanctioned","actual":"\#(evmAddress)"}},"#
                + #"{"rule":"list","effect":"reject","destination":1,"outcome":"not_matched","failed":"#
                + #"{"condition":"destination.address","expected":"in sanctioned","actual":"\#(bech32Address)"}},"#
                + #"{"rule":"vault","effect":"approve","outcome":"matched","failed":null}]}"#)
    }

    @Test func `item 14: the trace tells unknown from failed, and names unless`() throws {
        let unpriced = payment { $0.destinations[0].amountUSD = .zero }
        let entry = try evaluation(
            "- { id: small, effect: approve, when: { amount_usd: { at_most: \"10\" } } }", unpriced
        ).trace[0]
        #expect(entry.outcome == .unknown)
        #expect(entry.failed?.actual == "unknown: the amount is not priced (amountUSD is 0)")
        let excused = try evaluation(
            "- { id: a, effect: approve, when: always, unless: { asset: ETH } }", payment()
        ).trace[0]
        #expect(excused.failed?.condition == "unless")
        #expect(excused.failed?.expected == "not (asset ETH)")
    }

    @Test func `item 14: tracing never changes the answer`() throws {
        let rules = try loaded(rulesText(transactions: Self.approveAll + Self.rejectAll + Self.ignoreAll))
        let input = EvaluationInput(content: .transaction(payment()), cosigner: "primary", listener: "l")
        let traced = rules.evaluate(input, at: saturdayMorning, tracing: true)
        let plain = rules.evaluate(input, at: saturdayMorning, tracing: false)
        #expect(plain.trace.isEmpty)
        #expect(traced.trace.count == 3)
        #expect((plain.effect, plain.rule, plain.reason) == (traced.effect, traced.rule, traced.reason))
    }

    @Test func `the table for people is aligned and plain`() throws {
        let text = try evaluation(Self.approveAll + Self.rejectAll, payment { $0.asset = "BTC" }).text
        #expect(
            text == """
                effect  reject
                rule    -
                reason  no rule approves this

                rule  effect   destination  outcome      first condition that did not hold
                pay   approve  -            not matched  asset: expected ETH; is BTC
                stop  reject   -            not matched  asset: expected ETH; is BTC

                """)
    }
}
