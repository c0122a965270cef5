import Foundation
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPSTransport

@Suite struct HTTP1ConnectionTests {
    private static let whole = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nx"

    @Test func silenceAfterConnectingIsClosedWithoutAnAnswer() throws {
        let connection = try EmbeddedConnection(TestService())
        connection.advance(.milliseconds(4_999))
        #expect(connection.channel.isActive)
        connection.advance(.milliseconds(1))
        #expect(!connection.channel.isActive)
        #expect(try connection.sent().isEmpty)
        #expect(connection.service.causes == [.headerTimeout])
    }

    @Test func aHeadThatDripsIsTimedFromItsFirstByte() throws {
        let connection = try EmbeddedConnection(TestService())
        connection.receive(Self.whole)
        #expect(EmbeddedConnection.statuses(try connection.sent()) == [200])
        connection.advance(.seconds(30))
        connection.receive("P")
        for letter in ["O", "S", "T", " "] {
            connection.advance(.milliseconds(1_200))
            connection.receive(letter)
        }
        #expect(connection.channel.isActive)
        connection.advance(.milliseconds(200))
        #expect(EmbeddedConnection.statuses(try connection.sent()) == [408])
        #expect(connection.service.causes == [.headerTimeout])
    }

    @Test(arguments: ["Content-Length: 100\r\n\r\n", "Transfer-Encoding: chunked\r\n\r\n64\r\n"])
    func aPieceOfABodyDoesNotPinTheBufferItWasReadInto(framing: String) throws {
        let connection = try EmbeddedConnection(TestService())
        // The selector of the protocol has the first read of a connection in a buffer of its own.
        connection.receive(Self.whole)
        let head = "POST / HTTP/1.1\r\nHost: a\r\n" + framing
        connection.receive(head + "begun", capacity: 32 * 1024)
        let handler = try connection.channel.pipeline.syncOperations.handler(type: HTTP1ByteHandler.self)
        let body = try #require(handler.connection.request?.body)
        #expect(String(buffer: body) == "begun")
        #expect(body.storageCapacity < 1024)
        connection.receive(String(repeating: "x", count: 95) + (framing.contains("64") ? "\r\n0\r\n\r\n" : ""))
        #expect(try connection.sent().hasSuffix("\r\n\r\nbegun" + String(repeating: "x", count: 95)))
    }

    @Test func aBodyThatIsWholeAtOnceIsNotCopied() throws {
        let service = TestService { request, loop in
            loop.makeSucceededFuture(.text(200, "\(request.body.storageCapacity)"))
        }
        let connection = try EmbeddedConnection(service)
        connection.receive(Self.whole)
        connection.receive(Self.whole, capacity: 32 * 1024)
        let text = try connection.sent()
        #expect(text.hasSuffix("\r\n\r\n32768\n"), "\(text)")
    }

    @Test func aBodyThatDripsIsTimedFromTheEndOfItsHead() throws {
        let connection = try EmbeddedConnection(TestService())
        connection.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n")
        for _ in 0..<9 {
            connection.advance(.seconds(1))
            connection.receive("x")
        }
        #expect(connection.bodies.bytes == 9)
        #expect(try connection.sent().isEmpty)
        connection.advance(.seconds(1))
        #expect(EmbeddedConnection.statuses(try connection.sent()) == [408])
        #expect(connection.service.refusals.map(\.status) == [408])
        #expect(connection.service.causes == [.bodyTimeout])
        #expect(connection.bodies.bytes == 0)
    }

    @Test func anIdleConnectionClosesQuietlyAndADecisionIsNotIdle() throws {
        let box = PendingAnswer()
        let connection = try EmbeddedConnection(TestService { _, eventLoop in box.future(on: eventLoop) })
        connection.receive(Self.whole)
        connection.advance(.seconds(600))
        #expect(connection.channel.isActive)
        box.succeed(.text(200, "late"))
        connection.channel.embeddedEventLoop.run()
        #expect(EmbeddedConnection.statuses(try connection.sent()) == [200])
        connection.advance(.seconds(59))
        #expect(connection.channel.isActive)
        connection.advance(.seconds(1))
        #expect(!connection.channel.isActive)
        #expect(connection.service.refusals.isEmpty)
    }

    @Test func continueIsSentOnlyWhenTheBodyIsWanted() throws {
        let head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: "
        let wanted = try EmbeddedConnection(TestService())
        wanted.receive(head + "3\r\n\r\n")
        #expect(try wanted.sent() == "HTTP/1.1 100 Continue\r\n\r\n")
        wanted.receive("abc")
        #expect(EmbeddedConnection.statuses(try wanted.sent()) == [200])

        let unwanted = try EmbeddedConnection(TestService(refuse: { _ in .text(404, "no such path") }))
        unwanted.receive(head + "3\r\n\r\n")
        #expect(EmbeddedConnection.statuses(try unwanted.sent()) == [404])
        #expect(unwanted.service.refusals.isEmpty)

        let tooLong = try EmbeddedConnection(TestService())
        tooLong.receive(head + "9000000\r\n\r\n")
        #expect(EmbeddedConnection.statuses(try tooLong.sent()) == [413])
    }

    @Test func aChunkedBodyIsRefusedWhenItExceedsTheLimit() throws {
        var limits = ServerLimits()
        limits.body = 10
        let connection = try EmbeddedConnection(TestService(), limits: limits)
        connection.receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\na\r\n0123456789\r\n")
        #expect(try connection.sent().isEmpty)
        connection.receive("1\r\nx\r\n0\r\n\r\n")
        #expect(EmbeddedConnection.statuses(try connection.sent()) == [413])
        #expect(connection.service.causes == [.bodyTooLarge])
        #expect(connection.bodies.bytes == 0)
    }

    @Test func bodiesBeyondTheBudgetAreRefusedWithRetryAfter() throws {
        var limits = ServerLimits()
        limits.bodies = 10
        let announced = try EmbeddedConnection(TestService(), limits: limits)
        announced.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n")
        let answer = try announced.sent()
        #expect(EmbeddedConnection.statuses(answer) == [503])
        #expect(answer.contains("\r\nRetry-After: 1\r\n"))
        let grown = try EmbeddedConnection(TestService(), limits: limits)
        grown.receive("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789x\r\n0\r\n\r\n")
        #expect(EmbeddedConnection.statuses(try grown.sent()) == [503])
        #expect(grown.service.causes == [.bodiesBudgetExhausted])
        #expect(grown.bodies.bytes == 0)
    }

    @Test func bytesOfABodyCountUntilItsAnswer() throws {
        let box = PendingAnswer()
        let connection = try EmbeddedConnection(TestService { _, eventLoop in box.future(on: eventLoop) })
        connection.receive("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabc")
        #expect(connection.bodies.bytes == 3)
        connection.receive("de")
        #expect(connection.bodies.bytes == 5)
        box.succeed(.text(200, "done"))
        connection.channel.embeddedEventLoop.run()
        #expect(connection.bodies.bytes == 0)
    }

    @Test(arguments: [
        ("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", 1), ("POST / HT", 1), ("", 0), (whole, 0),
    ])
    func aVanishingClientIsReportedWhereARequestWasUnderWay(request: String, reports: Int) throws {
        let connection = try EmbeddedConnection(TestService())
        if !request.isEmpty { connection.receive(request) }
        // A plain-text connection without a byte is still with the protocol selector.
        connection.channel.close(promise: nil)
        connection.channel.embeddedEventLoop.run()
        #expect(connection.service.causes == Array(repeating: .clientVanished, count: reports))
        #expect(connection.bodies.bytes == 0)
    }

    @Test func aClientThatVanishesDuringTheDecisionDoesNotStopIt() throws {
        let box = PendingAnswer()
        let connection = try EmbeddedConnection(TestService { _, eventLoop in box.future(on: eventLoop) })
        connection.receive(Self.whole)
        connection.channel.close(promise: nil)
        connection.channel.embeddedEventLoop.run()
        #expect(connection.service.causes == [.clientVanished])
        // The service still holds the body.
        #expect(connection.bodies.bytes == 1)
        box.succeed(.text(200, "recorded"))
        connection.channel.embeddedEventLoop.run()
        #expect(connection.bodies.bytes == 0)
    }

    @Test func aHalfClosedClientIsStillAnswered() throws {
        let box = PendingAnswer()
        let connection = try EmbeddedConnection(TestService { _, eventLoop in box.future(on: eventLoop) })
        connection.receive(Self.whole + Self.whole)
        connection.channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
        #expect(connection.channel.isActive)
        box.succeed(.text(200, "answer"))
        connection.channel.embeddedEventLoop.run()
        #expect(EmbeddedConnection.statuses(try connection.sent()) == [200, 200])
        #expect(!connection.channel.isActive)
        #expect(connection.service.refusals.isEmpty)
    }

    @Test func headIsAnsweredWithoutABody() throws {
        let connection = try EmbeddedConnection(
            TestService { _, loop in loop.makeSucceededFuture(.text(405, "POST only")) })
        connection.receive("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n")
        let answer = try connection.sent()
        #expect(EmbeddedConnection.statuses(answer) == [405, 405])
        #expect(answer.components(separatedBy: "POST only").count == 2)
        #expect(answer.components(separatedBy: "Content-Length: 10\r\n").count == 3)
    }

    @Test func noContentHasNoLength() throws {
        let connection = try EmbeddedConnection(
            TestService { _, loop in loop.makeSucceededFuture(HTTPResponse(status: 204)) })
        connection.receive(Self.whole)
        let answer = try connection.sent()
        #expect(answer.hasPrefix("HTTP/1.1 204 No Content\r\n"))
        #expect(!answer.contains("Content-Length"))
    }

    @Test(arguments: [
        HTTPResponse(status: 200, headers: HTTPHeaderFields([("X", "a\r\nSet-Cookie: b")])),
        HTTPResponse(status: 200, headers: HTTPHeaderFields([("X", "a\u{0}b")])),
        HTTPResponse(status: 200, headers: HTTPHeaderFields([("X Y", "a")])),
        HTTPResponse(status: 200, headers: HTTPHeaderFields([("", "a")])), HTTPResponse(status: 99),
        HTTPResponse(status: 101), HTTPResponse(status: 600),
    ])
    func aResponseThatCannotBeSentBecomes500(response: HTTPResponse) throws {
        let connection = try EmbeddedConnection(TestService { _, loop in loop.makeSucceededFuture(response) })
        connection.receive(Self.whole)
        let answer = try connection.sent()
        #expect(EmbeddedConnection.statuses(answer) == [500])
        #expect(!answer.contains("Set-Cookie"))
        #expect(connection.service.causes == [.serviceFailed])
    }

    @Test func framingFieldsOfTheServiceAreLeftOut() throws {
        let fields = HTTPHeaderFields([
            ("content-length", "999"), ("Transfer-Encoding", "chunked"), ("Connection", "upgrade"), ("Date", "never"),
            ("Server", "secret/1.0"), ("X-Own", "kept"),
        ])
        let connection = try EmbeddedConnection(
            TestService { _, loop in loop.makeSucceededFuture(HTTPResponse(status: 200, headers: fields)) })
        connection.receive(Self.whole)
        let answer = try connection.sent().lowercased()
        #expect(answer.contains("\r\ncontent-length: 0\r\n"))
        #expect(answer.contains("\r\nx-own: kept\r\n"))
        for text in ["999", "chunked", "upgrade", "never", "server"] { #expect(!answer.contains(text)) }
    }

    @Test func aFailedDecisionIsAnsweredWith500() throws {
        let connection = try EmbeddedConnection(
            TestService { _, loop in loop.makeFailedFuture(ChannelError.eof) })
        connection.receive(Self.whole + Self.whole)
        #expect(EmbeddedConnection.statuses(try connection.sent()) == [500, 500])
        #expect(connection.service.causes == [.serviceFailed, .serviceFailed])
    }

    @Test func drainClosesIdleConnectionsAtOnceAndBusyOnesAfterWhatTheyHaveReceived() throws {
        let idle = try EmbeddedConnection(TestService())
        idle.receive(Self.whole)
        idle.channel.pipeline.fireUserInboundEventTriggered(ServerEvent.drain)
        idle.channel.embeddedEventLoop.run()
        #expect(!idle.channel.isActive)

        let box = PendingAnswer()
        let busy = try EmbeddedConnection(TestService { _, eventLoop in box.future(on: eventLoop) })
        busy.receive(Self.whole + Self.whole)
        busy.channel.pipeline.fireUserInboundEventTriggered(ServerEvent.drain)
        #expect(busy.channel.isActive)
        box.succeed(.text(200, "answer"))
        busy.channel.embeddedEventLoop.run()
        let answer = try busy.sent()
        #expect(EmbeddedConnection.statuses(answer) == [200, 200])
        #expect(answer.components(separatedBy: "Connection: close").count == 2)
        busy.advance(.seconds(1))
        #expect(!busy.channel.isActive)
    }

    @Test func oneReadGoesAheadWhileARequestIsDecidedAndNoMore() throws {
        let box = PendingAnswer()
        let connection = try EmbeddedConnection(TestService { _, eventLoop in box.future(on: eventLoop) })
        let reads = ReadCounter()
        try connection.channel.pipeline.syncOperations.addHandler(reads, position: .first)
        connection.receive(Self.whole)
        let before = reads.count
        connection.channel.pipeline.read()
        #expect(reads.count == before + 1)
        // What it brings is held back, and nothing more is read.
        connection.receive("POST / HTTP/1.1\r\n")
        connection.channel.pipeline.read()
        #expect(reads.count == before + 1)
        box.succeed(.text(200, "answer"))
        connection.channel.embeddedEventLoop.run()
        #expect(reads.count == before + 2)
    }
}

private final class ReadCounter: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    var count = 0

    func read(context: ChannelHandlerContext) {
        count += 1
        context.read()
    }
}
