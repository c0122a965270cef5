// Other people's clients against the server: curl, nghttp, h2load.

import Foundation
import HTTPSTransport
import TestSupport
import Testing

@Suite(.serialized) struct InteropTests {
    /// Numbered blocks, so that a missing or exchanged piece shows.
    private static let sevenMegabytes = Data(
        (1_000_000..<1_007_000).map { "\($0)" + String(repeating: "b", count: 993) }.joined().utf8)

    /// How a client is told to connect.
    struct Transport: CustomTestStringConvertible, Sendable {
        let isSecure: Bool
        let version: HTTPProtocolVersion
        var testDescription: String { "\(version.rawValue) \(isSecure ? "TLS" : "clear text")" }

        static let all = [false, true].flatMap { secure in
            [HTTPProtocolVersion.http1, .http2].map { Transport(isSecure: secure, version: $0) }
        }
    }

    /// Starts a server for a transport and runs curl against it.
    private func curl(
        _ transport: Transport, _ service: TestService, limits: ServerLimits = ServerLimits(), _ arguments: [String],
        _ check: (ProcessResult, HTTPServer) async throws -> Void
    ) async throws {
        let identity = try transport.isSecure ? TestIdentity() : nil
        try await withServer(service, limits: limits, tls: identity?.context) { server, port in
            let http2 = transport.isSecure ? "--http2" : "--http2-prior-knowledge"
            var all = ["-sS", "--max-time", "30", transport.version == .http2 ? http2 : "--http1.1"]
            if let identity { all += ["--cacert", identity.authorityFile] }
            all += arguments + ["http\(transport.isSecure ? "s" : "")://localhost:\(port)/v2/tx?x=1"]
            let result = try await run("curl", all, timeout: 40)
            try await check(result, server)
            #expect(await eventually { server.statistics == .init(connections: 0, bodyBytes: 0) })
        }
    }

    @Test(arguments: Transport.all)
    func curlPostsAForm(transport: Transport) async throws {
        let service = TestService()
        try await curl(transport, service, ["-i", "-d", "eyJhbGciOi.x.y"]) { result, _ in
            #expect(result.status == 0, "\(result.errorText)")
            #expect(result.text.hasPrefix("\(transport.version.rawValue) 200"))
            #expect(result.text.hasSuffix("\r\n\r\neyJhbGciOi.x.y"))
            #expect(result.text.lowercased().contains("\r\ndate: "))
            #expect(!result.text.lowercased().contains("\r\nserver:"))
        }
        let head = try #require(service.heads.first)
        #expect(head.version == transport.version)
        #expect(head.target == "/v2/tx?x=1")
        #expect(head.path == "/v2/tx")
        #expect(head.headers.first("content-type") == "application/x-www-form-urlencoded")
        #expect(head.headers.first("host")?.hasPrefix("localhost:") == true)
        #expect(service.refusals.isEmpty)
    }

    @Test(arguments: Transport.all)
    func curlSendsSevenMegabytesAndGetsThemBack(transport: Transport) async throws {
        let directory = try TemporaryDirectory()
        let body = Self.sevenMegabytes
        try body.write(to: directory.file("body"))
        let service = TestService()
        let arguments = ["--data-binary", "@\(directory.file("body").path)", "-H", "Expect: 100-continue"]
        try await curl(transport, service, arguments) { result, _ in
            #expect(result.status == 0, "\(result.errorText)")
            #expect(result.output == body)
        }
        #expect(service.refusals.isEmpty)
    }

    @Test(arguments: Transport.all)
    func curlReadsTheRefusalOfABodyThatIsTooLong(transport: Transport) async throws {
        let directory = try TemporaryDirectory()
        try Data(count: 9_000_000).write(to: directory.file("body"))
        // With and without a length, with and without waiting for the interim answer.
        for extra in [["-H", "Expect:"], ["-H", "Expect: 100-continue"], ["-H", "Transfer-Encoding: chunked"]] {
            if transport.version == .http2, extra[1].hasPrefix("Transfer") { continue }
            let service = TestService()
            let arguments = ["-T", directory.file("body").path, "-X", "POST", "-o", "-", "-w", " %{http_code}"] + extra
            try await curl(transport, service, arguments) { result, _ in
                #expect(result.text.hasSuffix("request body too large\n 413"), "\(extra) \(result.errorText)")
            }
            #expect(service.causes == [.bodyTooLarge])
        }
    }

    @Test func aClientThatReadsOnlyAfterWritingStillGetsItsRefusal() async throws {
        let script = """
            import socket, sys
            s = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
            s.sendall(b"POST / HTTP/1.1\\r\\nHost: a\\r\\nContent-Length: 9000000\\r\\n\\r\\n")
            s.sendall(bytes(9000000))
            data = b""
            while True:
                more = s.recv(65536)
                if not more: break
                data += more
            print(data.decode().splitlines()[0])
            """
        try await withServer(TestService()) { _, port in
            let result = try await run("python3", ["-c", script, String(port)], timeout: 30)
            #expect(result.text == "HTTP/1.1 413 Payload Too Large\n", "\(result.errorText)")
        }
    }

    @Test(arguments: [false, true])
    func nghttpMultipliesAndUploads(isSecure: Bool) async throws {
        let directory = try TemporaryDirectory()
        let body = Self.sevenMegabytes
        try body.write(to: directory.file("body"))
        let identity = try isSecure ? TestIdentity() : nil
        let service = TestService()
        try await withServer(service, tls: identity?.context) { server, port in
            let url = "http\(isSecure ? "s" : "")://127.0.0.1:\(port)/"
            let result = try await run("nghttp", ["-d", directory.file("body").path, url], timeout: 30)
            #expect(result.status == 0, "\(result.errorText)")
            #expect(result.output == body)
            let many = try await run("nghttp", ["-n", "-s", "-m", "50", "-H", ":method: POST", url], timeout: 30)
            #expect(many.text.components(separatedBy: " 200 ").count == 51, "\(many.text) \(many.errorText)")
            #expect(await eventually { server.statistics == .init(connections: 0, bodyBytes: 0) })
        }
        #expect(service.refusals.isEmpty)
    }

    @Test(arguments: Transport.all)
    func h2loadFinishesEveryRequest(transport: Transport) async throws {
        let directory = try TemporaryDirectory()
        let body = try directory.write("body", String(repeating: "z", count: 4_487))
        let identity = try transport.isSecure ? TestIdentity() : nil
        let service = TestService()
        try await withServer(service, tls: identity?.context) { _, port in
            let url = "http\(transport.isSecure ? "s" : "")://127.0.0.1:\(port)/"
            var arguments = ["-n", "2000", "-c", "20", "-d", body]
            arguments += transport.version == .http1 ? ["--h1"] : ["-m", "8"]
            let result = try await run("h2load", arguments + [url], timeout: 60)
            #expect(result.text.contains("2000 total, 2000 started, 2000 done, 2000 succeeded"), "\(result.text)")
            #expect(result.text.contains("status codes: 2000 2xx"))
        }
        #expect(service.refusals.isEmpty)
    }
}
