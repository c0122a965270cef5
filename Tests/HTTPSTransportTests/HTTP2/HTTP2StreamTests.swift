import HTTPSTransport
import NIOCore
import Testing

@Suite(.serialized) struct HTTP2StreamTests {
    private typealias Kind = HTTP2Frame.Kind

    @Test func aRequestReachesTheServiceAndItsAnswerThePeer() async throws {
        let service = TestService()
        try await withServer(service) { server, port in
            let client = try await RawClient.http2(port)
            try await client.send(
                .post(1, extra: [("x-a", "1")]), .data(1, Array("hello ".utf8), ends: false),
                .data(1, Array("there".utf8), ends: true))
            #expect(await eventually { client.hasEnded(1) })
            #expect(String(decoding: client.body(of: 1), as: UTF8.self) == "hello there")
            let head = try #require(service.heads.first)
            #expect(head.version == .http2)
            #expect((head.method, head.target, head.path) == ("POST", "/p", "/p"))
            #expect(head.headers.first("X-A") == "1")
            #expect(head.headers["host"] == ["a"])
            #expect(server.statistics.bodyBytes == 0)
            await client.close()
        }
        #expect(service.refusals.isEmpty)
    }

    @Test(arguments: [
        ("announced too long", ServerLimits(body: 10), [("content-length", "11")], 1, 413),
        ("too long", ServerLimits(body: 10), [], 11, 413),
        ("no room, announced", ServerLimits(bodies: 230), [("content-length", "20")], 1, 503),
        ("no room", ServerLimits(bodies: HTTP2Frame.postHead + 10), [], 11, 503),
        (
            "no room for the head", ServerLimits(bodies: HTTP2Frame.postHead + 10),
            [("x", String(repeating: "y", count: 10))], 1, 503
        ),
        (
            "huge head", ServerLimits(),
            [("x", String(repeating: "y", count: 12_000)), ("z", String(repeating: "y", count: 5_000))], 1, 431
        ),
    ])
    func isRefusedEarlyThenResetWithoutError(
        name: String, limits: ServerLimits, extra: [(String, String)], bytes: Int, status: Int
    ) async throws {
        let service = TestService()
        try await withServer(service, limits: limits) { server, port in
            let client = try await RawClient.http2(port)
            var head = HTTP2Frame.post(1, extra: extra)
            var rest: [HTTP2Frame] = []
            if head.payload.count > 16_000 {
                rest = [
                    HTTP2Frame(
                        kind: Kind.continuation, flags: HTTP2Frame.endHeaders, stream: 1,
                        payload: Array(head.payload.dropFirst(16_000)))
                ]
                head.payload = Array(head.payload.prefix(16_000))
                head.flags = 0
            }
            try await client.send(head.bytes + rest.flatMap(\.bytes))
            try await client.send(.data(1, [UInt8](repeating: 0x61, count: bytes), ends: false))
            #expect(await client.waitFor(Kind.reset), "\(name)")
            #expect(client.hasEnded(1))
            #expect(client.frames(Kind.reset).map(\.errorCode) == [0])
            #expect(service.refusals.map(\.status) == [status])
            #expect(server.statistics.bodyBytes == 0)
            // The connection lives on, and its window was not used up by what was thrown away.
            try await client.send(.post(3), .data(3, [0x62], ends: true))
            #expect(await eventually { client.hasEnded(3) })
            await client.close()
        }
    }

    /// A few bytes can stand for megabytes of the table; the library would look at every one of them.
    @Test(arguments: [false, true])
    func aHeaderBlockThatGrowsWithoutEndIsNotReadToItsEnd(inTrailers: Bool) async throws {
        let service = TestService()
        let bomb = HTTP2Frame.bomb("x", String(repeating: "y", count: 3_900), repeats: 1_000)
        try await withServer(service) { _, port in
            let client = try await RawClient.http2(port)
            if inTrailers {
                try await client.send(
                    .post(1), .data(1, [0x61], ends: false),
                    HTTP2Frame(
                        kind: Kind.headers, flags: HTTP2Frame.endHeaders | HTTP2Frame.endStream, stream: 1,
                        payload: bomb))
            } else {
                var head = HTTP2Frame.post(1, ends: true)
                head.payload += bomb
                try await client.send(head)
            }
            #expect(await client.waitFor(Kind.reset))
            #expect(client.frames(Kind.reset).map(\.errorCode) == [2])
            #expect(client.frames(Kind.headers, stream: 1).isEmpty)
            // What is left of the block still counts for the table, so the connection lives on.
            try await client.send(.post(3), .data(3, [0x62], ends: true))
            #expect(await eventually { client.hasEnded(3) })
            #expect(service.heads.count == (inTrailers ? 2 : 1))
            await client.close()
        }
    }

    @Test func theServiceRefusesBeforeTheBody() async throws {
        let service = TestService(refuse: { _ in .text(401, "who are you?") })
        try await withServer(service) { _, port in
            let client = try await RawClient.http2(port)
            try await client.send(.post(1))
            #expect(await client.waitFor(Kind.reset))
            #expect(String(decoding: client.body(of: 1), as: UTF8.self) == "who are you?\n")
            #expect(client.frames(Kind.reset).map(\.errorCode) == [0])
            await client.close()
        }
        #expect(service.refusals.isEmpty)
    }

    @Test func continueIsSentAsAnInterimAnswer() async throws {
        try await withServer(TestService()) { _, port in
            let client = try await RawClient.http2(port)
            try await client.send(.post(1, extra: [("expect", "100-continue")]))
            #expect(await client.waitFor(Kind.headers))
            #expect(!client.hasEnded(1))
            try await client.send(.data(1, [0x61], ends: true))
            #expect(await eventually { client.hasEnded(1) })
            #expect(client.frames(Kind.headers).count == 2)
            await client.close()
        }
    }

    @Test(arguments: [
        ("content-length", HTTP2Frame.post(1, extra: [("content-length", "5")]), HTTP2Frame.data(1, [1], ends: true)),
        ("upper case", HTTP2Frame.post(1, extra: [("X-A", "b")]), nil),
        ("connection field", HTTP2Frame.post(1, extra: [("connection", "close")]), nil),
        ("te+cl", HTTP2Frame.post(1, extra: [("transfer-encoding", "chunked")]), nil),
        ("no path", HTTP2Frame.headers(1, [(":method", "POST"), (":scheme", "http")], ends: true), nil),
        ("late pseudo", HTTP2Frame.post(1, extra: [("a", "b"), (":path", "/q")]), nil),
        ("duplicate length", HTTP2Frame.post(1, extra: [("content-length", "1"), ("content-length", "2")]), nil),
        ("line break in a value", HTTP2Frame.post(1, extra: [("a", "b\r\nc: d")]), nil),
    ])
    func aMalformedRequestIsAStreamErrorAndNeverDecided(
        name: String, head: HTTP2Frame, data: HTTP2Frame?
    ) async throws {
        let decided = Gate()
        let service = decided.service()
        try await withServer(service) { server, port in
            let client = try await RawClient.http2(port)
            try await client.send(head.bytes + (data?.bytes ?? []))
            #expect(await client.waitFor(Kind.reset), "\(name)")
            #expect(client.frames(Kind.reset).map(\.errorCode) == [1])
            #expect(await eventually { service.causes == [.malformedHTTP] }, "\(service.refusals)")
            #expect(server.statistics.bodyBytes == 0)
            #expect(decided.arrivals == 0)
            await client.close()
        }
    }

    @Test func anInjectedHeaderOrAFailedDecisionIs500() async throws {
        let service = TestService { request, eventLoop in
            request.body.readableBytes == 1
                ? eventLoop.makeFailedFuture(ChannelError.eof)
                : eventLoop.makeSucceededFuture(
                    HTTPResponse(status: 200, headers: HTTPHeaderFields([("x", "a\r\nb: c")])))
        }
        try await withServer(service) { _, port in
            let client = try await RawClient.http2(port)
            try await client.send(.post(1, ends: true), .post(3), .data(3, [1], ends: true))
            #expect(await eventually { client.hasEnded(1) && client.hasEnded(3) })
            #expect(String(decoding: client.body(of: 1), as: UTF8.self) == "internal error\n")
            #expect(String(decoding: client.body(of: 3), as: UTF8.self) == "internal error\n")
            #expect(service.causes == [.serviceFailed, .serviceFailed])
            await client.close()
        }
    }

    @Test func streamsBeyondTheLimitAreRefusedAndTheOthersServed() async throws {
        let gate = Gate()
        let service = gate.service()
        var limits = ServerLimits()
        limits.concurrentStreams = 2
        try await withServer(service, limits: limits) { _, port in
            let client = try await RawClient.http2(port)
            #expect(await client.waitFor(Kind.settings))
            try await client.send(.post(1, ends: true), .post(3, ends: true), .post(5, ends: true))
            #expect(await client.waitFor(Kind.reset))
            #expect(client.frames(Kind.reset).map(\.stream) == [5])
            #expect(client.frames(Kind.reset).map(\.errorCode) == [7])
            gate.open()
            #expect(await eventually { client.hasEnded(1) && client.hasEnded(3) })
            await client.close()
        }
    }

    @Test func headsOfUnfinishedRequestsShareTheBudgetOfBodies() async throws {
        let service = TestService()
        let head = HTTP2Frame.postHead + 1 + 8_000 + 32
        func open(_ stream: UInt32) -> HTTP2Frame {
            .post(stream, extra: [("x", String(repeating: "y", count: 8_000))])
        }
        try await withServer(service, limits: ServerLimits(bodies: 2 * head)) { server, port in
            let client = try await RawClient.http2(port)
            try await client.send(open(1), open(3))
            #expect(await eventually { server.statistics.bodyBytes == 2 * head })
            // Another connection finds no room: the budget is of the whole server.
            let other = try await RawClient.http2(port)
            try await other.send(open(1))
            #expect(await other.waitFor(Kind.reset))
            #expect(other.hasEnded(1))
            #expect(other.frames(Kind.reset).map(\.errorCode) == [0])
            #expect(service.causes == [.bodiesBudgetExhausted])
            #expect(server.statistics.bodyBytes == 2 * head)
            // A stream that its peer resets gives its head back, and one that is answered too.
            try await client.send(.reset(1))
            #expect(await eventually { server.statistics.bodyBytes == head })
            try await other.send(open(3))
            #expect(await eventually { server.statistics.bodyBytes == 2 * head })
            try await client.send(.data(3, [], ends: true))
            #expect(await eventually { client.hasEnded(3) })
            #expect(await eventually { server.statistics.bodyBytes == head })
            await other.close()
            #expect(await eventually { server.statistics.bodyBytes == 0 })
            await client.close()
        }
    }

    @Test func aPeerThatVanishesMidBodyOrMidDecisionLeavesNothing() async throws {
        let gate = Gate()
        let service = gate.service()
        try await withServer(service) { server, port in
            let client = try await RawClient.http2(port)
            try await client.send(
                .post(1), .data(1, [1, 2, 3], ends: false), .post(3), .data(3, [4, 5], ends: true), .post(5),
                .data(5, [6], ends: false), .reset(5))
            let head = HTTP2Frame.postHead
            #expect(await eventually { server.statistics.bodyBytes == 5 + 2 * head && gate.arrivals == 1 })
            try await client.reset()
            #expect(await eventually { service.causes == Array(repeating: .clientVanished, count: 3) })
            #expect(await eventually { server.statistics == .init(connections: 0, bodyBytes: 2 + head) })
            gate.open()
            #expect(await eventually { server.statistics.bodyBytes == 0 })
        }
    }
}

extension ServerLimits {
    init(body: Int = 8 * 1024 * 1024, bodies: Int = 64 * 1024 * 1024) {
        self.init()
        self.body = body
        self.bodies = bodies
    }
}
