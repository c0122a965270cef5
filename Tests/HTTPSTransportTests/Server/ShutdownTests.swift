import Foundation
import HTTPSTransport
import NIOCore
import TestSupport
import Testing

@Suite(.serialized) struct ShutdownTests {
    @Test(arguments: InteropTests.Transport.all)
    func aRequestInProgressIsAnsweredAndNewConnectionsAreRefused(transport: InteropTests.Transport) async throws {
        let gate = Gate()
        let identity = try transport.isSecure ? TestIdentity() : nil
        let service = gate.service()
        try await withServer(service, tls: identity?.context) { server, port in
            var arguments = ["-sS", "--max-time", "20", "-d", "ping"]
            if let identity { arguments += ["--cacert", identity.authorityFile] }
            if transport.version == .http1 {
                arguments += ["--http1.1", "-i"]
            } else {
                arguments += [transport.isSecure ? "--http2" : "--http2-prior-knowledge"]
            }
            async let answer = run(
                "curl", arguments + ["http\(transport.isSecure ? "s" : "")://localhost:\(port)/"], timeout: 30)
            #expect(await eventually { gate.arrivals == 1 })
            async let done: Void = server.shutdown(gracePeriod: .seconds(30))
            #expect(await eventually { (try? isRefused(port)) == true })
            gate.open()
            let result = try await answer
            #expect(result.status == 0, "\(result.errorText)")
            #expect(result.text.hasSuffix("ping"))
            if transport.version == .http1 { #expect(result.text.contains("Connection: close\r\n")) }
            await done
            #expect(server.statistics == .init(connections: 0, bodyBytes: 0))
        }
        // Looking whether the listener is gone may have reached it before it was.
        #expect(service.causes.allSatisfy { $0 == .handshakeFailed })
    }

    @Test func whatDoesNotEndInTimeIsClosedByForceAndReported() async throws {
        let gate = Gate()
        let service = gate.service()
        try await withServer(service) { server, port in
            let client = try await RawClient.connect(port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx")
            #expect(await eventually { gate.arrivals == 1 })
            await server.shutdown(gracePeriod: .milliseconds(50))
            #expect(await client.waitForEnd())
            #expect(server.statistics.connections == 0)
            await client.close()
        }
        #expect(Set(service.causes) == [.graceExpired, .clientVanished])
        gate.open()
    }

    @Test func idleConnectionsOfBothKindsEndAtOnce() async throws {
        let service = TestService()
        try await withServer(service) { server, port in
            let first = try await RawClient.connect(port)
            try await first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await first.waitFor("200 OK"))
            let second = try await RawClient.http2(port)
            try await second.send(.post(1, ends: true))
            #expect(await eventually { second.hasEnded(1) })
            let third = try await RawClient.connect(port)
            await server.shutdown(gracePeriod: .seconds(30))
            #expect(await first.waitForEnd())
            #expect(await second.waitForEnd())
            #expect(await third.waitForEnd())
            for client in [first, second, third] { await client.close() }
        }
        #expect(service.refusals.isEmpty)
    }

    /// Whether nobody listens on a port any more.
    private func isRefused(_ port: Int) throws -> Bool {
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: port)
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        return address.withSockAddr { pointer, length in connect(descriptor, pointer, socklen_t(length)) } != 0
    }
}
