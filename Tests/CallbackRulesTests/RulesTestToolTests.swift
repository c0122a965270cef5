// Tests of the tool that tests rules.

import CallbackProtocol
import Foundation
import TestSupport
import Testing

@testable import CallbackRules

@Suite struct RulesTestToolTests {
    private static let rules = """
        rules_version: 1
        name: tested
        approvers:
          desk: { required: 1, keys: { alice: "\(ModelPeople.lines["alice"] ?? "")" } }
        transactions:
          - id: small
            effect: approve
            when: { amount_usd: { at_most: "100" }, asset: ETH }
            limits:
              - { id: day, amount_usd: "150", per: 24h, for_each: [source.id, destination.address] }
          - id: large
            effect: hold
            approvers: desk
            expires_after: 1h
            when: { amount_usd: { more_than: "100" } }
          - { id: bad, effect: reject, when: { note: "no" } }
        """

    private static let head = """
        tests_version: 1
        defaults: { at: "2026-11-23T09:30:00Z", cosigner: primary }
        samples:
          pay:
            txId: t
            operation: TRANSFER
            sourceId: "0"
            asset: ETH
            amountStr: "1"
            fee: "0.1"
            destinations: [{ amountNativeStr: "1", amountUSD: 60, displayDstAddress: "\(evmAddress)" }]

        """

    private func load(_ tests: String, head: String = head) throws -> RulesTestLoadResult {
        RulesTestFile.load(file: "r.tests.yaml", text: Array((head + tests).utf8), rules: try loaded(Self.rules)) {
            throw RulesDidNotLoad(description: "no \($0)")
        }
    }

    private func run(_ tests: String) throws -> RulesTestRun {
        let result = try load(tests)
        return try loaded(Self.rules).run(
            try #require(result.tests, "\(result.diagnostics.map(\.description).joined(separator: "\n"))"))
    }

    private static let passing = """
        tests:
          - { name: fits, request: pay, expect: { effect: approve, rule: small } }
          - name: the limit counts what went before, for this address only
            request: pay
            charged:
              - { rule: small, limit: day, for: ["0", "\(evmAddress.lowercased())"], amount: "90.01" }
              - { rule: small, limit: day, for: ["1", "\(evmAddress)"], amount: "1000" }
            expect: { effect: reject, rule: small, reason: limit day }
          - name: large waits
            request: pay
            change: { "destinations[0].amountUSD": 100.01 }
            expect: { effect: hold, rule: large, reason: 0 of 1 signed }
          - name: large goes on when alice has signed
            request: pay
            change: { "destinations[0].amountUSD": 100.01 }
            holds: [{ rule: large, since: "2026-11-23T09:00:00Z", approved_by: alice }]
            expect: { effect: approve, rule: large }
          - name: a refusal rejects
            request: pay
            change: { "destinations[0].amountUSD": 100.01 }
            holds: [{ rule: large, refused_by: [alice] }]
            expect: { effect: reject, rule: large, reason: alice refused }
          - name: after an hour it is over
            request: pay
            change: { "destinations[0].amountUSD": 100.01 }
            holds: [{ rule: large, since: "2026-11-23T08:30:00Z", approved_by: [alice] }]
            expect: { effect: reject, rule: large, reason: expired }
          - { name: another asset, request: pay, change: { asset: BTC }, expect: { effect: reject, rule: none } }
          - { name: refused, request: pay, change: { note: "no" }, expect: { effect: reject, rule: bad } }
          - { name: another note, request: pay, change: { note: "yes", fee: null }, expect: { effect: approve } }
        """

    @Test func `a past, approvals and refusals lead to what the language says`() throws {
        let run = try run(Self.passing)
        #expect(run.failures == 0, "\(run.text)")
        #expect(run.outcomes.count == 9)
        #expect(run.coverage.percent == 100, "\(run.text)")
        #expect(run.text.contains("9 tests, all passed") && run.text.contains("coverage: 100 %"))
    }

    @Test func `a failing test says where, what was expected, what came, and why`() throws {
        let run = try run("tests: [{ name: \"wrong <&> \\\"\", request: pay, expect: { effect: reject, rule: none } }]")
        #expect(run.failures == 1)
        #expect(run.text.contains("FAIL r.tests.yaml:12 wrong"))
        #expect(run.text.contains("expected reject by no rule; the rules say approve by small"))
        #expect(run.text.contains("large: never matched") && run.text.contains("bad: when.note was never true"))
        #expect(run.coverage.percent < 100 && run.coverage.covered < run.coverage.total)
    }

    @Test func `JUnit's XML is read by Python's parser`() async throws {
        let run = try run(
            """
            tests:
              - { name: "wrong <&> \\" \\t", request: pay, expect: { effect: reject } }
              - { name: right, request: pay, expect: { effect: approve } }
            """)
        let scratch = try TemporaryDirectory()
        let file = try scratch.write("junit.xml", run.junit)
        let script = """
            import sys, xml.etree.ElementTree as tree
            suite = tree.parse(sys.argv[1]).getroot()[0]
            print(suite.get('tests'), suite.get('failures'), [case.get('name') for case in suite],
                  suite[0][0].get('message').split(';')[0], len(suite[1]))
            """
        let result = try await TestSupport.run("python3", ["-c", script, file])
        #expect(result.text == "2 1 ['wrong <&> \" \\t', 'right'] expected reject 0\n", "\(result.errorText)")
    }

    @Test(arguments: [
        (DiagnosticCode.badSample, "samples: { a: { file: none.json } }\ntests: []"),
        (.badInstant, "tests: [{ name: a, at: \"2026-11-23\", request: pay, expect: { effect: hold } }]"),
        (.unlistedKind, "tests: [{ name: a, kind: transfer, request: pay, expect: { effect: hold } }]"),
        (.unknownSample, "tests: [{ name: a, request: pey, expect: { effect: hold } }]"),
        (.badChange, "tests: [{ name: a, request: pay, change: { asset.x: 1 }, expect: { effect: hold } }]"),
        (
            .badChange,
            "tests: [{ name: a, request: pay, change: { \"destinations[2].x\": 1 }, expect: { effect: hold } }]"
        ),
        (.unknownRule, "tests: [{ name: a, request: pay, expect: { effect: hold, rule: lrge } }]"),
        (
            .unknownRule,
            "tests: [{ name: a, request: pay, holds: [{ rule: small }], expect: { effect: hold } }]"
        ),
        (
            .wrongCount,
            "tests: [{ name: a, request: pay, charged: [{ rule: small, limit: day, amount: \"1\" }], expect: { effect: hold } }]"
        ),
        (
            .unknownApprovers,
            "tests: [{ name: a, request: pay, holds: [{ rule: large, approved_by: bob }], expect: { effect: hold } }]"
        ),
        (.unknownEffect, "tests: [{ name: a, request: pay, expect: { effect: approved } }]"),
        (.missingKey, "tests: [{ name: a, request: pay }]"), (.unknownKey, "tests: [{ name: a, requests: pay }]"),
        (.emptyCollection, "tests: []"),
    ])
    func `mistakes in a file of tests are found`(code: DiagnosticCode, tests: String) throws {
        let head = tests.hasPrefix("samples") ? "tests_version: 1\n" : Self.head
        let result = try load(tests, head: head)
        #expect(result.tests == nil)
        #expect(result.diagnostics.contains { $0.code == code }, "\(result.diagnostics)")
        #expect(result.diagnostics.allSatisfy { $0.line > 0 })
    }

    @Test func `instants are read with their offset`() {
        #expect(RulesInstant("2026-11-21T09:30:00Z") == saturdayMorning)
        #expect(RulesInstant("2026-11-21T10:30:00+01:00") == saturdayMorning)
        #expect(RulesInstant("2026-11-21T04:00:00-05:30") == saturdayMorning)
        for text in [
            "2026-11-21", "2026-11-21T09:30:00", "2026-02-29T09:30:00Z", "2026-11-21T24:00:00Z",
            "2026-11-21T09:30:00Zx",
        ] {
            #expect(RulesInstant(text) == nil)
        }
    }
}
