// A service for the tests of the server, and a server around it.

import HTTPSTransport
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import SystemCrypto
import TestSupport
import Testing

/// Answers as it is told and remembers what it saw. Unless told otherwise it echoes the body.
final class TestService: HTTPService {
    typealias Answer = @Sendable (HTTPRequest, any EventLoop) -> EventLoopFuture<HTTPResponse>

    private let refuse: @Sendable (HTTPRequestHead) -> HTTPResponse?
    private let answer: Answer
    private let seen = NIOLockedValueBox((heads: [HTTPRequestHead](), refusals: [TransportRefusal]()))

    init(refuse: @escaping @Sendable (HTTPRequestHead) -> HTTPResponse?, _ answer: @escaping Answer) {
        self.refuse = refuse
        self.answer = answer
    }

    convenience init(_ answer: @escaping Answer) {
        self.init(refuse: { _ in nil }, answer)
    }

    convenience init(refuse: @escaping @Sendable (HTTPRequestHead) -> HTTPResponse?) {
        self.init(refuse: refuse) { request, eventLoop in
            eventLoop.makeSucceededFuture(
                HTTPResponse(
                    status: 200, headers: HTTPHeaderFields([("Content-Type", "text/plain")]), body: request.body))
        }
    }

    convenience init() {
        self.init(refuse: { _ in nil })
    }

    var heads: [HTTPRequestHead] { seen.withLockedValue(\.heads) }
    var refusals: [TransportRefusal] { seen.withLockedValue(\.refusals) }
    var causes: [TransportRefusal.Cause] { refusals.map(\.cause) }

    func refusal(of head: HTTPRequestHead) -> HTTPResponse? {
        seen.withLockedValue { $0.heads.append(head) }
        return refuse(head)
    }

    func respond(to request: HTTPRequest, on eventLoop: any EventLoop) -> EventLoopFuture<HTTPResponse> {
        answer(request, eventLoop)
    }

    func transportRefused(_ refusal: TransportRefusal) {
        seen.withLockedValue { $0.refusals.append(refusal) }
    }
}

/// Decisions that wait until the test lets them go, on an event loop of their own.
final class Gate: Sendable {
    private let promise = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: Void.self)
    private let count = NIOLockedValueBox(0)

    var arrivals: Int { count.withLockedValue(\.self) }

    func service(status: Int = 200) -> TestService {
        TestService { request, _ in
            self.count.withLockedValue { $0 += 1 }
            return self.promise.futureResult.map { HTTPResponse(status: status, body: request.body) }
        }
    }

    func open() { promise.succeed() }

    deinit { open() }
}

/// Starts a server with one listener on 127.0.0.1, runs the body, and stops the server.
func withServer<Result>(
    _ service: any HTTPService, limits: ServerLimits = ServerLimits(), tls: TLSServerContext? = nil,
    allowFrom: [CIDR]? = nil, _ body: (HTTPServer, Int) async throws -> Result
) async throws -> Result {
    let server = try await HTTPServer.start(
        listeners: [
            ListenerConfiguration(
                name: "test", address: .tcp(host: "127.0.0.1", port: 0), tls: tls, allowFrom: allowFrom,
                service: service)
        ],
        limits: limits, group: MultiThreadedEventLoopGroup.singleton)
    do {
        let port = try #require(server.addresses["test"]?.port)
        let result = try await body(server, port)
        await server.shutdown(gracePeriod: .seconds(5))
        return result
    } catch {
        await server.shutdown(gracePeriod: .seconds(5))
        throw error
    }
}

/// Waits for a condition, at most ten seconds; the outcome is the condition's last value.
func eventually(_ condition: @Sendable () -> Bool) async -> Bool {
    let deadline = ContinuousClock.now + .seconds(10)
    while !condition() {
        guard ContinuousClock.now < deadline else { return false }
        let pause = MultiThreadedEventLoopGroup.singleton.next().scheduleTask(in: .milliseconds(5)) {}
        try? await pause.futureResult.get()
    }
    return true
}

/// A certificate for localhost made for this test, and its authority's file for clients.
struct TestIdentity {
    let directory: TemporaryDirectory
    let authorityFile: String
    let context: TLSServerContext

    init() throws {
        let authority = try DevelopmentCertificateAuthority()
        let identity = try authority.issue()
        directory = try TemporaryDirectory()
        authorityFile = try directory.write("ca.pem", authority.certificatePEM)
        context = try TLSServerContext(
            certificateChainFile: directory.write("server.pem", identity.certificatePEM),
            privateKeyFile: directory.write("server.key", identity.privateKeyPEM),
            applicationProtocols: ["h2", "http/1.1"], now: ContinuousWallClock.secondsSince1970)
    }
}
