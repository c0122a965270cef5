import Foundation
import HTTPSTransport
import NIOCore
import NIOPosix
import TestSupport
import Testing

@Suite struct HTTPSClientTests {
    private let plain = HTTPSClient(group: testGroup, tls: nil)

    @Test func theRequestIsSentByteForByte() async throws {
        try await withScript(Script("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) { port, sightings in
            let request = HTTPClientRequest(
                host: "127.0.0.1", port: port, method: "POST", target: "/a%20b?c=d",
                headers: HTTPHeaderFields([
                    ("hOsT", "elsewhere"), ("Accept", "*/*"), ("content-LENGTH", "7"), ("X-Twice", "2"),
                    ("X-Twice", "1"),
                    ("Content-Type", "application/x-www-form-urlencoded"),
                ]),
                body: ByteBuffer(string: "a\r\n\0\u{e9}b"))
            let response = try await plain.execute(request, deadline: .seconds(10))
            #expect(response.status == 200)
            #expect(String(buffer: response.body) == "ok")
            #expect(response.elapsed > .nanoseconds(0))
            #expect(
                sightings.requests == [
                    "POST /a%20b?c=d HTTP/1.1\r\nhOsT: elsewhere\r\nAccept: */*\r\ncontent-LENGTH: 7\r\nX-Twice: 2\r\n"
                        + "X-Twice: 1\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\na\r\n\0\u{e9}b"
                ])
        }
    }

    @Test func hostComesFirstAndContentLengthLastUnlessGiven() async throws {
        try await withScript(Script("HTTP/1.1 204 No Content\r\n\r\n")) { port, sightings in
            var request = HTTPClientRequest.post(port, "hello")
            request.headers.append("Accept", "*/*")
            _ = try await plain.execute(request, deadline: .seconds(10))
            _ = try await plain.execute(.get(port), deadline: .seconds(10))
            #expect(
                sightings.requests == [
                    "POST /v2/ask HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\nAccept: */*\r\nContent-Length: 5\r\n\r\nhello",
                    "GET / HTTP/1.1\r\nHost: 127.0.0.1:\(port)\r\n\r\n",
                ])
        }
    }

    @Test(
        "answers are returned as they come",
        arguments: [
            ("HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n", 302, ""),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 "
                    + "OK\r\nContent-Length: 1\r\n\r\na",
                200, "a"
            ),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", 200, "abcde"),
            ("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nraw", 200, "raw"),
            ("HTTP/1.0 500 Oops\r\n\r\nuntil the end", 500, "until the end"),
            ("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nuntil the end", 200, "until the end"),
        ])
    func answers(bytes: String, status: Int, body: String) async throws {
        try await withScript(Script(bytes)) { port, _ in
            let response = try await plain.execute(.post(port, "x"), deadline: .seconds(10))
            #expect(response.status == status)
            #expect(String(buffer: response.body) == body)
        }
    }

    @Test(
        "answers that are not trustworthy are refused",
        arguments: [
            (
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "malformed_response"
            ),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n0\r\n\r\n",
                "malformed_response"
            ),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc", "malformed_response"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nab", "malformed_response"),
            ("HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nab", "malformed_response"),
            ("HTTP/1.1 200 OK\r\nContent-Length: +2\r\n\r\nab", "malformed_response"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nab", "malformed_response"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "malformed_response"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", "malformed_response"),
            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "malformed_response"),
            ("SSH-2.0-OpenSSH_9.2\r\n", "malformed_response"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc", "connection_closed"),
            ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc", "connection_closed"),
            ("HTTP/1.1 200 OK\r\nContent-Le", "connection_closed"),
            ("", "connection_closed"),
            ("HTTP/1.1 200 OK\r\nContent-Length: 101\r\n\r\n", "response_too_large"),
            ("HTTP/1.1 200 OK\r\n\r\n" + String(repeating: "a", count: 101), "response_too_large"),
            (
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n" + String(repeating: "a", count: 101)
                    + "\r\n0\r\n\r\n", "response_too_large"
            ),
            (
                "HTTP/1.1 200 OK\r\nX: " + String(repeating: "a", count: 1_000) + "\r\nContent-Length: 0\r\n\r\n",
                "response_too_large"
            ),
            (
                "HTTP/1.1 200 OK\r\n" + String(repeating: "X: 1234567890\r\n", count: 100)
                    + "Content-Length: 0\r\n\r\n",
                "response_too_large"
            ),
        ])
    func refused(bytes: String, code: String) async throws {
        let client = HTTPSClient(
            group: testGroup, tls: nil, options: .init(maximumResponseBody: 100, maximumResponseHead: 500))
        try await withScript(Script(bytes)) { port, _ in
            let failure = await failureCode { _ = try await client.execute(.post(port, "x"), deadline: .seconds(10)) }
            #expect(failure == code)
        }
    }

    @Test func aBodyOfExactlyTheLimitIsAccepted() async throws {
        let client = HTTPSClient(group: testGroup, tls: nil, options: .init(maximumResponseBody: 100))
        let body = String(repeating: "a", count: 100)
        try await withScript(Script("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n" + body)) { port, _ in
            let response = try await client.execute(.get(port), deadline: .seconds(10))
            #expect(String(buffer: response.body) == body)
        }
    }

    @Test(
        "a silent or slow server ends at the deadline",
        arguments: ["", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc"])
    func responseTimeout(bytes: String) async throws {
        try await withScript(Script(bytes, .keep)) { port, _ in
            let failure = await failureCode {
                _ = try await plain.execute(.get(port), deadline: .milliseconds(300))
            }
            #expect(failure == "response_timeout")
        }
    }

    @Test func aServerThatIsNotThereIsReported() async throws {
        let port = try await withScript(Script("")) { port, _ in port }
        let failure = await failureCode { _ = try await plain.execute(.get(port), deadline: .seconds(10)) }
        #expect(failure == "connect_failed")
        let lookup = await failureCode {
            _ = try await plain.execute(.get(port, host: "no-such-name.invalid"), deadline: .seconds(10))
        }
        #expect(lookup == "connect_failed")
    }

    @Test func aServerThatDoesNotAcceptIsReportedAtTheDeadline() async throws {
        let full = try FullBacklog()
        let failure = await failureCode { _ = try await plain.execute(.get(full.port), deadline: .milliseconds(300)) }
        #expect(failure == "connect_timeout")
    }

    @Test func aServerThatDoesNotSpeakTLSIsReported() async throws {
        let fixture = try TLSFixture()
        let client = HTTPSClient(group: testGroup, tls: try fixture.client())
        try await withLoopbackServer({ _ in }) { port in
            let failure = await failureCode { _ = try await client.execute(.get(port), deadline: .milliseconds(300)) }
            #expect(failure == "tls_handshake_timeout")
        }
        try await withLoopbackServer({ try $0.pipeline.syncOperations.addHandler(Echo()) }) { port in
            let failure = await failureCode { _ = try await client.execute(.get(port), deadline: .seconds(10)) }
            #expect(failure == "tls_handshake_failed")
        }
    }

    @Test("one connection carries several exchanges only where that is asked for", arguments: [true, false])
    func reuse(keeps: Bool) async throws {
        let client = HTTPSClient(group: testGroup, tls: nil, options: .init(keepsConnections: keeps))
        try await withScript(Script("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", .keep)) { port, sightings in
            for index in 0..<5 {
                let response = try await client.execute(.post(port, "\(index)"), deadline: .seconds(10))
                #expect(String(buffer: response.body) == "ok")
            }
            #expect(sightings.requests.map(\.last) == ["0", "1", "2", "3", "4"])
            #expect(sightings.connections == (keeps ? 1 : 5))
        }
    }

    @Test(
        "answers that end a connection end its reuse",
        arguments: [
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n",
        ])
    func noReuse(bytes: String) async throws {
        let client = HTTPSClient(group: testGroup, tls: nil, options: .init(keepsConnections: true))
        try await withScript(Script(bytes, .keep)) { port, sightings in
            for _ in 0..<2 { _ = try await client.execute(.get(port), deadline: .seconds(10)) }
            #expect(sightings.connections == 2)
        }
    }

    @Test func aUnixSocketIsAServerLikeAnother() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("control.sock").path
        let sightings = Sightings()
        let server = try await ServerBootstrap(group: testGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let script = Script("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                    try channel.pipeline.syncOperations.addHandler(ScriptedAnswer(script, sightings))
                }
            }.bind(unixDomainSocketPath: path).get()
        let client = HTTPSClient.unixSocket(path, group: testGroup)
        let response = try await client.execute(.get(80, host: "control"), deadline: .seconds(10))
        #expect(response.status == 200)
        #expect(sightings.requests == ["GET / HTTP/1.1\r\nHost: control\r\n\r\n"])
        try await server.close().get()
        let failure = await failureCode { _ = try await client.execute(.get(80), deadline: .seconds(10)) }
        #expect(failure == "connect_failed")
    }

    @Test(
        "requests that would not be one request are not sent",
        arguments: [
            HTTPClientRequest(host: "a", port: 1, method: "GET ", target: "/"),
            HTTPClientRequest(host: "a", port: 1, method: "", target: "/"),
            HTTPClientRequest(host: "a", port: 1, method: "GET", target: "/ HTTP/1.1\r\nX: y"),
            HTTPClientRequest(host: "a", port: 1, method: "GET", target: "http://b/"),
            HTTPClientRequest(host: "a", port: 1, method: "GET", target: "/", headers: .init([("X\r\nY", "1")])),
            HTTPClientRequest(host: "a", port: 1, method: "GET", target: "/", headers: .init([("X", "1\r\nY: 2")])),
            HTTPClientRequest(host: "a", port: 1, method: "GET", target: "/", headers: .init([("X", "1\0")])),
            HTTPClientRequest(
                host: "a", port: 1, method: "POST", target: "/", headers: .init([("Content-Length", "1")])),
            HTTPClientRequest(
                host: "a", port: 1, method: "POST", target: "/", headers: .init([("Transfer-Encoding", "chunked")])),
        ])
    func invalidRequests(request: HTTPClientRequest) async {
        let failure = await failureCode { _ = try await plain.execute(request, deadline: .seconds(10)) }
        #expect(failure == "request_invalid")
    }
}
