import CallbackProtocol
import Foundation
import SystemCrypto
import TestSupport
import Testing

@Suite struct HostileRequestTests {
    private func curl(_ server: TestServer, _ arguments: [String], path: String = "/v2/tx_sign_request") async throws
        -> String
    {
        let sent = try await run(
            "curl",
            [
                "-sS", "--max-time", "20", "--cacert", server.home + "/certs/ca.pem", "-o", "/dev/null", "-w",
                "%{http_code}",
            ]
                + arguments + [try server.url() + path])
        return sent.text
    }

    @Test func bodiesOfEverySizeAndShapeLeaveTheServerServing() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        try await server.connect()
        let key = try server.cosignerKey()
        func token(_ payload: [UInt8]) throws -> Data { Data(try CosignerToken.sign(payload: payload, key: key)) }
        let deep = Array(String(repeating: "[", count: 100_000).utf8)
        let bodies: [(String, Data, String)] = [
            ("empty", Data(), "401"), ("one-byte", Data([0x2e]), "401"), ("nul", Data([0, 0, 0]), "401"),
            ("dots", Data(String(repeating: ".", count: 4_000_000).utf8), "401"),
            ("json", Data(transfer("plain").utf8), "401"),
            ("large", Data(repeating: 0x41, count: 8 << 20), "401"),
            ("oversize", Data(repeating: 0x41, count: (8 << 20) + 1), "413"),
            ("signed-nothing", try token([]), "401"), ("signed-array", try token(Array("[]".utf8)), "400"),
            ("signed-deep", try token(deep), "400"),
            ("signed-no-id", try token(Array("{\"operation\":\"TRANSFER\"}".utf8)), "400"),
            (
                "signed-malformed",
                try token(Array("{\"requestId\":\"m-1\",\"operation\":\"TRANSFER\",\"amountStr\":\"1e5\"}".utf8)), "200"
            ),
            ("signed-binary", try token((0..<5_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }), "400"),
        ]
        for (name, body, expected) in bodies {
            let file = server.directory.file("body-\(name)")
            try body.write(to: file)
            for version in ["--http1.1", "--http2"] {
                let status = try await curl(server, [version, "--data-binary", "@\(file.path)"])
                #expect(status == expected, "\(name) over \(version)")
            }
        }
        let (_, answers) = try await server.ask(transfer("after-all"))
        #expect(answers.first?["action"]?.string == "APPROVE")
        let decisions = try await server.decisions()
        #expect(decisions.map { $0["requestId"]?.string } == ["m-1", "after-all"])
        #expect(decisions.first?["action"]?.string == "REJECT")
        #expect(await server.stop() == 0)
    }

    @Test func wrongMethodsPathsAndEncodingsAreNamed() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        #expect(try await curl(server, []) == "405")
        #expect(try await curl(server, ["-d", "x"], path: "/v2/nothing") == "404")
        #expect(try await curl(server, ["-d", "x"], path: "/tx_sign_request") == "404")
        #expect(try await curl(server, ["-d", "x"], path: "//v2/tx_sign_request") == "404")
        #expect(try await curl(server, ["-d", "x", "-H", "Content-Encoding: gzip"]) == "415")
        #expect(try await curl(server, ["-d", "x", "-H", "X-Long: " + String(repeating: "h", count: 40_000)]) == "431")
        await server.stop()
    }

    @Test func aFloodOfRefusalsIsOneLinePerRequestUpToABound() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        _ = try await curl(server, ["--data-binary", "x", "-Z"], path: "/v2/tx_sign_request?[1-60]")
        for _ in 0..<3 { _ = try await curl(server, ["-d", "x"]) }
        #expect(await server.stop() == 0)
        let lines = server.log.split(separator: "\n").filter { $0.contains("\"event\":\"refused\"") }
        #expect(!lines.isEmpty)
        #expect(lines.count <= 12)
        // The server stopped within the window, and says all the same how many had no line.
        let leftOut = try server.log.split(separator: "\n").filter { $0.contains("\"refusals_left_out\"") }
            .compactMap { try StrictJSON.parse(Array($0.utf8)).object?["leftOut"]?.serialized() }
            .compactMap { Int(String(decoding: $0, as: UTF8.self)) }
        #expect(lines.count + leftOut.reduce(0, +) >= 63, "\(leftOut)")
    }

    @Test func whatRequestsSaySteersNoTerminal() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        try await server.connect()
        // C1's CSI, an override of the direction, a line separator and an escape, raw and as JSON escapes.
        let hostile = "a\u{9b}2J\u{202e}\u{2028}b\\u001b[2J\\u009b2J"
        let payload = transfer("hostile-1").replacingOccurrences(
            of: "{\"txId\"", with: "{\"note\u{9b}2J\":\"\(hostile)\",\"txId\"")
        let (_, answers) = try await server.ask(
            payload.replacingOccurrences(of: "\"asset\":\"ETH\"", with: "\"asset\":\"ETH\u{202e}\""))
        #expect(answers.first?["action"]?.string == "APPROVE")
        for command in [["show", "hostile-1"], ["list"]] {
            let shown = try await run(
                Executable.callbackServer.path, ["decisions"] + command + ["--config", server.configuration])
            #expect(shown.status == 0, "\(shown.errorText)")
            #expect(shown.text.contains("ETH?"))
            for scalar in shown.text.unicodeScalars where scalar != "\n" {
                let category = scalar.properties.generalCategory
                #expect(
                    ![.control, .format, .lineSeparator, .paragraphSeparator].contains(category),
                    "U+\(String(scalar.value, radix: 16)) in \(command)")
            }
        }
        await server.stop()
    }

    @Test func secretsReachNeitherTheLogNorTheLedgerNorTheSummary() async throws {
        let server = try await TestServer(rules: approvingRules)
        try await server.start()
        try await server.connect()
        let secret = "k3y-" + (try SecureRandom.uuid())
        let (status, answers) = try await server.ask(
            """
            {"requestId":"cfg-1","type":"EXCHANGE","extraInfo":{"subType":"KRAKEN","accountName":"main","accountId":"1",\
            "apiKey":"\(secret)"}}
            """)
        #expect(status == 0)
        #expect(answers.first?["action"]?.string == "REJECT")
        #expect(await server.stop() == 0)
        let secrets =
            try [secret]
            + ["callback-private.pem", "ledger-private.pem"].map { name in
                String(
                    try String(contentsOfFile: server.home + "/keys/\(name)", encoding: .utf8).split(separator: "\n")[1]
                )
            }
        var places: [(String, Data)] = [("log", Data(server.log.utf8)), ("summary", Data(server.summary.utf8))]
        for name in try FileManager.default.contentsOfDirectory(atPath: server.home + "/data") {
            if let data = FileManager.default.contents(atPath: server.home + "/data/" + name) {
                places.append((name, data))
            }
        }
        for (place, data) in places {
            for secret in secrets { #expect(data.range(of: Data(secret.utf8)) == nil, "\(place)") }
        }
    }
}
