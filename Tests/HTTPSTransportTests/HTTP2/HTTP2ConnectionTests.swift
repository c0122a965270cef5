import HTTPSTransport
import NIOCore
import Testing

@Suite(.serialized) struct HTTP2ConnectionTests {
    private typealias Kind = HTTP2Frame.Kind
    private static let calm: UInt32 = 11

    @Test func anAnswerWaitsForTheWindowOfItsReader() async throws {
        let body = [UInt8](repeating: 0x78, count: 300_000)
        let service = TestService { _, loop in
            loop.makeSucceededFuture(HTTPResponse(status: 200, body: ByteBuffer(bytes: body)))
        }
        try await withServer(service) { _, port in
            let client = try await RawClient.http2(port, settings: [(4, 10)])
            try await client.send(.post(1, ends: true))
            #expect(await eventually { client.bodyCount(of: 1) == 10 })
            // A second stream is not held up by the first, and PING still works.
            try await client.send(.post(3, ends: true), .ping())
            #expect(await eventually { client.bodyCount(of: 3) == 10 && !client.frames(Kind.ping).isEmpty })
            #expect(client.bodyCount(of: 1) == 10)
            try await client.send(.windowUpdate(0, 1_000_000), .windowUpdate(1, 1_000_000), .windowUpdate(3, 1_000_000))
            #expect(await eventually { client.hasEnded(1) && client.hasEnded(3) })
            #expect(client.body(of: 1) == body)
            #expect(client.body(of: 3) == body)
            await client.close()
        }
    }

    @Test func aReaderThatNeverOpensItsWindowIsGivenUp() async throws {
        var limits = ServerLimits()
        limits.idleTimeout = .milliseconds(100)
        let service = TestService()
        try await withServer(service, limits: limits) { server, port in
            let client = try await RawClient.http2(port, settings: [(4, 0)])
            try await client.send(.post(1), .data(1, [1, 2, 3], ends: true))
            #expect(await client.waitFor(Kind.reset))
            #expect(client.frames(Kind.reset).map(\.errorCode) == [8])
            #expect(await client.waitForEnd())
            #expect(await eventually { server.statistics == .init(connections: 0, bodyBytes: 0) })
            await client.close()
        }
        #expect(service.causes == [.clientVanished])
    }

    @Test func answersWaitForAPeerThatDoesNotReadItsSocketYet() async throws {
        // 50 answers of 1 MiB with windows wide open: far more than the sockets take.
        let body = ByteBuffer(repeating: 0x79, count: 1 << 20)
        let service = TestService { _, loop in loop.makeSucceededFuture(HTTPResponse(status: 200, body: body)) }
        try await withServer(service) { _, port in
            let client = try await RawClient.http2(port, settings: [(4, 0x7fff_ffff)], reads: false)
            try await client.send(.windowUpdate(0, 0x7fff_0000))
            for number in 0..<50 { try await client.send(.post(UInt32(number) * 2 + 1, ends: true)) }
            #expect(await eventually { !service.heads.isEmpty })
            try await client.startReading()
            #expect(await eventually { client.byteCount > 50 << 20 })
            #expect((0..<50).allSatisfy { client.bodyCount(of: UInt32($0) * 2 + 1) == 1 << 20 })
            await client.close()
        }
    }

    @Test func aPeerThatNeverReadsItsSocketIsLetGo() async throws {
        var limits = ServerLimits()
        limits.idleTimeout = .milliseconds(100)
        let body = ByteBuffer(repeating: 0x79, count: 1 << 20)
        let service = TestService { _, loop in loop.makeSucceededFuture(HTTPResponse(status: 200, body: body)) }
        try await withServer(service, limits: limits) { server, port in
            let client = try await RawClient.http2(port, settings: [(4, 0x7fff_ffff)], reads: false)
            // Far more than the sockets take; the last request is unfinished and holds its head.
            let requests = (0..<50).map { HTTP2Frame.post(UInt32($0) * 2 + 1, ends: true) } + [.post(101)]
            try await client.send(([.windowUpdate(0, 0x7fff_0000)] + requests).flatMap(\.bytes))
            #expect(await eventually { !service.heads.isEmpty })
            // Nothing comes from the peer, and it stays connected: only the server's own deadline can end this.
            #expect(await eventually { server.statistics == .init(connections: 0, bodyBytes: 0) })
            await client.close()
        }
        #expect(service.causes.contains(.clientVanished))
    }

    @Test func windowsOfTheServerOpenAgainAsBodiesAreTaken() async throws {
        try await withServer(TestService()) { _, port in
            let client = try await RawClient.http2(port)
            #expect(await client.waitFor(Kind.settings))
            try await client.send(HTTP2Frame(kind: Kind.settings, flags: HTTP2Frame.acknowledgement), .post(1))
            // More than the connection's window, sent as the server's own settings and updates allow.
            let piece = [UInt8](repeating: 0x7a, count: 16_384)
            for sent in 0..<128 {
                let needed = (sent + 1) * piece.count
                #expect(
                    await eventually {
                        65_535 + client.windowOpened(0) >= needed && 262_144 + client.windowOpened(1) >= needed
                    })
                try await client.send(.data(1, piece, ends: sent == 127))
            }
            try await client.send(.windowUpdate(0, 1 << 24), .windowUpdate(1, 1 << 24))
            #expect(await eventually { client.hasEnded(1) })
            #expect(client.bodyCount(of: 1) == 128 * piece.count)
            await client.close()
        }
    }

    @Test(arguments: [true, false])
    func resettingAgainAndAgainEndsTheConnection(resetsItself: Bool) async throws {
        let service = TestService()
        try await withServer(service) { server, port in
            let client = try await RawClient.http2(port)
            for number in 0..<250 where !client.sawEnd {
                let id = UInt32(number) * 2 + 1
                // Either the peer resets its streams, or it makes the server reset them (MadeYouReset).
                try? await client.send(
                    .post(id, extra: [("content-length", "1")]),
                    resetsItself ? .reset(id) : .data(id, [1, 2], ends: false))
            }
            #expect(await client.waitFor(Kind.goAway))
            #expect(client.frames(Kind.goAway).map(\.errorCode) == [Self.calm])
            #expect(await client.waitForEnd())
            await client.close()
            #expect(await eventually { server.statistics == .init(connections: 0, bodyBytes: 0) })
        }
        #expect(service.causes.contains(.resetFlood))
    }

    /// A peer does not know the allowed number before it has read our settings.
    @Test func streamsBeyondTheAllowedNumberAreRefusedAndTheOthersAnswered() async throws {
        try await withServer(TestService()) { _, port in
            let client = try await RawClient.http2(port)
            let ids = (0..<320).map { UInt32($0) * 2 + 1 }
            try await client.send(ids.flatMap { HTTP2Frame.post($0, ends: true).bytes })
            #expect(
                await eventually {
                    ids.allSatisfy { client.hasEnded($0) || !client.frames(Kind.reset, stream: $0).isEmpty }
                })
            #expect(client.frames(Kind.reset).allSatisfy { $0.errorCode == 7 })
            #expect(ids.count { client.hasEnded($0) } >= 100)
            #expect(client.frames(Kind.goAway).isEmpty)
            await client.close()
        }
    }

    @Test(arguments: [("settings", .settings()), ("pings", .ping())] as [(String, HTTP2Frame)])
    func controlFramesWithoutReadingTheAnswersEndTheConnection(name: String, frame: HTTP2Frame) async throws {
        let service = TestService()
        try await withServer(service) { server, port in
            let client = try await RawClient.http2(port, reads: false)
            // The server stops reading or ends the connection: either way it holds a bounded amount and serves others.
            let flood = Array(repeatElement(frame.bytes, count: 5000).joined())
            for _ in 0..<20 { client.sendLater(flood) }
            let other = try await RawClient.http2(port)
            try await other.send(.post(1, ends: true))
            #expect(await eventually { other.hasEnded(1) })
            await client.close()
            await other.close()
            #expect(await eventually { server.statistics.connections == 0 })
        }
    }

    @Test func anEndlessHeaderBlockEndsTheConnection() async throws {
        let service = TestService()
        try await withServer(service) { server, port in
            let client = try await RawClient.http2(port)
            var head = HTTP2Frame.post(1)
            head.flags = 0
            try await client.send(head)
            let more = HTTP2Frame(
                kind: Kind.continuation, stream: 1,
                payload: HTTP2Frame.block("x", String(repeating: "y", count: 1_000)))
            for _ in 0..<1_000 where !client.sawEnd { try? await client.send(more) }
            #expect(await client.waitForEnd())
            await client.close()
            #expect(await eventually { server.statistics.connections == 0 })
        }
        #expect(service.heads.isEmpty)
        #expect(service.causes.contains(.malformedHTTP))
    }

    @Test(arguments: [
        ("no settings", HTTP2Frame.preface), ("half a preface", Array(HTTP2Frame.preface.prefix(10))), ("nothing", []),
        (
            "open header block",
            HTTP2Frame.preface + HTTP2Frame.settings().bytes
                + HTTP2Frame(kind: HTTP2Frame.Kind.headers, stream: 1, payload: HTTP2Frame.block(":method", "POST"))
                .bytes
        ),
    ])
    func aSlowHeadEndsTheConnection(name: String, bytes: [UInt8]) async throws {
        var limits = ServerLimits()
        limits.headerTimeout = .milliseconds(100)
        let service = TestService()
        try await withServer(service, limits: limits) { server, port in
            let client = try await RawClient.connect(port)
            if !bytes.isEmpty { try await client.send(bytes) }
            #expect(await client.waitForEnd(), "\(name)")
            await client.close()
            #expect(await eventually { server.statistics.connections == 0 })
        }
        #expect(service.causes == [.headerTimeout])
    }

    @Test func aSlowBodyIsAnswered408HoweverItDrips() async throws {
        var limits = ServerLimits()
        limits.bodyTimeout = .milliseconds(100)
        let service = TestService()
        try await withServer(service, limits: limits) { server, port in
            let client = try await RawClient.http2(port)
            try await client.send(.post(1))
            while client.frames(Kind.reset).isEmpty, !client.sawEnd {
                try await client.send(.data(1, [1], ends: false))
            }
            #expect(client.hasEnded(1))
            #expect(client.frames(Kind.reset).map(\.errorCode) == [0])
            #expect(service.refusals.map(\.status) == [408])
            #expect(server.statistics.bodyBytes == 0)
            await client.close()
        }
    }

    @Test func anIdleConnectionIsClosedWithGoAway() async throws {
        var limits = ServerLimits()
        limits.idleTimeout = .milliseconds(100)
        let service = TestService()
        try await withServer(service, limits: limits) { _, port in
            let client = try await RawClient.connect(port)
            try await client.send(
                HTTP2Frame.preface + HTTP2Frame.settings().bytes + HTTP2Frame.post(1, ends: true).bytes)
            #expect(await client.waitForEnd())
            #expect(client.hasEnded(1))
            #expect(client.frames(Kind.goAway).map(\.errorCode) == [0])
            await client.close()
        }
        #expect(service.refusals.isEmpty)
    }

    @Test func aConnectionErrorIsToldToThePeerAndReported() async throws {
        let service = TestService()
        try await withServer(service) { _, port in
            let client = try await RawClient.http2(port)
            // DATA on a stream that never began.
            try await client.send(.data(7, [1], ends: true))
            #expect(await client.waitFor(Kind.goAway))
            #expect(client.frames(Kind.goAway).map(\.errorCode) == [1])
            #expect(await client.waitForEnd())
            await client.close()
        }
        #expect(service.causes == [.malformedHTTP])
    }

    @Test func shutdownSaysGoAwayTwiceTakesWhatIsOnItsWayAndFinishesIt() async throws {
        let gate = Gate()
        let service = gate.service()
        try await withServer(service) { server, port in
            let client = try await RawClient.http2(port)
            try await client.send(.post(1), .data(1, [0x61], ends: true))
            #expect(await eventually { gate.arrivals == 1 })
            async let done: Void = server.shutdown(gracePeriod: .seconds(30))
            #expect(await client.waitFor(Kind.goAway))
            #expect(client.frames(Kind.goAway).map(\.lastStream) == [0x7fff_ffff])
            // On its way when the server said so: still taken.
            try await client.send(.post(3), .data(3, [0x62], ends: true), .ping(HTTP2Frame.acknowledgement))
            #expect(await eventually { client.frames(Kind.goAway).count == 2 })
            #expect(client.frames(Kind.goAway).last?.lastStream == 3)
            #expect(client.frames(Kind.goAway).allSatisfy { $0.errorCode == 0 })
            #expect(!client.sawEnd)
            gate.open()
            #expect(await client.waitForEnd())
            #expect(client.body(of: 1) == [0x61])
            #expect(client.body(of: 3) == [0x62])
            await client.close()
            await done
            #expect(server.statistics == .init(connections: 0, bodyBytes: 0))
            await #expect(throws: (any Error).self) { try await RawClient.connect(port) }
        }
        #expect(service.refusals.isEmpty)
    }
}
