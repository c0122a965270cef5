import Foundation
import HTTPSTransport
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// Our server and `openssl s_client`.
@Suite struct TLSInteropTests {
    private func withEchoServer<Result>(
        _ fixture: TLSFixture, _ body: (Int) async throws -> Result
    ) async throws -> Result {
        let context = try fixture.server()
        return try await withLoopbackServer(
            { channel in
                try channel.pipeline.syncOperations.addHandlers(
                    TLSHandler(server: context, handshakeTimeout: .seconds(10)), Echo())
            }, body)
    }

    @Test("s_client is accepted with full verification", arguments: ["TLSv1.2", "TLSv1.3"])
    func accepted(version: String) async throws {
        let fixture = try TLSFixture()
        let result = try await withEchoServer(fixture) { port in
            try await run(
                "openssl",
                [
                    "s_client", "-connect", "127.0.0.1:\(port)", "-servername", "localhost", "-alpn", "http/1.1,h2",
                    "-CAfile", fixture.rootFile, "-verify_return_error", "-verify_hostname", "localhost",
                    version == "TLSv1.2" ? "-tls1_2" : "-tls1_3",
                ])
        }
        #expect(result.status == 0, "\(result.errorText)")
        #expect(result.text.contains("New, \(version)") || result.text.contains("Protocol  : \(version)"))
        #expect(result.text.contains("Verification: OK"))
        #expect(result.text.contains("ALPN protocol: h2"))
        #expect(result.text.contains("Compression: NONE"))
    }

    @Test("older versions are refused", arguments: ["-tls1_1", "-tls1"])
    func oldVersions(option: String) async throws {
        let result = try await withEchoServer(TLSFixture()) { port in
            try await run(
                "openssl", ["s_client", "-connect", "127.0.0.1:\(port)", option, "-cipher", "DEFAULT@SECLEVEL=0"])
        }
        #expect(result.status != 0)
        #expect(result.errorText.contains("alert protocol version"), "\(result.errorText)")
    }

    /// Types lines at an s_client, each after its output has shown the words before it, and returns all that it
    /// printed.
    private func converse(_ port: Int, _ option: String, _ lines: [(type: String, until: String)]) async throws
        -> String
    {
        let directory = try TemporaryDirectory()
        let log = directory.file("log").path
        let typing = lines.map { line in
            "printf '\(line.type)\\n'; until grep -q '\(line.until)' \(log); do sleep 0.02; done"
        }
        let result = try await run(
            "sh",
            [
                "-c",
                "touch \(log); (\(typing.joined(separator: "; "))) | "
                    + "openssl s_client -connect 127.0.0.1:\(port) \(option) >\(log) 2>&1; cat \(log)",
            ], timeout: 30)
        return result.text
    }

    @Test func renegotiationIsRefused() async throws {
        let text = try await withEchoServer(TLSFixture()) { port in
            try await converse(port, "-tls1_2", [("before", "^before"), ("R", "renegotiation:")])
        }
        #expect(text.contains("RENEGOTIATING"))
        #expect(text.contains("no renegotiation:"), "\(text)")
    }

    @Test func keyUpdatesAreFollowed() async throws {
        let text = try await withEchoServer(TLSFixture()) { port in
            try await converse(port, "-tls1_3", [("K", "KEYUPDATE"), ("after", "^after")])
        }
        #expect(text.contains("\nafter\n"), "\(text)")
        #expect(!text.contains("alert"), "\(text)")
    }

    @Test func sevenMegabytesGoBothWaysOverASocket() async throws {
        let fixture = try TLSFixture()
        let client = try fixture.client()
        let big = ByteBuffer(bytes: (0..<7_000_000).map { UInt8(truncatingIfNeeded: $0 >> 5) })
        let back = try await withEchoServer(fixture) { port in
            let all = MultiThreadedEventLoopGroup.singleton.next().makePromise(of: ByteBuffer.self)
            let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandlers(
                            TLSHandler(client: client, serverName: "localhost", handshakeTimeout: .seconds(10)),
                            Collector(count: 7_000_000, all))
                    }
                }
                .connect(host: "127.0.0.1", port: port).get()
            try await channel.writeAndFlush(big)
            let back = try await all.futureResult.get()
            try await channel.close().get()
            return back
        }
        #expect(back == big)
    }
}

/// Completes a promise with the first `count` bytes, or with what went wrong before.
final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let count: Int
    private let promise: EventLoopPromise<ByteBuffer>
    private var bytes = ByteBuffer()

    init(count: Int, _ promise: EventLoopPromise<ByteBuffer>) {
        self.count = count
        self.promise = promise
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes.writeImmutableBuffer(unwrapInboundIn(data))
        if bytes.readableBytes >= count { promise.succeed(bytes) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(ChannelError.eof)
    }
}
