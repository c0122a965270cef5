// A client that sends exactly the bytes of a test and keeps everything that comes back.

import Foundation
import HTTPSTransport
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

enum ContinuousWallClock {
    static var secondsSince1970: Int64 { Int64(Date().timeIntervalSince1970) }
}

final class RawClient: Sendable {
    private struct Received {
        var bytes = ByteBuffer()
        /// HTTP/2 frames in `bytes`, and how many bytes they are.
        var frames: [HTTP2Frame] = []
        var framed = 0
        var sawEnd = false
        var isClosed = false
    }

    private final class Collector: ChannelInboundHandler, Sendable {
        typealias InboundIn = ByteBuffer
        let received: NIOLockedValueBox<Received>

        init(_ received: NIOLockedValueBox<Received>) { self.received = received }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var bytes = unwrapInboundIn(data)
            received.withLockedValue { _ = $0.bytes.writeBuffer(&bytes) }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed { received.withLockedValue { $0.sawEnd = true } }
        }

        func channelInactive(context: ChannelHandlerContext) { received.withLockedValue { $0.isClosed = true } }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }

    private let channel: any Channel
    private let received: NIOLockedValueBox<Received>

    private init(_ channel: any Channel, _ received: NIOLockedValueBox<Received>) {
        self.channel = channel
        self.received = received
    }

    static func connect(_ port: Int, reads: Bool = true, tls: TLSClientContext? = nil) async throws -> RawClient {
        try await connect(SocketAddress(ipAddress: "127.0.0.1", port: port), reads: reads, tls: tls)
    }

    static func connect(
        _ address: SocketAddress, reads: Bool = true, tls: TLSClientContext? = nil
    ) async throws -> RawClient {
        let received = NIOLockedValueBox(Received())
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelOption(.autoRead, value: reads)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        try channel.pipeline.syncOperations.addHandler(
                            TLSHandler(client: tls, serverName: "localhost", handshakeTimeout: .seconds(120)))
                    }
                    try channel.pipeline.syncOperations.addHandler(Collector(received))
                }
            }
            .connect(to: address).get()
        return RawClient(channel, received)
    }

    var byteCount: Int { received.withLockedValue(\.bytes.readableBytes) }
    var text: String { received.withLockedValue { String(buffer: $0.bytes) } }

    /// The bytes as complete HTTP/2 frames.
    var frames: [HTTP2Frame] {
        received.withLockedValue { received in
            while let frame = HTTP2Frame(received.bytes, at: received.framed) {
                received.frames.append(frame)
                received.framed += 9 + frame.payload.count
            }
            return received.frames
        }
    }

    /// The server has shut its side, or everything.
    var sawEnd: Bool { received.withLockedValue { $0.sawEnd || $0.isClosed } }

    func send(_ text: String) async throws { try await send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) async throws {
        try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
    }

    /// Sends without waiting until the socket has taken it.
    func sendLater(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }

    func shutdownOutput() async throws { try await channel.close(mode: .output).get() }

    func close() async { try? await channel.close().get() }

    /// Ends with RST instead of FIN.
    func reset() async throws {
        try await (channel as? any SocketOptionProvider)?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
        await close()
    }

    func startReading() async throws { try await channel.setOption(.autoRead, value: true).get() }

    func waitFor(_ text: String) async -> Bool {
        await eventually { self.text.contains(text) || self.sawEnd } && self.text.contains(text)
    }

    func waitForEnd() async -> Bool { await eventually { self.sawEnd } }

    /// Connects, sends, and returns everything up to the server's end.
    static func exchange(_ port: Int, _ text: String) async throws -> String {
        let client = try await connect(port)
        try await client.send(text)
        _ = await client.waitForEnd()
        await client.close()
        return client.text
    }
}
