// The built server with sinks.

import CallbackProtocol
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct SinkServerTests {
    private func add(_ sinks: String, to server: TestServer) throws {
        let text = try String(contentsOfFile: server.configuration, encoding: .utf8)
        try (text + "\nsinks:\n" + sinks).write(toFile: server.configuration, atomically: true, encoding: .utf8)
    }

    private func events(_ server: TestServer) -> [JSONObject] {
        server.log.split(separator: "\n").compactMap { try? StrictJSON.parse(Array($0.utf8)).object }
            .filter { $0["event"] == .string("sink") }
    }

    @Test func decisionsGoToACollectorByTLSAsTheyAreRecorded() async throws {
        let server = try await TestServer(rules: approvingRules)
        let collector = try Collector(
            in: server.directory,
            identity: (server.home + "/certs/server.pem", server.home + "/certs/server.key"))
        try add("  - { syslog: \"tls://localhost:\(collector.port)\", ca: certs/ca.pem, facility: auth }\n", to: server)
        try await server.start()
        #expect(server.summary.contains("sink       tls://localhost:\(collector.port)  format syslog"))
        try await server.connect()
        _ = try await server.ask(transfer("sink-1"))
        _ = try await server.ask(transfer("sink-2").replacingOccurrences(of: "WHITELISTED", with: "ONE_TIME"))
        // A repeat is the stored answer and no decision; a changed payload is one.
        _ = try await server.ask(transfer("sink-1"))
        _ = try await server.ask(transfer("sink-1", amount: "0.02"))
        try await eventually("three decisions arrive") { collector.messages().count == 3 }
        #expect(await server.stop() == 0)
        #expect(collector.sequences() == [1, 2, 3])
        #expect(collector.messages().count == 3)
        let priorities = collector.messages().map { $0.prefix { $0 != ">" } }
        #expect(priorities == ["<38", "<36", "<34"])
        let last = try #require(events(server).last)
        #expect(last["message"] == .string("a sink has ended"))
        #expect(last["sent"] == .number("3") && last["dropped"] == .number("0"))
    }

    @Test func aDeadCollectorDelaysNeitherDecisionsNorTheEnd() async throws {
        let server = try await TestServer(rules: approvingRules)
        let stuck = try Collector(in: server.directory, "--never-read")
        let gone = try Collector(in: server.directory)
        let absent = gone.port
        gone.stop()
        try add(
            """
              - { syslog: "tcp://127.0.0.1:\(stuck.port)", format: ecs, queue: 1 }
              - { syslog: "tcp://127.0.0.1:\(absent)", format: cef, queue: 1 }

            """, to: server)
        try await server.start()
        try await server.connect()
        for number in 1...3 {
            let (status, answers) = try await server.ask(transfer("dead-\(number)"))
            #expect(status == 0 && answers.first?["action"]?.string == "APPROVE")
        }
        let ready = try await run("curl", ["-sS", "-w", "%{http_code}", server.adminURL + "/readyz"])
        #expect(ready.text.hasSuffix("200") && ready.text.contains("\"ready\":true"), "\(ready.text)")
        #expect(
            ready.text.contains("the sink tcp://127.0.0.1:\(absent) is not connected, 1 decisions wait"),
            "\(ready.text)")
        #expect(ready.text.contains("2 decisions were not sent to the sink tcp://127.0.0.1:\(absent)"), "\(ready.text)")
        #expect(await server.stop() == 0)
        let ends = events(server).filter { $0["message"] == .string("a sink has ended") }
        let lost = try #require(ends.first { $0["sink"] == .string("tcp://127.0.0.1:\(absent)") })
        #expect(lost["sent"] == .number("0") && lost["dropped"] == .number("3"), "\(server.log)")
        #expect(ends.count == 2)
        #expect(try await server.decisions().count == 3)
    }

    static let wrong: [(String, String)] = [
        ("{ syslog: \"udp://127.0.0.1:514\" }", "must be tls://HOST:PORT or tcp://HOST:PORT"),
        ("{ syslog: \"tls://127.0.0.1\" }", "must be tls://HOST:PORT"),
        ("{ syslog: \"tls://user@127.0.0.1:6514\" }", "must be tls://HOST:PORT"),
        ("{ syslog: \"tls://127.0.0.1:6514/path\" }", "must be tls://HOST:PORT"),
        ("{ syslog: \"tcp://siem.example.com:601\" }", "in the clear"),
        ("{ syslog: \"tcp://127.0.0.1:0\" }", "must be tls://HOST:PORT"),
        ("{ syslog: \"tcp://127.0.0.1:601\", ca: certs/ca.pem }", "goes with tls:// only"),
        ("{ syslog: \"tls://127.0.0.1:601\", insecure: true }", "goes with tcp:// only"),
        ("{ syslog: \"tcp://127.0.0.1:601\", insecure: perhaps }", "true or false"),
        ("{ syslog: \"tcp://127.0.0.1:601\", queue: 0 }", "from 1 to 1000000"),
        ("{ syslog: \"tcp://127.0.0.1:601\", format: json }", "must be one of syslog, cef, ecs"),
        ("{ syslog: \"tcp://127.0.0.1:601\", facility: kern }", "must be one of user"),
        ("{ syslog: \"tcp://127.0.0.1:601\", qeue: 1 }", "did you mean queue?"),
        ("{ format: ecs }", "syslog is missing"),
        ("{ syslog: \"tls://127.0.0.1:601\", ca: certs/missing.pem }", "cannot be read"),
        ("{ syslog: \"tls://127.0.0.1:601\", ca: certs/server.key }", "cannot be used"),
        ("{ syslog: \"tcp://127.0.0.1:601\" }\n  - { syslog: \"tcp://127.0.0.1:601\" }", "a second sink"),
    ]

    @Test func aWrongSinkIsExplainedBeforeTheServerStarts() async throws {
        let server = try await TestServer(rules: approvingRules)
        let good = try String(contentsOfFile: server.configuration, encoding: .utf8)
        for (sink, expected) in Self.wrong {
            try good.write(toFile: server.configuration, atomically: true, encoding: .utf8)
            try add("  - \(sink)\n", to: server)
            let served = try await Executable.callbackServer("serve", "--config", server.configuration)
            #expect(served.status == 1, "\(sink)")
            #expect(served.errorText.contains(expected), "\(sink): \(served.errorText)")
        }
    }
}
