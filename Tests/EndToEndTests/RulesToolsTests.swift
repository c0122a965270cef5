// What a security team runs: fmt, test, sign, verify; and what a server takes of it.

import CallbackProtocol
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct RulesToolsTests {
    private let scratch: TemporaryDirectory

    init() throws {
        scratch = try TemporaryDirectory()
    }

    private func text(_ file: String) throws -> String { try String(contentsOfFile: file, encoding: .utf8) }

    private func callback(_ arguments: [String]) async throws -> ProcessResult {
        try await run(Executable.callbackServer.path, arguments)
    }

    // MARK: fmt

    @Test func fmtLaysOutKeepsCommentsAndCanOnlyCheck() async throws {
        let file = try scratch.write(
            "ugly.yaml",
            "name: ugly   # its name\nrules_version: 1\n\n\n\ntransactions:\n    - effect: reject\n      id: a\n      when: always\n"
        )
        let checked = try await Executable.callbackServer("rules", "fmt", "--check", file)
        #expect(checked.status == 3 && checked.text.contains("not canonical"))
        #expect(try text(file).hasPrefix("name: ugly"))
        #expect(try await Executable.callbackServer("rules", "fmt", file).status == 0)
        let canonical = try text(file)
        #expect(canonical.hasPrefix("rules_version: 1\nname: ugly  # its name\n"))
        #expect(canonical.contains("  - id: a\n    effect: reject\n    when: always\n"))
        #expect(try await Executable.callbackServer("rules", "fmt", "--check", file).status == 0)
        let broken = try scratch.write("broken.yaml", "a: [1\n")
        let refused = try await Executable.callbackServer("rules", "fmt", broken)
        #expect(refused.status == 3 && refused.errorText.contains("broken.yaml:"))
        #expect(try text(broken) == "a: [1\n")
    }

    @Test func fmtKeepsTheModeAndFollowsLinks() async throws {
        let file = try scratch.write("real.yaml", "name: a\nrules_version: 1\ntransactions: []\n")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file)
        let link = scratch.file("link.yaml").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "real.yaml")
        let formatted = try await Executable.callbackServer("rules", "fmt", link)
        #expect(formatted.status == 0, "\(formatted.errorText)")
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "real.yaml")
        #expect(try text(file).hasPrefix("rules_version: 1\n"))
        let attributes = try FileManager.default.attributesOfItem(atPath: file)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o640)
    }

    // MARK: test

    @Test func testRunsTheFileBesideTheRulesAndMeasures() async throws {
        let rules = try scratch.write("rules.yaml", approvingRules)
        let head = "tests_version: 1\ndefaults: { at: \"2026-11-23T09:30:00Z\" }\ntests:\n"
        let good = "  - { name: unknown, kind: configuration, request: { type: NEW }, expect: { effect: reject } }\n"
        try scratch.write("rules.tests.yaml", head + good)
        let passed = try await Executable.callbackServer("rules", "test", rules)
        #expect(passed.status == 0 && passed.text.contains("1 test, all passed"), "\(passed.text)\(passed.errorText)")
        let junit = scratch.file("junit.xml").path
        let short = try await Executable.callbackServer(
            "rules", "test", rules, "--min-coverage", "100", "--junit", junit)
        #expect(short.status == 3 && short.text.contains("coverage is below 100 %"))
        #expect(try text(junit).contains("tests=\"1\" failures=\"0\""))
        let other = try scratch.write("other.yaml", head + good.replacingOccurrences(of: "reject", with: "approve"))
        let failed = try await Executable.callbackServer("rules", "test", rules, "--tests", other)
        #expect(failed.status == 3 && failed.text.contains("FAIL \(other):4 unknown"))
        #expect(try await Executable.callbackServer("rules", "test", rules, "--min-coverage", "101").status == 2)
        #expect(try await Executable.callbackServer("rules", "test", rules, "--tests", "/none").status == 1)
    }

    // MARK: sign and verify

    private func person(_ name: String, _ type: String = "ed25519") async throws -> String {
        let key = scratch.file(name).path
        let made = try await run("ssh-keygen", ["-q", "-t", type, "-N", "", "-C", name, "-f", key])
        #expect(made.status == 0)
        return "\(name) namespaces=\"countersign-rules\" \(try text(key + ".pub"))"
    }

    @Test func aServerTakesRulesThatEnoughPeopleSignedAndNoOthers() async throws {
        let signers = try await scratch.write("allowed", person("alice") + person("bob", "ecdsa"))
        let server = try await TestServer(rules: approvingRules) {
            $0.replacingOccurrences(
                of: "file: rules/rules.yaml",
                with: "file: rules/rules.yaml, signatures: { allowed_signers: \"\(signers)\", required: 2 }")
        }
        let rules = server.home + "/rules/rules.yaml"
        let unsigned = try await Executable.callbackServer("serve", "--config", server.configuration)
        #expect(
            unsigned.status == 1 && unsigned.errorText.contains("0 of 2 required signatures"), "\(unsigned.errorText)")
        for name in ["alice", "bob"] {
            let signed = try await Executable.callbackServer(
                "rules", "sign", rules, "--key", scratch.file(name).path, "--as", name)
            #expect(signed.status == 0 && signed.text.contains("rules.yaml.\(name).sig"), "\(signed.errorText)")
        }
        let verified = try await Executable.callbackServer(
            "rules", "verify", rules, "--allowed-signers", signers, "--required", "2")
        #expect(verified.status == 0 && verified.text.contains("alice signed") && verified.text.contains("bob signed"))
        // The program that people have says the same.
        let opensshSays = try await run(
            "ssh-keygen",
            ["-Y", "verify", "-f", signers, "-I", "alice", "-n", "countersign-rules", "-s", rules + ".alice.sig"],
            stdin: Data(contentsOf: URL(fileURLWithPath: rules)))
        #expect(opensshSays.status == 0, "\(opensshSays.errorText)")
        try await server.start()
        try await server.connect()
        #expect(try await server.ask(transfer("signed")).answers.first?["action"]?.string == "APPROVE")
        // Changed afterwards: the signatures are of other bytes, and the rules in force stay.
        try (text(rules) + "# changed\n").write(toFile: rules, atomically: true, encoding: .utf8)
        let reload = try await Executable.callbackServer("rules", "reload", "--config", server.configuration)
        #expect(reload.status == 3 && (reload.text + reload.errorText).contains("does not count"))
        #expect(try await server.ask(transfer("still")).answers.first?["action"]?.string == "APPROVE")
        #expect(await server.stop() == 0)
        let short = try await Executable.callbackServer("rules", "verify", rules, "--allowed-signers", signers)
        #expect(short.status == 3 && short.text.contains("0 of 1 required signatures"))
    }

    // MARK: Serving

    @Test func aHangupReloadsAndABadFileShowsInReadiness() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        try await server.connect()
        let rules = server.home + "/rules/rules.yaml"
        let process = try #require(server.process)
        try approvingRules.replacingOccurrences(of: "effect: approve", with: "effect: reject")
            .write(toFile: rules, atomically: true, encoding: .utf8)
        #expect(kill(process.processIdentifier, SIGHUP) == 0)
        while !server.log.contains("rules_reloaded") { await Task.yield() }
        #expect(try await server.ask(transfer("after-hangup")).answers.first?["action"]?.string == "REJECT")
        try "nonsense: 1\n".write(toFile: rules, atomically: true, encoding: .utf8)
        #expect(kill(process.processIdentifier, SIGHUP) == 0)
        while !server.log.contains("rules_refused") { await Task.yield() }
        let admin = try #require(server.summary.firstMatch(of: /http:\/\/127\.0\.0\.1:[0-9]+/)).output
        let ready = try await run("curl", ["-s", "\(admin)/readyz"])
        #expect(ready.text.contains("\"ready\":true") && ready.text.contains("the last reload of the rules failed"))
        #expect(try await server.ask(transfer("still")).answers.first?["action"]?.string == "REJECT")
        #expect(await server.stop() == 0)
    }

    @Test func shadowRulesAreComparedAndNeverAnswered() async throws {
        let shadow = try scratch.write(
            "shadow.yaml", approvingRules.replacingOccurrences(of: "effect: approve", with: "effect: reject"))
        let server = try await TestServer(rules: approvingRules) {
            $0.replacingOccurrences(
                of: "file: rules/rules.yaml", with: "file: rules/rules.yaml, shadow: \"\(shadow)\"")
        }
        try await server.start()
        try await server.connect()
        #expect(try await server.ask(transfer("one")).answers.first?["action"]?.string == "APPROVE")
        while !server.log.contains("shadow_difference") { await Task.yield() }
        #expect(await server.stop() == 0)
        #expect(server.log.contains("\"shadowAction\":\"REJECT\""))
        #expect(server.log.contains("\"event\":\"shadow_summary\"") && server.log.contains("\"differences\":1"))
    }

    // MARK: replay

    @Test func replayFindsNoDifferenceForTheSameRulesAndCountsWhatOthersWouldChange() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        try await server.connect()
        for number in 1...3 { #expect(try await server.ask(transfer("r\(number)")).status == 0) }
        let same = try await callback([
            "rules", "replay", server.home + "/rules/rules.yaml", "--config", server.configuration,
        ])
        #expect(
            same.status == 0 && same.text.contains("3 requests replayed, 0 would have been different"),
            "\(same.text)\(same.errorText)")
        // Two of the three fit: limits are replayed in order, beside the running server.
        let limited = try scratch.write(
            "limited.yaml",
            approvingRules.replacingOccurrences(
                of: "effect: approve",
                with: "effect: approve\n    limits: [{ id: day, amount_usd: \"40\", per: 24h }]"))
        let other = try await callback(["rules", "replay", limited, "--config", server.configuration])
        #expect(other.status == 3)
        #expect(other.text.contains("3 r3: was APPROVE by"), "\(other.text)")
        #expect(other.text.contains("would be REJECT") && other.text.contains("limit day"))
        #expect(
            other.text.contains("no longer approved: 1 (18.74 USD)")
                && other.text.contains("newly approved: 0 (0.00 USD)"))
        let json = try await callback(["rules", "replay", limited, "--config", server.configuration, "--json"])
        let difference = try #require(try StrictJSON.parse(Array(json.text.utf8.dropLast())).object)
        #expect(difference["from"]?.string == "APPROVE" && difference["to"]?.string == "REJECT")
        await server.stop()
    }
}
