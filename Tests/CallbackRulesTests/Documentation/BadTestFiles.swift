// Files of tests that are not of the format, so that reader and schema must refuse them.

import CallbackRules

enum BadTestFiles {
    static let rules = """
        rules_version: 1
        name: tested
        approvers:
          desk: { required: 1, keys: { alice: "\(ModelPeople.lines["alice"] ?? "")" } }
        transactions:
          - id: small
            effect: approve
            when: { amount_usd: { at_most: "100" }, asset: ETH }
            limits: [{ id: day, amount_usd: "150", per: 24h, for_each: [source.id] }]
          - { id: large, effect: hold, approvers: desk, expires_after: 1h, when: { amount_usd: { more_than: "100" } } }
        """

    /// Every member of the format.
    static let good = """
        tests_version: 1
        defaults: { at: "2026-11-23T09:30:00Z", cosigner: primary, listener: "127.0.0.1:8443" }
        samples:
          pay: { operation: TRANSFER, destinations: [{ amountUSD: 5 }] }
          recorded: { file: payload.json }
        tests:
          - name: everything
            kind: transaction
            at: "2026-11-23T10:30:00+01:00"
            cosigner: backup
            listener: other
            request: pay
            change: { sourceId: "0", "destinations[0].amountUSD": 6, note: null }
            charged: [{ rule: small, limit: day, for: ["0"], amount: "9.5" }]
            holds: [{ rule: large, since: "2026-11-23T09:00:00Z", approved_by: [alice], refused_by: alice }]
            expect: { effect: reject, rule: none, reason: nothing }
          - { name: in place, request: { operation: TRANSFER }, expect: { effect: reject } }
        """

    private static let head =
        "tests_version: 1\ndefaults: { at: \"2026-11-23T09:30:00Z\" }\nsamples: { pay: { x: 1 } }\n"

    private static func test(_ members: String) -> String { head + "tests: [{ name: a, request: pay, \(members) }]\n" }

    private static let expect = "expect: { effect: hold }"

    static let structural: [String] = [
        "tests: [{ name: a, request: { x: 1 }, expect: { effect: hold } }]\n",
        "tests_version: 2\ntests: [{ name: a, at: \"2026-11-23T09:30:00Z\", request: { x: 1 }, \(expect) }]\n",
        "tests_version: \"1\"\ntests: [{ name: a, at: \"2026-11-23T09:30:00Z\", request: { x: 1 }, \(expect) }]\n",
        "tests_version: 1\ntests: [{ name: a, request: { x: 1 }, \(expect) }]\n",
        head, head + "tests: []\n", head + "tests: {}\n",
        head + "more: 1\ntests: [{ name: a, request: pay, \(expect) }]\n",
        head + "tests: [{ request: pay, \(expect) }]\n", head + "tests: [{ name: a, \(expect) }]\n",
        head + "tests: [{ name: a, request: pay }]\n", head + "tests: [{ name: 12, request: pay, \(expect) }]\n",
        head + "tests: [{ name: \"\", request: pay, \(expect) }]\n",
        head + "tests: [{ name: a, request: [pay], \(expect) }]\n",
        head + "tests: [x]\n", "tests_version: 1\nsamples: []\n" + test(expect).dropFirst(head.count),
        "tests_version: 1\ndefaults: { at: today }\ntests: [{ name: a, request: { x: 1 }, \(expect) }]\n",
        "tests_version: 1\ndefaults: { when: x }\ntests: [{ name: a, request: { x: 1 }, \(expect) }]\n",
        test("expect: hold"), test("expect: {}"), test("expect: { effect: allow }"),
        test("expect: { effect: hold, rules: large }"), test("expect: { effect: hold, rule: [large] }"),
        test("expect: { effect: hold, reason: 12 }"), test("\(expect), expected: 1"), test("\(expect), kind: transfer"),
        test("\(expect), at: \"2026-11-23\""), test("\(expect), at: 2026-11-23T09:30:00Z"),
        test("\(expect), cosigner: { name: x }"), test("\(expect), change: [x]"), test("\(expect), change: x"),
        test("\(expect), charged: {}"), test("\(expect), charged: [{ rule: small, limit: day, for: [\"0\"] }]"),
        test("\(expect), charged: [{ rule: small, limit: day, for: [\"0\"], amount: 5 }]"),
        test("\(expect), charged: [{ rule: small, limit: day, for: [\"0\"], amount: \"-5\" }]"),
        test("\(expect), charged: [{ rule: small, for: [\"0\"], amount: \"5\" }]"),
        test("\(expect), charged: [{ rule: small, limit: day, for: [0], amount: \"5\" }]"),
        test("\(expect), charged: [{ rule: small, limit: day, for: [\"0\"], amount: \"5\", per: 1h }]"),
        test("\(expect), holds: [{ approved_by: alice }]"), test("\(expect), holds: [{ rule: large, since: now }]"),
        test("\(expect), holds: [{ rule: large, approved_by: [] }]"),
        test("\(expect), holds: [{ rule: large, signed_by: alice }]"), test("\(expect), holds: large"),
    ]

    static func load(_ tests: String, _ rules: RulesSnapshot) -> RulesTestLoadResult {
        RulesTestFile.load(file: "t.yaml", text: Array(tests.utf8), rules: rules) { _ in Array("{}".utf8) }
    }
}
