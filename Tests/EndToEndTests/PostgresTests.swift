// The built server over PostgreSQL, alone and as one of three.

import CallbackProtocol
import CosignerCallbackClient
import Foundation
import SystemCrypto
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(4))) struct PostgresTests {
    private let postgres: PostgresServer
    private let database: String
    private let password = UUID().uuidString

    /// A database of a role that logs in with a password over TLS.
    init() async throws {
        postgres = try PostgresServer.shared()
        database = try await postgres.newDatabase()
        try await postgres.psql(
            "CREATE ROLE \(database) LOGIN PASSWORD '\(password)'; ALTER DATABASE \(database) OWNER TO \(database);")
    }

    private static let rules = deskRules(
        required: 1,
        keys: """
                  alice: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
            """, day: "count: 40")

    private func server(port: Int? = nil, deadline: String = "20s") async throws -> TestServer {
        let url = postgres.networkURL(
            database, user: database, host: "localhost", port: port,
            "sslmode=verify-full&sslrootcert=\(postgres.authorityFile)")
        let server = try await TestServer(rules: Self.rules) {
            $0.replacingOccurrences(
                of: "sqlite: data/ledger.sqlite", with: "postgres: \"\(url)\", password_file: keys/database-password"
            ).replacingOccurrences(of: "deadline: 20s", with: "deadline: \(deadline)")
        }
        try write(password + "\n", mode: 0o600, server)
        return server
    }

    private func write(_ password: String, mode: Int, _ server: TestServer) throws {
        let file = server.home + "/keys/database-password"
        try password.write(toFile: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
    }

    private func callback(_ server: TestServer, _ arguments: String...) async throws -> ProcessResult {
        try await run(Executable.callbackServer.path, arguments + ["--config", server.configuration])
    }

    @Test func theServerDecidesHoldsListsAndProvesOverPostgreSQL() async throws {
        let server = try await server()
        try await server.start()
        try await server.connect()
        func action(_ payload: String) async throws -> String? {
            try await server.ask(payload).answers.first?["action"]?.string
        }
        #expect(try await action(transfer("one", usd: "60")) == "APPROVE")
        #expect(try await action(transfer("one", usd: "60")) == "APPROVE")
        #expect(try await action(transfer("big", usd: "5000")) == "RETRY")
        #expect(try await callback(server, "holds", "list", "--open").text.contains("0 of 1"))
        #expect(try await callback(server, "holds", "statement", "1").text.contains("verdict: approve"))
        #expect(try await server.decisions().map { $0["action"]?.string } == ["APPROVE", "RETRY"])
        #expect(try await callback(server, "decisions", "show", "one").text.contains("small"))
        #expect(try await callback(server, "decisions", "snapshot", server.home + "/copy").status == 1)
        await server.stop()
        #expect(FileManager.default.fileExists(atPath: server.home + "/data/ledger.checkpoint"))
        let verified = try await callback(server, "decisions", "verify")
        #expect(verified.status == 0 && verified.text.contains("as it was recorded"), "\(verified.errorText)")
        try await postgres.psql(
            "ALTER TABLE decisions DISABLE TRIGGER ALL; UPDATE decisions SET action = 'REJECT' WHERE request_id = 'one'",
            database: database)
        #expect(try await callback(server, "decisions", "verify").status == 3)
        // Nothing of the password is said anywhere.
        #expect(!server.log.contains(password) && !server.summary.contains(password))
    }

    @Test func aPasswordThatIsOpenToOthersOrWrongIsRefused() async throws {
        let server = try await server()
        try write(password, mode: 0o644, server)
        let open = try await callback(server, "serve")
        #expect(open.status != 0 && open.errorText.contains("chmod 600"), "\(open.errorText)")
        try write("wrong", mode: 0o600, server)
        let wrong = try await callback(server, "serve")
        #expect(wrong.status != 0 && wrong.errorText.contains("check user, password"), "\(wrong.errorText)")
        try write("two\nlines", mode: 0o600, server)
        #expect(try await callback(server, "decisions", "list").errorText.contains("one line"))
        // PGPASSWORD instead of the file.
        let text = try String(contentsOfFile: server.configuration, encoding: .utf8)
        try text.replacingOccurrences(of: ", password_file: keys/database-password", with: "")
            .write(toFile: server.configuration, atomically: true, encoding: .utf8)
        let listed = try await run(
            Executable.callbackServer.path, ["decisions", "list", "--config", server.configuration],
            environment: ["PGPASSWORD": password])
        #expect(listed.errorText.contains("let callback-server open it once"), "\(listed.errorText)")
    }

    @Test func aNetworkThatSwallowsEverythingIsAnsweredWithRetryUntilItIsWell() async throws {
        let hole = try BlackHole(to: postgres.port)
        let server = try await server(port: hole.port, deadline: "3s")
        try await server.start()
        try await server.connect()
        func action(_ id: String) async throws -> String? {
            let (status, answers) = try await server.ask(transfer(id, usd: "60"))
            #expect(status == 0)
            return answers.first?["action"]?.string
        }
        #expect(try await action("one") == "APPROVE")
        hole.goDark()
        for _ in 0..<2 { #expect(try await action("two") == "RETRY") }
        hole.clear()
        while case let action = try await action("two"), action != "APPROVE" { try #require(action == "RETRY") }
        #expect(try await server.decisions().map { $0["requestId"]?.string } == ["one", "two"])
        await server.stop()
    }

    /// Every request goes to all three at once; one of them dies in the middle.
    @Test func threeServersShareOneLimitAndGiveOneAnswer() async throws {
        let first = try await server()
        let servers = [first, try TestServer(copying: first), try TestServer(copying: first)]
        for server in servers { try await server.start() }
        let (count, key) = (120, try first.cosignerKey())
        var transfers: [String] = []
        for number in 0..<count {
            let payload = try #require(try StrictJSON.parse(Array(transfer("r\(number)").utf8)).object)
            let request = first.directory.file("request-\(number)")
            try Data(try CosignerToken.sign(payload: CosignerPayload.bytes(of: payload), key: key)).write(to: request)
            for (index, server) in servers.enumerated() {
                transfers.append(
                    """
                    url = "\(try server.url())/v2/tx_sign_request"
                    cacert = "\(server.home)/certs/ca.pem"
                    data-binary = "@\(request.path)"
                    output = "\(first.directory.file("answer-\(number)-\(index)").path)"
                    fail

                    """)
            }
        }
        let file = try first.directory.write("curl.config", transfers.joined(separator: "next\n"))
        async let load = run("curl", ["-sS", "--parallel", "--parallel-max", "24", "--config", file], timeout: 120)
        try await servers[1].waitForDecisions(atLeast: 20)
        await servers[1].kill()
        _ = try await load
        let verifier = ResponseVerifier.token(try first.responseKey())
        var answers: [String: Set<String>] = [:]
        for number in 0..<count {
            for index in 0..<3 {
                guard let data = try? Data(contentsOf: first.directory.file("answer-\(number)-\(index)")),
                    let answer = try? verifier.verify(Array(data), requestId: "r\(number)", stage: .signing)
                else { continue }
                answers["r\(number)", default: []].insert(answer.action.rawValue)
            }
        }
        // The two that live have answered everything, and all answers to one request are the same.
        #expect(answers.count == count && answers.values.allSatisfy { $0.count == 1 })
        #expect(answers.values.filter { $0 == ["APPROVE"] }.count == 40)
        let recorded = try await first.decisions()
        #expect(recorded.count == count)
        for row in recorded {
            let (id, action) = (try #require(row["requestId"]?.string), try #require(row["action"]?.string))
            #expect(answers[id] == [action])
        }
        try await servers[1].start()
        try await servers[1].connect()
        let (_, again) = try await servers[1].ask(transfer("r0"))
        #expect(answers["r0"] == [try #require(again.first?["action"]?.string)])
        #expect(try await callback(servers[2], "decisions", "verify").status == 0)
        for server in servers { await server.stop() }
    }
}
