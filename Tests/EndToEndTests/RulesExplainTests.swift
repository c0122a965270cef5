// rules explain with a past, rules codes, rules test --mutate, and init with somebody's rules.

import CallbackProtocol
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct RulesExplainTests {
    private let scratch: TemporaryDirectory

    init() throws {
        scratch = try TemporaryDirectory()
    }

    private static let rules = """
        rules_version: 1
        name: limited
        lists: { bad: { addresses_file: bad.txt } }
        transactions:
          - id: pay
            effect: approve
            when: { asset: ETH, amount_usd: { at_most: "100" } }
            limits: [{ id: day, amount_usd: "150", per: 24h, for_each: [source.id] }]
          - { id: bad, effect: reject, when: { destination: { address: { in: bad } } } }

        """

    private static let payload = """
        {"requestId":"r","txId":"t","operation":"TRANSFER","sourceId":"0","asset":"ETH","amountStr":"1","destinations":[
        {"amountNativeStr":"1","amountUSD":60,"displayDstAddress":"0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8"}]}
        """

    private func rulesFolder() throws -> String {
        try scratch.write("bad.txt", "0x00000000000000000000000000000000000000BA\n")
        return try scratch.write("limited.yaml", Self.rules)
    }

    @Test func explainKnowsAPast() async throws {
        let rules = try rulesFolder()
        let request = try scratch.write("request.json", Self.payload)
        let past = try scratch.write(
            "past.yaml", "charged: [{ rule: pay, limit: day, for: [\"0\"], amount: \"90.01\" }]\n")
        let alone = try await Executable.callbackServer("rules", "explain", rules, request, "--json")
        #expect(try StrictJSON.parse(Array(alone.output)).object?["effect"]?.string == "approve", "\(alone.errorText)")
        let full = try await Executable.callbackServer("rules", "explain", rules, request, "--past", past, "--json")
        let answer = try StrictJSON.parse(Array(full.output)).object
        #expect(answer?["effect"]?.string == "reject" && answer?["rule"]?.string == "pay")
        #expect(answer?["limits"]?.array?.first?.object?["before"]?.string == "90.01")
        let text = try await Executable.callbackServer("rules", "explain", rules, request, "--past", past)
        #expect(text.status == 0 && text.text.contains("exceeded: reject"), "\(text.text)\(text.errorText)")
        let wrong = try scratch.write("wrong.yaml", "charged: [{ rule: pai, limit: day, amount: \"1\" }]\n")
        let refused = try await Executable.callbackServer("rules", "explain", rules, request, "--past", wrong)
        #expect(
            refused.status == 1 && refused.errorText.contains("wrong.yaml:1:19") && refused.errorText.contains("R097"))
    }

    @Test func codesSaysWhereACodeIsExplained() async throws {
        let one = try await Executable.callbackServer("rules", "codes", "R011")
        #expect(one.status == 0 && one.text.contains("docs/rules-codes/R011.md"))
        #expect(try await Executable.callbackServer("rules", "codes", "R999").status == 2)
        let all = try await Executable.callbackServer("rules", "codes", "--json")
        #expect(all.text.split(separator: "\n").count >= 80)
        #expect(all.text.contains("\"page\":\"docs/rules-codes/R098.md\""))
        let bad = try scratch.write("bad.yaml", "rules_version: 1\nname: x\nmore: 1\n")
        let checked = try await Executable.callbackServer("rules", "check", bad)
        #expect(checked.status == 3 && checked.text.contains("callback-server rules codes R011\n"))
    }

    private static let tests = """
        tests_version: 1
        defaults: { at: "2026-11-23T09:30:00Z" }
        samples: { pay: { file: samples/pay.json } }
        tests:
          - { name: pays, request: pay, expect: { effect: approve, rule: pay } }

        """

    @Test func testWithMutateNamesWhatNoTestNotices() async throws {
        let rules = try rulesFolder()
        try FileManager.default.createDirectory(at: scratch.file("samples"), withIntermediateDirectories: true)
        try scratch.write("samples/pay.json", Self.payload)
        try scratch.write("limited.tests.yaml", Self.tests)
        let run = try await Executable.callbackServer("rules", "test", rules, "--mutate")
        #expect(run.status == 0, "\(run.errorText)")
        #expect(run.text.contains("SURVIVED \(rules):7 pay: when.amount_usd: at_most 100 is 101\n"), "\(run.text)")
        #expect(run.text.contains("SURVIVED \(rules):8 pay: limits.day removed\n"))
        #expect(!run.text.contains("pay: rule removed"))
        let bounded = try await Executable.callbackServer("rules", "test", rules, "--mutate", "--max-survivors", "2")
        #expect(bounded.status == 3 && bounded.text.hasSuffix("more than 2 survived\n"))
        #expect(try await Executable.callbackServer("rules", "test", rules, "--max-survivors", "2").status == 2)
    }

    @Test func initCopiesRulesWithListsTestsAndSamples() async throws {
        let rules = try rulesFolder()
        try FileManager.default.createDirectory(at: scratch.file("samples"), withIntermediateDirectories: true)
        try scratch.write("samples/pay.json", Self.payload)
        try scratch.write("limited.tests.yaml", Self.tests)
        let home = scratch.file("home").path
        let made = try await Executable.callbackServer("init", home, "--rules", rules)
        #expect(made.status == 0 && made.text.contains("rules/rules.tests.yaml"), "\(made.errorText)")
        for (copy, original) in [
            ("rules.yaml", "limited.yaml"), ("rules.tests.yaml", "limited.tests.yaml"), ("bad.txt", "bad.txt"),
            ("samples/pay.json", "samples/pay.json"),
        ] {
            let copied = try Data(contentsOf: URL(fileURLWithPath: "\(home)/rules/\(copy)"))
            #expect(copied == (try Data(contentsOf: scratch.file(original))))
        }
        let passed = try await Executable.callbackServer("rules", "test", home + "/rules/rules.yaml")
        #expect(passed.status == 0 && passed.text.contains("1 test, all passed"), "\(passed.text)\(passed.errorText)")
    }

    @Test func initRefusesTestsThatDoNotFitOrReachOutside() async throws {
        let rules = try rulesFolder()
        for tests in [
            Self.tests.replacingOccurrences(of: "samples/pay.json", with: "gone.json"),
            Self.tests.replacingOccurrences(of: "rule: pay", with: "rule: pey"),
            Self.tests.replacingOccurrences(
                of: "samples/pay.json", with: "../\(scratch.url.lastPathComponent)/outside.json"),
        ] {
            try scratch.write("outside.json", Self.payload)
            try scratch.write("limited.tests.yaml", tests)
            let home = scratch.file("refused").path
            let refused = try await Executable.callbackServer("init", home, "--rules", rules)
            #expect(refused.status == 1 && refused.errorText.contains("rules_invalid"), "\(refused.errorText)")
            #expect(!FileManager.default.fileExists(atPath: home))
        }
    }

    @Test(arguments: ["exchange-hot-wallet", "two-person-payouts"])
    func initCopiesAShippedSetWhoseTestsThenPass(set: String) async throws {
        let home = scratch.file("home").path
        let rules = Repository.root.appendingPathComponent("rules/\(set)/rules.yaml").path
        #expect(try await Executable.callbackServer("init", home, "--rules", rules).status == 0)
        let run = try await Executable.callbackServer(
            "rules", "test", home + "/rules/rules.yaml", "--min-coverage", "100")
        #expect(run.status == 0, "\(run.text)")
    }
}
