import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPSTransport

@Suite struct HTTP1RequestTests {
    struct Malformed: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let request: String
        let status: Int

        init(_ name: String, _ request: String, _ status: Int) {
            self.testDescription = name
            self.request = request
            self.status = status
        }
    }

    private static let long = String(repeating: "x", count: 17 * 1024)

    @Test(arguments: [
        Malformed(
            "both lengths",
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400
        ),
        Malformed(
            "both, other order",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", 400
        ),
        Malformed(
            "two lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
        Malformed(
            "same length twice", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
        Malformed("length list", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc", 400),
        Malformed("signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc", 400),
        Malformed("negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -3\r\n\r\nabc", 400),
        Malformed("huge length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\nabc", 400),
        Malformed("unknown coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\nabc", 400),
        Malformed(
            "coding list", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
        Malformed(
            "coding twice",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            400
        ),
        Malformed(
            "obfuscated coding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
        Malformed("coding in 1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        Malformed("space before colon", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc", 400),
        Malformed("no host", "GET / HTTP/1.1\r\n\r\n", 400),
        Malformed("two hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        Malformed("bad chunk size", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", 400),
        Malformed("garbage", "\u{16}\u{3}\u{1}\u{2}\u{0}", 400),
        Malformed("version 2.0 in text", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400),
        Malformed(
            "expects something else", "POST / HTTP/1.1\r\nHost: a\r\nExpect: tea\r\nContent-Length: 3\r\n\r\n", 417),
        Malformed("one huge field", "GET / HTTP/1.1\r\nHost: a\r\nX: \(long)\r\n\r\n", 431),
        Malformed("huge target", "GET /\(long) HTTP/1.1\r\nHost: a\r\n\r\n", 431),
        Malformed("endless field", "GET / HTTP/1.1\r\nHost: a\r\nX: \(long)", 431),
        Malformed(
            "many fields", "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: 300) + "\r\n", 431),
        Malformed("body announced too long", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8388609\r\n\r\n", 413),
        Malformed(
            "endless chunk extension",
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;\(long)\(long)", 400
        ),
        Malformed(
            "endless trailer", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nT: \(long)\(long)",
            431
        ),
    ])
    func isRefusedOnceAndClosed(malformed: Malformed) throws {
        let (request, status) = (malformed.request, malformed.status)
        let connection = try EmbeddedConnection(TestService())
        connection.receive(request)
        let answer = try connection.sent()
        #expect(EmbeddedConnection.statuses(answer) == [status], "\(answer)")
        #expect(answer.contains("\r\nConnection: close\r\n"))
        #expect(connection.service.refusals.count == 1)
        #expect(connection.service.refusals.first?.status == status)
        #expect(connection.bodies.bytes == 0)
        // What comes after is no request any more.
        connection.receive("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        #expect(try connection.sent().isEmpty)
        connection.advance(.seconds(5))
        #expect(!connection.channel.isActive)
    }

    @Test(arguments: [
        ("POST /a?b=c HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", "POST", "/a?b=c", "abc"),
        (
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n2;x=y\r\nbc\r\n0\r\nT: x\r\n\r\n",
            "POST", "/", "abc"
        ),
        ("GET http://a.example/x HTTP/1.1\r\nHost: a.example\r\n\r\n", "GET", "/x", ""),
        ("GET http://a.example?x HTTP/1.1\r\nHost: a.example\r\n\r\n", "GET", "/?x", ""),
        ("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS", "*", ""),
        ("DELETE //double HTTP/1.1\r\nhOsT: a\r\ncontent-LENGTH: 0\r\n\r\n", "DELETE", "//double", ""),
        ("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET", "/", ""),
    ])
    func reachesTheServiceWholeHoweverItIsCut(request: String, method: String, target: String, body: String) throws {
        for size in [1, 2, 7, request.utf8.count] {
            let connection = try EmbeddedConnection(TestService())
            let bytes = Array(request.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                connection.receive(String(decoding: bytes[start..<min(start + size, bytes.count)], as: UTF8.self))
            }
            let answer = try connection.sent()
            #expect(EmbeddedConnection.statuses(answer) == [200])
            #expect(answer.hasSuffix("\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"))
            #expect(answer.contains("\r\nDate: "))
            #expect(!answer.contains("Connection: close"))
            let head = try #require(connection.service.heads.first)
            #expect(head.method == method)
            #expect(head.target == target)
            #expect(head.version == .http1)
            #expect(head.peer.description == "192.0.2.1:7")
            #expect(connection.bodies.bytes == 0)
        }
    }

    @Test func pipelinedRequestsAreAnsweredInOrderOneAtATime() throws {
        let promises = (0..<3).map { _ in PendingAnswer() }
        let service = TestService { request, eventLoop in
            promises[Int(String(buffer: request.body)) ?? 0].future(on: eventLoop)
        }
        let connection = try EmbeddedConnection(service)
        connection.receive(
            (0..<3).map { "POST /\($0) HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\n\($0)" }.joined())
        #expect(service.heads.map(\.target) == ["/0"])
        #expect(try connection.sent().isEmpty)
        for number in 0..<3 {
            promises[number].succeed(.text(200, "answer \(number)"))
            connection.channel.embeddedEventLoop.run()
            let answer = try connection.sent()
            #expect(answer.hasSuffix("answer \(number)\n"))
            #expect(EmbeddedConnection.statuses(answer) == [200])
        }
        #expect(service.heads.count == 3)
    }

    @Test func hundredsOfTinyPipelinedRequestsAreAllAnswered() throws {
        let connection = try EmbeddedConnection(TestService())
        connection.receive(String(repeating: "GET / HTTP/1.1\r\nHost: a\r\n\r\n", count: 500))
        #expect(EmbeddedConnection.statuses(try connection.sent()).count == 500)
        // Behind a chunked body the parser runs ahead of the answers.
        connection.receive(
            String(
                repeating: "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
                count: 500))
        #expect(EmbeddedConnection.statuses(try connection.sent()).count == 500)
    }

    @Test func anErrorBehindAPipelinedRequestComesAfterItsAnswer() throws {
        let box = PendingAnswer()
        let service = TestService { _, eventLoop in box.future(on: eventLoop) }
        let connection = try EmbeddedConnection(service)
        connection.receive(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\nGARBAGE\r\n\r\n")
        #expect(try connection.sent().isEmpty)
        box.succeed(.text(200, "first"))
        connection.channel.embeddedEventLoop.run()
        #expect(EmbeddedConnection.statuses(try connection.sent()) == [200, 400])
    }

    @Test(arguments: [
        "GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n",
        "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n",
    ])
    func theConnectionClosesAfterTheAnswerWhereItMust(request: String) throws {
        let connection = try EmbeddedConnection(TestService())
        connection.receive(request)
        let answer = try connection.sent()
        #expect(EmbeddedConnection.statuses(answer) == [200])
        #expect(answer.contains("\r\nConnection: close\r\n"))
        connection.advance(.seconds(1))
        #expect(!connection.channel.isActive)
        #expect(connection.service.refusals.isEmpty)
    }
}
