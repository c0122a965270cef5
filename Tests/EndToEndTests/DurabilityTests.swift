import CallbackProtocol
import Foundation
import SystemCrypto
import TestSupport
import Testing

@Suite struct DurabilityTests {
    /// curl asks in parallel while the server is killed without warning; afterwards every answer that reached curl is in
    /// the ledger.
    @Test func everyAnsweredApproveSurvivesAKill() async throws {
        let server = try await TestServer(rules: approvingRules)
        let key = try server.cosignerKey()
        var config = ""
        let count = 2_000
        for number in 0..<count {
            let payload = try #require(try StrictJSON.parse(Array(transfer("kill-\(number)").utf8)).object)
            let token = try CosignerToken.sign(payload: CosignerPayload.bytes(of: payload), key: key)
            try Data(token).write(to: server.directory.file("request-\(number)"))
        }
        try await server.start()
        for number in 0..<count {
            config += """
                next
                url = "\(try server.url())/v2/tx_sign_request"
                cacert = "\(server.home)/certs/ca.pem"
                data-binary = "@\(server.directory.file("request-\(number)").path)"
                output = "\(server.directory.file("answer-\(number)").path)"
                fail

                """
        }
        let file = try server.directory.write("curl.config", String(config.dropFirst("next\n".count)))
        async let load = run("curl", ["-sS", "--parallel", "--parallel-max", "16", "--config", file], timeout: 120)
        try await server.waitForDecisions(atLeast: 200)
        await server.kill()
        _ = try await load
        let answered = try answers(server, count, key: try server.responseKey())
        #expect(answered.count >= 100, "the kill came before enough was answered to mean anything")
        #expect(answered.count < count, "the kill came after everything was answered")
        try await server.start()
        let recorded = Set(try await server.decisions("--action", "APPROVE").compactMap { $0["requestId"]?.string })
        #expect(answered.subtracting(recorded).isEmpty)
        // And a repeat after the restart gets the stored answer, not a second row.
        try await server.connect()
        let repeated = try #require(answered.first)
        let (_, again) = try await server.ask(transfer(repeated))
        #expect(again.first?["action"]?.string == "APPROVE")
        #expect(try await server.decisions("--request-id", repeated).count == 1)
        await server.stop()
    }

    /// The requestIds of complete, verified answers that reached the client.
    private func answers(_ server: TestServer, _ count: Int, key: RSAPublicKey) throws -> Set<String> {
        var answered: Set<String> = []
        for number in 0..<count {
            guard let data = try? Data(contentsOf: server.directory.file("answer-\(number)")), !data.isEmpty else {
                continue
            }
            let id = "kill-\(number)"
            if let answer = try? ResponseVerifier.token(key).verify(Array(data), requestId: id, stage: .signing) {
                #expect(answer.action == .approve)
                answered.insert(id)
            }
        }
        return answered
    }

    @Test func aLockedLedgerIsAnsweredWithRetryInTimeAndThenDecided() async throws {
        let server = try await TestServer(rules: approvingRules) {
            $0.replacingOccurrences(of: "deadline: 20s", with: "deadline: 3s")
        }
        try await server.start()
        try await server.connect()
        let lock = try LockHolder(server.home + "/data/ledger.sqlite")
        let (status, answers) = try await server.ask(transfer("locked-1"))
        #expect(status == 0)
        #expect(answers.first?["action"]?.string == "RETRY")
        lock.release()
        let (_, later) = try await server.ask(transfer("locked-1"))
        #expect(later.first?["action"]?.string == "APPROVE")
        await server.stop()
    }

    /// A file size limit stands in for a full disk: SQLite's writes fail in the same way.
    @Test func aFullDiskIsAnsweredWithRetryAndLosesNothing() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start(prefix: ["prlimit", "--fsize=1500000"])
        try await server.connect()
        var approved: [String] = []
        var retried = 0
        for round in 0..<40 where retried == 0 {
            let padding = String(repeating: "x", count: 60_000)
            let id = "full-\(round)"
            let payload = transfer(id).replacingOccurrences(of: "{\"txId\"", with: "{\"note\":\"\(padding)\",\"txId\"")
            let (status, answers) = try await server.ask(payload)
            #expect(status == 0, "\(answers)")
            switch answers.first?["action"]?.string {
            case "APPROVE": approved.append(id)
            case "RETRY": retried += 1
            default: Issue.record("unexpected answer \(answers)")
            }
        }
        #expect(!approved.isEmpty)
        #expect(retried == 1)
        await server.stop()
        let recorded = Set(try await server.decisions("--action", "APPROVE").compactMap { $0["requestId"]?.string })
        #expect(Set(approved).isSubset(of: recorded))
    }
}

/// A Python process that holds the ledger's write lock.
private final class LockHolder {
    private let process = Process()
    private let input = Pipe()

    init(_ path: String) throws {
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", try resource("hold_lock.py").path, path]
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        guard !output.fileHandleForReading.availableData.isEmpty else { throw TestServer.Failure("no lock") }
    }

    func release() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

extension TestServer {
    /// Returns when the log shows this many decisions; fails after a bounded number of looks.
    func waitForDecisions(atLeast count: Int) async throws {
        for _ in 0..<600 {
            if log.components(separatedBy: "\"event\":\"decision\"").count > count { return }
            _ = try await run("python3", ["-c", "import select; select.select([], [], [], 0.05)"])
        }
        throw Failure("not enough decisions in time: \(log.suffix(500))")
    }
}
