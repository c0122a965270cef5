import Foundation
import HTTPSTransport
import NIOCore
import NIOPosix
import TestSupport
import Testing

@Suite(.serialized) struct ListenerTests {
    private static let group = MultiThreadedEventLoopGroup.singleton

    private func start(_ listeners: [ListenerConfiguration]) async throws(TransportError) -> HTTPServer {
        try await HTTPServer.start(listeners: listeners, limits: ServerLimits(), group: Self.group)
    }

    @Test func anAddressInUseIsExplainedAndNothingElseStaysBound() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("first.sock").path
        try await withServer(TestService()) { _, port in
            let error = await #expect(throws: TransportError.self) {
                try await start([
                    ListenerConfiguration(name: "first", address: .unix(path: path), service: TestService()),
                    ListenerConfiguration(
                        name: "second", address: .tcp(host: "127.0.0.1", port: port), service: TestService()),
                ])
            }
            #expect(error?.code == .listenerAddressInUse)
            #expect(error?.message.contains("second") == true)
            #expect(error?.message.contains("127.0.0.1:\(port)") == true)
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test(arguments: [
        ("203.0.113.1", TransportError.Code.listenerAddressUnavailable),
        ("no-such-name.invalid", .listenerAddressUnavailable),
    ])
    func anAddressThatIsNotOursIsExplained(host: String, code: TransportError.Code) async {
        let error = await #expect(throws: TransportError.self) {
            try await start([
                ListenerConfiguration(name: "far", address: .tcp(host: host, port: 0), service: TestService())
            ])
        }
        #expect(error?.code == code)
    }

    @Test func aSocketFileIsPrivateReplacesAStaleOneAndIsRemovedAtShutdown() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("control.sock").path
        // A socket file without a listener, as a crash leaves it.
        let stale = try SocketAddress(unixDomainSocketPath: path)
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        #expect(stale.withSockAddr { pointer, length in bind(descriptor, pointer, socklen_t(length)) } == 0)
        close(descriptor)

        let configuration = ListenerConfiguration(
            name: "control", address: .unix(path: path), allowFrom: [], service: TestService())
        let server = try await start([configuration])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let answer = try await run(
            "curl", ["-sS", "--unix-socket", path, "-d", "ping", "http://localhost/"], timeout: 10)
        #expect(answer.text == "ping")
        let error = await #expect(throws: TransportError.self) { try await start([configuration]) }
        #expect(error?.code == .listenerAddressInUse)
        await server.shutdown(gracePeriod: .seconds(1))
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func aFileThatIsNoSocketIsNotReplaced() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("precious", "data")
        let error = await #expect(throws: TransportError.self) {
            try await start([ListenerConfiguration(name: "x", address: .unix(path: path), service: TestService())])
        }
        #expect(error?.code == .listenerSocketFile)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "data")
    }

    @Test func peersOutsideTheNetworksAreClosedAndReported() async throws {
        let service = TestService()
        try await withServer(service, allowFrom: [CIDR("10.0.0.0/8")]) { server, port in
            let client = try await RawClient.connect(port)
            #expect(await client.waitForEnd())
            #expect(await eventually { service.causes == [.addressNotAllowed] })
            #expect(service.refusals.first?.peer.host == "127.0.0.1")
            #expect(client.byteCount == 0)
        }
        let welcome = TestService()
        try await withServer(welcome, allowFrom: [CIDR("10.0.0.0/8"), CIDR("127.0.0.0/8")]) { _, port in
            let answer = try await RawClient.exchange(port, "GET / HTTP/1.0\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
        }
    }

    @Test func connectionsBeyondTheLimitAreClosedAtOnceAndReported() async throws {
        let service = TestService()
        var limits = ServerLimits()
        limits.connections = 2
        try await withServer(service, limits: limits) { server, port in
            let first = try await RawClient.connect(port)
            let second = try await RawClient.connect(port)
            #expect(await eventually { server.statistics.connections == 2 })
            let third = try await RawClient.connect(port)
            #expect(await third.waitForEnd())
            #expect(await eventually { service.causes == [.tooManyConnections] })
            await first.close()
            #expect(await eventually { server.statistics.connections == 1 })
            let answer = try await RawClient.exchange(port, "GET / HTTP/1.0\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            await second.close()
        }
    }

    /// A public listener and an administrative one in one server, whose limits the body may use up.
    private func withAdministration(
        _ limits: ServerLimits, _ service: TestService,
        _ body: (_ server: HTTPServer, _ port: Int, _ adminPort: Int) async throws -> Void
    ) async throws {
        let address = ListenerConfiguration.Address.tcp(host: "127.0.0.1", port: 0)
        let server = try await HTTPServer.start(
            listeners: [
                ListenerConfiguration(name: "public", address: address, service: service),
                ListenerConfiguration(name: "admin", address: address, isAdministrative: true, service: TestService()),
            ], limits: limits, group: Self.group)
        let ports = (server.addresses["public"]?.port, server.addresses["admin"]?.port)
        try await body(server, try #require(ports.0), try #require(ports.1))
        await server.shutdown(gracePeriod: .seconds(5))
    }

    @Test func theAdministrativeListenerAnswersWhenEveryConnectionIsTaken() async throws {
        var limits = ServerLimits()
        limits.connections = 2
        let service = TestService()
        try await withAdministration(limits, service) { server, port, adminPort in
            let taken = (try await RawClient.connect(port), try await RawClient.connect(port))
            #expect(await eventually { server.statistics.connections == 2 })
            let refused = try await RawClient.connect(port)
            #expect(await refused.waitForEnd())
            #expect(await eventually { service.causes == [.tooManyConnections] })
            // The reserve is 64 connections, and no more.
            var reserve: [RawClient] = []
            for _ in 0..<63 { reserve.append(try await RawClient.connect(adminPort)) }
            #expect(await eventually { server.statistics.connections == 65 })
            let answer = try await RawClient.exchange(adminPort, "GET / HTTP/1.0\r\n\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(await eventually { server.statistics.connections == 65 })
            reserve.append(try await RawClient.connect(adminPort))
            #expect(await eventually { server.statistics.connections == 66 })
            let beyond = try await RawClient.connect(adminPort)
            #expect(await beyond.waitForEnd())
            for client in reserve + [taken.0, taken.1] { await client.close() }
        }
    }

    @Test func theAdministrativeListenerAnswersWhenAllMemoryForRequestsIsTaken() async throws {
        let head = HTTP2Frame.postHead
        let service = TestService()
        try await withAdministration(ServerLimits(bodies: head), service) { server, port, adminPort in
            let taken = try await RawClient.http2(port)
            try await taken.send(.post(1))
            #expect(await eventually { server.statistics.bodyBytes == head })
            let refused = try await RawClient.http2(port)
            try await refused.send(.post(1, ends: true))
            #expect(await eventually { service.causes == [.bodiesBudgetExhausted] })
            let admin = try await RawClient.http2(adminPort)
            try await admin.send(.post(1))
            #expect(await eventually { server.statistics.bodyBytes == 2 * head })
            try await admin.send(.data(1, [], ends: true))
            #expect(await eventually { admin.hasEnded(1) })
            #expect(service.causes == [.bodiesBudgetExhausted])
            for client in [taken, refused, admin] { await client.close() }
        }
    }

    @Test func aSocketPathThatIsTooLongIsExplained() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file(String(repeating: "s", count: 104 - directory.url.path.utf8.count - 1)).path
        #expect(path.utf8.count == 104)
        let error = await #expect(throws: TransportError.self) {
            try await start([ListenerConfiguration(name: "control", address: .unix(path: path), service: TestService())]
            )
        }
        #expect(error?.code == .listenerSocketFile)
        #expect(error?.message.contains("103 bytes") == true)
        #expect(error?.message.contains("control_socket") == true)
        let longest = ListenerConfiguration(
            name: "control", address: .unix(path: String(path.dropLast())), service: TestService())
        let server = try await start([longest])
        await server.shutdown(gracePeriod: .seconds(1))
    }

    @Test(arguments: [false, true])
    func aThousandConnectionsAreServedAtOnce(overTLS: Bool) async throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = min(limit.rlim_max, 8192)
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let service = TestService()
        var limits = ServerLimits()
        // Connecting a thousand times may take a slow machine a while, and the first ones wait for the last.
        limits.headerTimeout = .seconds(120)
        limits.idleTimeout = .seconds(120)
        limits.handshakeTimeout = .seconds(120)
        let fixture = try TLSFixture()
        let trust = overTLS ? try fixture.client() : nil
        try await withServer(service, limits: limits, tls: overTLS ? fixture.server() : nil) { server, port in
            var clients: [RawClient] = []
            for _ in 0..<1000 { clients.append(try await RawClient.connect(port, tls: trust)) }
            #expect(await eventually { server.statistics.connections == 1000 })
            for (number, client) in clients.enumerated() {
                try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n\(1000 + number)")
            }
            var answered = 0
            for (number, client) in clients.enumerated() where await client.waitFor("\r\n\r\n\(1000 + number)") {
                answered += 1
            }
            #expect(answered == 1000)
            for client in clients { await client.close() }
            #expect(await eventually { server.statistics == .init(connections: 0, bodyBytes: 0) })
        }
        #expect(service.refusals.isEmpty)
    }

    @Test func newConnectionsUseTheReplacedCertificate() async throws {
        let (old, new) = (try TestIdentity(), try TestIdentity())
        try await withServer(TestService(), tls: old.context) { server, port in
            func ask(_ identity: TestIdentity) async throws -> ProcessResult {
                try await run(
                    "curl",
                    ["-sS", "--cacert", identity.authorityFile, "-d", "ping", "https://localhost:\(port)/"],
                    timeout: 10)
            }
            let before = (try await ask(old), try await ask(new))
            #expect(before.0.text == "ping")
            #expect(before.1.status != 0)
            server.replaceTLS(listener: "test", context: new.context)
            let after = (try await ask(old), try await ask(new))
            #expect(after.0.status != 0)
            #expect(after.1.text == "ping")
        }
    }
}
