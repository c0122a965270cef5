// Two TLSHandlers back to back in memory, with the test as the wire between them.

import HTTPSTransport
import NIOCore
import NIOEmbedded

/// Notes what comes out of a TLSHandler, and lets a test act at that moment.
final class Recorder: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    var received = ByteBuffer()
    var reads = 0
    var handshake: (applicationProtocol: String?, version: String)?
    var inputClosed = 0
    var inactive = 0
    var errors: [any Error] = []
    var onRead: ((ChannelHandlerContext, ByteBuffer) -> Void)?
    var onHandshake: ((ChannelHandlerContext) -> Void)?
    var onWritable: ((ChannelHandlerContext) -> Void)?

    var codes: [String] { errors.map { ($0 as? TransportError)?.code.rawValue ?? "\($0)" } }
    var text: String { String(buffer: received) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        reads += 1
        received.writeImmutableBuffer(bytes)
        onRead?(context, bytes)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let name, let version)? = event as? TLSUserEvent {
            handshake = (name, version)
            onHandshake?(context)
        }
        if let event = event as? ChannelEvent, event == .inputClosed { inputClosed += 1 }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { onWritable?(context) }
    }

    func channelInactive(context: ChannelHandlerContext) { inactive += 1 }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { errors.append(error) }
}

/// Stands for a socket with a small send buffer: unwritable from `capacity` bytes on, until the wire takes them.
final class SmallSocket: ChannelOutboundHandler {
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let capacity: Int
    private(set) var pending = 0
    private(set) var mostPending = 0
    var readRequests = 0

    init(capacity: Int = .max) { self.capacity = capacity }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        pending += unwrapOutboundIn(data).readableBytes
        mostPending = max(mostPending, pending)
        context.write(data, promise: promise)
        guard pending >= capacity, let channel = context.channel as? EmbeddedChannel, channel.isWritable else { return }
        channel.isWritable = false
        channel.pipeline.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        readRequests += 1
        context.read()
    }

    func taken(_ channel: EmbeddedChannel) {
        pending = 0
        guard !channel.isWritable else { return }
        channel.isWritable = true
        channel.pipeline.fireChannelWritabilityChanged()
    }
}

final class TLSPair {
    struct End {
        let channel: EmbeddedChannel
        let recorder = Recorder()
        let socket: SmallSocket

        init(_ handler: TLSHandler, _ loop: EmbeddedEventLoop, capacity: Int) throws {
            channel = EmbeddedChannel(loop: loop)
            socket = SmallSocket(capacity: capacity)
            try channel.pipeline.syncOperations.addHandlers([socket, handler, recorder])
        }

        /// TCP's end of stream, with nothing said in TLS.
        func tcpEnds() { channel.pipeline.fireChannelInactive() }

        func write(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }

        func takeOutput() throws -> ByteBuffer? {
            var all = ByteBuffer()
            while let next = try channel.readOutbound(as: ByteBuffer.self) { all.writeImmutableBuffer(next) }
            socket.taken(channel)
            return all.readableBytes > 0 ? all : nil
        }
    }

    let loop = EmbeddedEventLoop()
    let client: End
    let server: End

    init(
        _ fixture: TLSFixture, client clientContext: TLSClientContext? = nil, serverName: String = "localhost",
        server serverContext: TLSServerContext? = nil, serverProtocols: [String] = ["h2", "http/1.1"],
        capacity: Int = .max, timeout: TimeAmount = .seconds(5)
    ) throws {
        client = try End(
            TLSHandler(
                client: try clientContext ?? fixture.client(), serverName: serverName, handshakeTimeout: timeout),
            loop, capacity: capacity)
        server = try End(
            TLSHandler(server: try serverContext ?? fixture.server(serverProtocols), handshakeTimeout: timeout),
            loop, capacity: capacity)
    }

    /// An EmbeddedChannel that is not closed keeps its pipeline for ever, which a search for leaks would report.
    deinit {
        for end in [client, server] {
            end.channel.close(promise: nil)
            end.tcpEnds()
        }
        loop.run()
    }

    /// Connects, and carries bytes until the handshake is over.
    static func connected(_ fixture: TLSFixture, capacity: Int = .max) throws -> TLSPair {
        let pair = try TLSPair(fixture, capacity: capacity)
        try pair.connect()
        try pair.carry()
        return pair
    }

    func connect() throws {
        let address = try SocketAddress(ipAddress: "127.0.0.1", port: 1)
        client.channel.connect(to: address, promise: nil)
        server.channel.connect(to: address, promise: nil)
    }

    /// Carries bytes both ways, in pieces of at most `size`, until both ends are silent.
    func carry(pieces size: Int = .max) throws {
        var moved = true
        while moved {
            moved = try carry(from: client, to: server, size)
            moved = try carry(from: server, to: client, size) || moved
            loop.run()
        }
    }

    @discardableResult
    func carry(from source: End, to sink: End, _ size: Int = .max) throws -> Bool {
        guard var bytes = try source.takeOutput() else { return false }
        while sink.channel.isActive, let piece = bytes.readSlice(length: min(size, bytes.readableBytes)),
            piece.readableBytes > 0
        {
            try sink.channel.writeInbound(piece)
        }
        return true
    }
}

/// What became of a promise, asked on its event loop.
final class Fate {
    private(set) var result: Result<Void, any Error>?
    var error: (any Error)? { if case .failure(let error)? = result { error } else { nil } }
    var succeeded: Bool { if case .success? = result { true } else { false } }

    static func of(_ promise: EventLoopPromise<Void>) -> Fate {
        let fate = Fate()
        promise.futureResult.assumeIsolated().whenComplete { fate.result = $0 }
        return fate
    }
}
