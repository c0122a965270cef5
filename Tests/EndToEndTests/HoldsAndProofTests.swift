// A payout that waits for people, from the co-signer's question to the auditor's receipt, with the built programs.

import CallbackProtocol
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct HoldsAndProofTests {
    private let keygen: SSHKeygen
    private var scratch: TemporaryDirectory { keygen.directory }

    init() throws {
        keygen = try SSHKeygen()
    }

    /// Large payouts wait for two of alice, bob and carol; small ones may add up to 100 dollars a day.
    private func server(_ edit: (String) -> String = { $0 }) async throws -> TestServer {
        let keys = try await keygen.approvers(["alice": "ed25519", "bob": "ed25519", "carol": "ed25519"])
        let server = try await TestServer(
            rules: deskRules(required: 2, keys: keys, day: #"amount_usd: "100""#), edit: edit)
        try await server.start()
        try await server.connect()
        return server
    }

    private func callback(_ server: TestServer, _ arguments: String...) async throws -> ProcessResult {
        try await run(Executable.callbackServer.path, arguments + ["--config", server.configuration])
    }

    private func action(_ server: TestServer, _ payload: String) async throws -> String? {
        let (status, answers) = try await server.ask(payload)
        #expect(status == 0)
        return answers.first?["action"]?.string
    }

    @Test func twoPeopleSignAndTheNextRetryIsApproved() async throws {
        let server = try await server()
        let payload = transfer("big", amount: "3", usd: "5000")
        #expect(try await action(server, payload) == "RETRY")
        let listed = try await callback(server, "holds", "list", "--open")
        #expect(listed.text.contains("waiting") && listed.text.contains("0 of 2") && listed.text.contains("big"))
        // Alice signs elsewhere and hands the file in; bob has the program call ssh-keygen.
        let statement = try await callback(server, "holds", "statement", "1")
        #expect(statement.text.contains("verdict: approve\n") && statement.text.contains("5000 USD"))
        let signed = try await keygen.sign(Array(statement.output), key: "alice")
        let signature = try scratch.write("1.sig", String(decoding: signed, as: UTF8.self))
        let one = try await callback(server, "holds", "approve", "1", "--signature", signature)
        #expect(one.status == 0 && one.text.contains("Hold 1 is waiting"), "\(one.text)\(one.errorText)")
        #expect(try await action(server, payload) == "RETRY")
        let two = try await callback(server, "holds", "approve", "1", "--key", scratch.file("bob").path, "--json")
        let hold = try #require(try StrictJSON.parse(Array(two.text.utf8)).object)
        #expect(hold["state"]?.string == "approved" && hold["signatures"]?.array?.count == 2)
        #expect(try await action(server, payload) == "APPROVE")
        // The same signature again, another's, and no signature at all.
        #expect(try await callback(server, "holds", "approve", "1", "--key", scratch.file("carol").path).status == 1)
        #expect(try await callback(server, "holds", "approve", "9", "--signature", signature).status == 1)
        #expect(try await callback(server, "holds", "approve", "1").status == 2)
        // Replaying the same rules, signatures and limits included, gives the same decisions.
        let replay = try await callback(server, "rules", "replay", server.home + "/rules/rules.yaml")
        #expect(replay.status == 0, "\(replay.text)")
        await server.stop()
    }

    @Test func remoteApproversUseTheAdminListenerWhereTheOperatorLetsThem() async throws {
        let server = try await server {
            $0.replacingOccurrences(
                of: "admin: { address: \"127.0.0.1:0\" }", with: "admin: { address: \"127.0.0.1:0\", holds: true }")
        }
        #expect(try await action(server, transfer("big", amount: "3", usd: "5000")) == "RETRY")
        let statement = try await run("curl", ["-sS", server.adminURL + "/holds/1/statement?verdict=refuse"])
        #expect(statement.text.contains("verdict: refuse\n"))
        let signed = try await keygen.sign(Array(statement.output), key: "carol")
        let file = try scratch.write("refusal.sig", String(decoding: signed, as: UTF8.self))
        func post(_ target: String, _ body: String) async throws -> String {
            try await run(
                "curl", ["-sS", "-w", "\n%{http_code}", "--data-binary", "@" + body, server.adminURL + target]
            ).text
        }
        #expect(try await post("/holds/1/approve", file).hasSuffix("403"))
        #expect(try await post("/holds/1/refuse", file).contains("\"state\":\"refused\""))
        #expect(try await post("/holds/77/refuse", file).hasSuffix("404"))
        for target in [
            "/holds/x", "/holds/1/statement", "/holds/1/statement?verdict=no", "/holds?open=1", "/holds/-1/approve/2",
        ] {
            let refused = try await run(
                "curl", ["-sS", "-o", "/dev/null", "-w", "%{http_code}", server.adminURL + target])
            #expect(refused.text == "404", "\(target)")
        }
        let (_, answers) = try await server.ask(transfer("big", amount: "3", usd: "5000"))
        #expect(answers.first?["rejectionReason"]?.string == "carol refused what rule large holds")
        await server.stop()
    }

    @Test func limitsHoldAcrossARestart() async throws {
        let server = try await server()
        #expect(try await action(server, transfer("a", usd: "60")) == "APPROVE")
        #expect(try await action(server, transfer("b", usd: "41")) == "REJECT")
        await server.kill()
        try await server.start()
        try await server.connect()
        #expect(try await action(server, transfer("c", usd: "41")) == "REJECT")
        #expect(try await action(server, transfer("d", usd: "40")) == "APPROVE")
        await server.stop()
    }

    /// The transcript of docs/ledger.md.
    @Test func anAuditorListsShowsTakesAReceiptVerifiesAndFindsATamperedCopy() async throws {
        let server = try await server()
        #expect(try await action(server, transfer("one", usd: "60")) == "APPROVE")
        #expect(try await action(server, transfer("two", usd: "60")) == "REJECT")
        await server.stop()
        let listed = try await callback(server, "decisions", "list")
        #expect(listed.text.contains("APPROVE") && listed.text.contains("REJECT"))
        #expect(try await callback(server, "decisions", "show", "one").text.contains("day"))
        let kept = try scratch.write("kept.checkpoint", try await callback(server, "decisions", "checkpoint").text)
        let receipt = scratch.file("one.receipt").path
        let made = try await callback(server, "decisions", "receipt", "one", "--output", receipt)
        #expect(made.status == 0, "\(made.errorText)")
        // Neither server nor configuration: only the key.
        let key = server.home + "/keys/ledger-public.pem"
        let checked = try await run(
            Executable.callbackServer.path, ["decisions", "verify-receipt", receipt, "--key", key])
        #expect(checked.status == 0 && checked.text.contains("Valid: entry 1 ") && checked.text.contains("APPROVE"))
        let text = try String(contentsOfFile: receipt, encoding: .utf8)
        let forged = try scratch.write("forged.receipt", text.replacingOccurrences(of: "index 0", with: "index 1"))
        let refused = try await run(
            Executable.callbackServer.path, ["decisions", "verify-receipt", forged, "--key", key])
        #expect(refused.status == 3 && refused.errorText.contains("NOT valid"))
        // A verifier that shares no code with ours agrees: about the receipt, and about the whole log.
        let verifier = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("verifier/verify_receipt.py").path
        let vkey = try await callback(server, "decisions", "checkpoint", "--key").text
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let export = scratch.file("log.jsonl").path
        let exported = try await callback(
            server, "decisions", "export", "--format", "jsonl", "--proof", "--output", export)
        #expect(exported.status == 0, "\(exported.errorText)")
        for (what, name) in [("receipt", receipt), ("export", export)] {
            let agreed = try await run("python3", [verifier, what, name, "--key", vkey])
            #expect(agreed.status == 0, "\(what): \(agreed.text)\(agreed.errorText)")
        }
        let other = try await run("python3", [verifier, "receipt", forged, "--key", vkey])
        #expect(other.status == 1)
        #expect(
            try await callback(server, "decisions", "export", "--format", "jsonl", "--proof", "--limit", "1").status
                == 2)
        let sound = try await callback(server, "decisions", "verify", "--checkpoint", kept)
        #expect(sound.status == 0 && sound.text.contains("as it was recorded"), "\(sound.text)\(sound.errorText)")
        // A copy in which somebody turned the REJECT around.
        let tampered = try await run(
            "python3",
            [
                "-c",
                """
                import sqlite3, sys
                c = sqlite3.connect(sys.argv[1])
                c.executescript("DROP TRIGGER decisions_are_immutable; UPDATE decisions SET action = 'APPROVE' WHERE request_id = 'two'")
                """, server.home + "/data/ledger.sqlite",
            ])
        #expect(tampered.status == 0, "\(tampered.errorText)")
        let found = try await callback(server, "decisions", "verify", "--checkpoint", kept, "--json")
        #expect(found.status == 3)
        let report = try #require(try StrictJSON.parse(Array(found.text.utf8)).object)
        #expect(report["findings"]?.array?.contains { $0.object?["code"]?.string == "record_changed" } == true)
        // A ledger that is not there any more, and a verb that is called wrongly.
        #expect(try await callback(server, "decisions", "receipt", "nobody").status == 1)
        #expect(try await callback(server, "decisions", "verify", "--tail").status == 2)
    }
}
