// The rule sets of rules/, the starter rules, and the schema that describes them.

import CallbackProtocol
import CallbackRules
import Foundation
import SystemCrypto
import TestSupport
import Testing

@Suite struct ShippedRulesTests {
    /// The repository's folder of rule sets.
    private static let folder = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("rules")

    private func load(_ set: String) throws -> RulesLoadResult {
        let folder = Self.folder.appendingPathComponent(set)
        let text = try Data(contentsOf: folder.appendingPathComponent("rules.yaml"))
        return RulesSnapshot.load(file: "rules.yaml", text: Array(text)) { name in
            Array(try Data(contentsOf: folder.appendingPathComponent(name)))
        }
    }

    private func sample(_ name: String) throws -> [UInt8] {
        let resources = Bundle.module.bundleURL.appendingPathComponent("Resources")
        return Array(try Data(contentsOf: resources.appendingPathComponent(name)))
    }

    @Test func `the exchange's rules are what the README says`() throws {
        let result = try load("exchange-hot-wallet")
        #expect(result.snapshot?.name == "exchange-hot-wallet")
        #expect(result.snapshot?.transactionRuleCount == 7)
        #expect(result.snapshot?.configurationRuleCount == 6)
    }

    /// Every folder of rules/ that holds rules.
    private static let sets: [String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter {
            FileManager.default.fileExists(atPath: folder.appendingPathComponent($0 + "/rules.yaml").path)
        }.sorted()
    }()

    @Test(arguments: sets)
    func `every rule set loads without a finding, and its tests pass and cover all of it`(set: String) throws {
        let result = try load(set)
        #expect(result.diagnostics.isEmpty)
        let snapshot = try #require(result.snapshot)
        let folder = Self.folder.appendingPathComponent(set)
        let text = try Data(contentsOf: folder.appendingPathComponent("rules.tests.yaml"))
        let tests = RulesTestFile.load(file: "rules.tests.yaml", text: Array(text), rules: snapshot) { name in
            Array(try Data(contentsOf: folder.appendingPathComponent(name)))
        }
        let run = snapshot.run(try #require(tests.tests, "\(tests.diagnostics)"))
        #expect(run.failures == 0 && run.coverage.percent == 100, "\(run.text)")
    }

    @Test func `every YAML block of the guide is a file that loads, and its tests pass`() throws {
        let guide = try String(
            contentsOf: Self.folder.deletingLastPathComponent().appendingPathComponent("docs/rules.md"), encoding: .utf8
        )
        let blocks = guide.components(separatedBy: "```yaml\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```\n").first }
        let pem = try RSAPrivateKey.generate(bits: 2048).publicKey.pem
        let files = ["sanctioned.txt": base58Address, "order-service.pem": pem]
        var last: RulesSnapshot?
        var (rules, tests) = (0, 0)
        for block in blocks {
            if block.contains("tests_version") {
                let loaded = RulesTestFile.load(
                    file: "rules.tests.yaml", text: Array(block.utf8), rules: try #require(last)
                ) { throw RulesDidNotLoad(description: $0) }
                let run = try #require(last).run(try #require(loaded.tests, "\(loaded.diagnostics)"))
                #expect(run.failures == 0, "\(run.text)")
                tests += 1
            } else {
                let found = diagnostics(block, lists: files)
                #expect(found.isEmpty, "\(found)\n\(block)")
                last = try loaded(block, lists: files)
                rules += 1
            }
        }
        #expect(rules == 4 && tests == 1)
    }

    private static let samples: [(String, CallbackAction, String?)] = [
        ("tx_docs_eth_signing", .approve, "vault-refill"),
        ("tx_observed_docs_eth_signing.exact", .approve, "vault-refill"),
        ("tx_docs_btc_segwit_signing", .approve, "vault-refill"),
        ("tx_docs_btc_legacy_ota_signing", .reject, "sanctioned-destination"),
        ("tx_constructed_approval_only", .ignore, "leave-payout-votes-to-people"),
        ("tx_constructed_contract_call_signing", .reject, nil), ("tx_constructed_typed_message", .reject, nil),
        ("tx_constructed_raw_signing", .reject, nil), ("tx_constructed_extra_signature_plugin", .reject, nil),
        ("config_constructed_unmanaged_wallet", .ignore, "external-wallets-are-for-people"),
        ("config_constructed_exchange", .approve, "known-exchange"), ("config_constructed_fiat_account", .reject, nil),
        ("config_constructed_add_network_connection", .reject, nil),
        ("config_constructed_add_user", .ignore, "people-for-people"),
        ("config_constructed_enable_one_time_address", .reject, "never-by-machine"),
        ("config_constructed_policy_approval", .reject, "never-by-machine"),
    ]

    @Test(arguments: samples)
    func `documented samples are answered as the README says`(
        sampleName: String, action: CallbackAction, rule: String?
    ) throws {
        let kind: RequestKind = sampleName.hasPrefix("tx") ? .transaction : .configuration
        let request = try RequestAuthenticator.acceptUnauthenticated(
            json: sample(sampleName + ".json"), kind: kind, listener: "127.0.0.1:8444")
        let snapshot = try #require(try load("exchange-hot-wallet").snapshot)
        // A Tuesday at 10:00 in Zurich.
        let decision = snapshot.decide(request, at: RulesInstant(seconds: 1_795_510_800))
        #expect(decision.action == action)
        #expect(decision.rule == rule)
        #expect((decision.reason == nil) == (action == .approve))
        #expect(decision.rulesDigest == snapshot.digest)
        #expect(decision.request.requestId == request.requestId)
    }

    @Test func `a malformed request is rejected before any rule, with its own reason`() throws {
        let text = "- { id: pay, effect: approve, when: { operation: TRANSFER, asset: ETH } }"
        let snapshot = try loaded(rulesText(transactions: text))
        let payload = Array(
            #"{"requestId":"r","operation":"TRANSFER","asset":"ETH","amountStr":"-1","destinations":[{}]}"#.utf8)
        let request = try RequestAuthenticator.acceptUnauthenticated(json: payload, kind: .transaction, listener: "l")
        guard case .malformed(let malformed) = request.content else {
            Issue.record("the reader accepted a negative amount")
            return
        }
        let decision = snapshot.decide(request, at: saturdayMorning)
        #expect(decision.action == .reject)
        #expect(decision.rule == nil)
        #expect(decision.reason == malformed.reason)
    }

    @Test func `the starter rules load without a finding and approve nothing`() throws {
        #expect(diagnostics(StarterRules.yaml).isEmpty)
        let snapshot = try loaded(StarterRules.yaml)
        #expect(snapshot.ruleCount == 0)
        let input = EvaluationInput(content: .transaction(payment()), cosigner: "primary", listener: "l")
        #expect(snapshot.evaluate(input, at: saturdayMorning, tracing: true).effect == .reject)
    }

    @Test func `the examples in the starter rules work once their comment marks are removed`() throws {
        var lines = StarterRules.yaml.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let start = try #require(lines.firstIndex { $0.hasPrefix("# lists") })
        for index in start..<lines.count where lines[index].hasPrefix("#  ") || index < start + 7 {
            let isRule = lines[index].hasPrefix("#  ") && index > start + 6
            lines[index] = String(lines[index].dropFirst(isRule ? 1 : 2))
        }
        let uncommented = lines.joined(separator: "\n").replacing(": []", with: ":")
        let found = diagnostics(uncommented, lists: ["sanctioned.txt": base58Address])
        #expect(found.filter { $0.code != .unusedList }.isEmpty, "\(found)\n\(uncommented)")
    }

    @Test func `the digest covers the file, the names and the bytes of its lists`() throws {
        func digest(_ file: String, _ list: String) throws -> String {
            let text = "rules_version: 1\nname: x\nlists: { a: { addresses_file: \(file) } }\n"
            return try loaded(text, lists: [file: list]).digest
        }
        let digests = try [digest("a", "x"), digest("a", "y"), digest("b", "x"), digest("a", "x\n")]
        #expect(Set(digests).count == 4)
        #expect(try digest("a", "x") == digests[0])
        #expect(digests[0].hasPrefix("sha256:"))
        #expect(digests[0].count == 71)
    }

    @Test func `the schema in rules is the one that the module prints`() throws {
        let shipped = try String(
            contentsOf: Self.folder.appendingPathComponent("schemas/rules.schema.json"), encoding: .utf8)
        #expect(shipped == RulesSchema.json)
    }

    @Test func `Python's jsonschema accepts every shipped file and refuses bad ones`() async throws {
        let scratch = try TemporaryDirectory()
        let schema = try scratch.write("schema.json", RulesSchema.json)
        let script = try scratch.write("validate.py", Self.script)
        let starter = try scratch.write("starter.yaml", StarterRules.yaml)
        var arguments = [script, schema, starter]
        arguments += Self.sets.map { Self.folder.appendingPathComponent("\($0)/rules.yaml").path }
        var generator = Generator(random: SplitMix64(seed: 11))
        for index in 0..<40 {
            arguments.append(try scratch.write("generated\(index).yaml", generator.rules().yaml))
        }
        arguments.append("--")
        for (index, bad) in BadRules.structural.enumerated() {
            arguments.append(try scratch.write("bad\(index).yaml", bad.text))
            #expect(diagnostics(bad.text).contains { $0.severity == .error }, "\(bad.text)")
        }
        let result = try await run("python3", arguments)
        #expect(result.status == 0, "\(result.text)\(result.errorText)")
        #expect(result.text.contains("accepted \(41 + Self.sets.count), refused \(BadRules.structural.count)"))
    }

    private static let script = """
        import json, sys, yaml, jsonschema
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        split = sys.argv.index("--")
        failures = []
        for path in sys.argv[2:split]:
            failures += [f"{path}: {error.message}" for error in validator.iter_errors(yaml.safe_load(open(path)))]
        for path in sys.argv[split + 1:]:
            if validator.is_valid(yaml.safe_load(open(path))):
                failures.append(f"{path}: not refused\\n" + open(path).read())
        print("\\n".join(failures))
        print(f"accepted {split - 2}, refused {len(sys.argv) - split - 1}")
        sys.exit(1 if failures else 0)
        """
}
