// HTTP/1.1 on real sockets: what the kernel has a say in.

import Foundation
import HTTPSTransport
import NIOCore
import Testing

@Suite(.serialized) struct HTTP1SocketTests {
    private static let whole = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody"

    @Test func aHalfClosedClientIsAnsweredAndThenClosed() async throws {
        let gate = Gate()
        let service = gate.service()
        try await withServer(service) { server, port in
            let client = try await RawClient.connect(port)
            try await client.send(Self.whole + Self.whole)
            try await client.shutdownOutput()
            #expect(await eventually { gate.arrivals == 1 })
            gate.open()
            #expect(await client.waitForEnd())
            #expect(client.text.components(separatedBy: "\r\n\r\nbody").count == 3)
            await client.close()
            #expect(await eventually { server.statistics == .init(connections: 0, bodyBytes: 0) })
        }
        #expect(service.refusals.isEmpty)
    }

    @Test(arguments: [true, false])
    func aClientThatVanishesMidBodyLeavesNothing(byReset: Bool) async throws {
        let service = TestService()
        try await withServer(service) { server, port in
            let client = try await RawClient.connect(port)
            try await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nonly this")
            #expect(await eventually { server.statistics.bodyBytes == 9 })
            if byReset { try await client.reset() } else { await client.close() }
            #expect(await eventually { server.statistics == .init(connections: 0, bodyBytes: 0) })
            #expect(service.causes == [.clientVanished])
        }
    }

    @Test func aClientThatVanishesDuringTheDecisionIsReportedAndTheDecisionGoesOn() async throws {
        let gate = Gate()
        let service = gate.service()
        try await withServer(service) { server, port in
            let client = try await RawClient.connect(port)
            try await client.send(Self.whole)
            #expect(await eventually { gate.arrivals == 1 })
            try await client.reset()
            #expect(await eventually { server.statistics.connections == 0 })
            #expect(service.causes == [.clientVanished])
            #expect(server.statistics.bodyBytes == 4)
            gate.open()
            #expect(await eventually { server.statistics.bodyBytes == 0 })
        }
    }

    @Test func slowHeadsSlowBodiesAndIdlenessEndConnections() async throws {
        var limits = ServerLimits()
        limits.headerTimeout = .seconds(1)
        limits.bodyTimeout = .seconds(1)
        limits.idleTimeout = .seconds(1)
        let service = TestService()
        try await withServer(service, limits: limits) { _, port in
            let head = try await RawClient.exchange(port, "POST / HTTP/1.1\r\nHo")
            #expect(head.hasPrefix("HTTP/1.1 408 "))
            let body = try await RawClient.exchange(port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nx")
            #expect(body.hasPrefix("HTTP/1.1 408 "))
            let idle = try await RawClient.exchange(port, Self.whole)
            #expect(idle.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(idle.hasSuffix("\r\n\r\nbody"))
        }
        #expect(service.causes == [.headerTimeout, .bodyTimeout])
    }

    @Test func unfinishedBodiesShareOneBudget() async throws {
        var limits = ServerLimits()
        limits.bodies = 100
        let service = TestService()
        try await withServer(service, limits: limits) { server, port in
            let big = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 61\r\n\r\n"
            let first = try await RawClient.connect(port)
            try await first.send(big + String(repeating: "x", count: 60))
            #expect(await eventually { server.statistics.bodyBytes == 60 })
            let second = try await RawClient.exchange(port, big)
            #expect(second.hasPrefix("HTTP/1.1 503 "))
            #expect(second.contains("\r\nRetry-After: 1\r\n"))
            try await first.send("x")
            #expect(await first.waitFor("200 OK"))
            #expect(await eventually { server.statistics.bodyBytes == 0 })
            let third = try await RawClient.connect(port)
            try await third.send(big + String(repeating: "y", count: 61))
            #expect(await third.waitFor("200 OK"))
            await first.close()
            await third.close()
        }
        #expect(service.causes == [.bodiesBudgetExhausted])
    }

    @Test func aPipeliningPeerThatDoesNotReadIsNotServedWithoutEnd() async throws {
        let answer = String(repeating: "z", count: 100_000)
        let service = TestService { _, loop in loop.makeSucceededFuture(.text(200, answer)) }
        try await withServer(service) { _, port in
            let client = try await RawClient.connect(port, reads: false)
            let count = 400
            try await client.send(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: count))
            #expect(await eventually { service.heads.count > 10 })
            let other = try await RawClient.exchange(port, "GET / HTTP/1.0\r\n\r\n")
            #expect(other.hasSuffix("z\n"))
            // 40 MB of answers do not fit into the sockets, so the server must have stopped on its way.
            #expect(service.heads.count < count)
            try await client.startReading()
            #expect(await eventually { client.byteCount > count * 100_000 })
            #expect(await eventually { service.heads.count == count + 1 })
            await client.close()
        }
    }
}
