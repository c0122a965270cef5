// Decides whether a new connection speaks HTTP/1.1 or HTTP/2.

import NIOCore
import NIOHTTP1

/// First handler of a connection above TLS. With TLS the handshake has chosen by ALPN (RFC 7301); in clear text the
/// first bytes tell: HTTP/2 with prior knowledge begins with a fixed preface (RFC 9113 section 3.4). Once decided, it
/// installs the protocol's handlers, hands over what it has and leaves.
final class ProtocolSelector: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private static let preface = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)

    private let scope: ConnectionScope
    private let peer: PeerAddress
    private let isSecure: Bool
    private var received = ByteBuffer()
    private var started = NIODeadline.distantPast
    private var timer: DeadlineTimer?

    init(scope: ConnectionScope, peer: PeerAddress, isSecure: Bool) {
        self.scope = scope
        self.peer = peer
        self.isSecure = isSecure
    }

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.stop()
        timer = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.stop()
        timer = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        guard !isSecure else { return }
        let view = received.readableBytesView
        guard view.elementsEqual(Self.preface.prefix(view.count)) || view.starts(with: Self.preface) else {
            return select(.http1, context)
        }
        if view.count >= Self.preface.count { select(.http2, context) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSUserEvent.handshakeCompleted(let applicationProtocol, _):
            started = context.eventLoop.now
            select(applicationProtocol == "h2" ? .http2 : .http1, context)
        case ChannelEvent.inputClosed, ServerEvent.drain:
            context.close(promise: nil)
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TransportError {
            let cause: TransportRefusal.Cause =
                error.code.rawValue == "tls_handshake_timeout" ? .handshakeTimeout : .handshakeFailed
            scope.report(cause, peer, status: nil, error.message)
        }
        context.close(promise: nil)
    }

    private func start(_ context: ChannelHandlerContext) {
        guard started == .distantPast else { return }
        started = context.eventLoop.now
        // The handshake has a timeout of its own.
        guard !isSecure else { return }
        let deadline = started + scope.limits.headerTimeout
        let timer = DeadlineTimer(eventLoop: context.eventLoop) {
            self.scope.report(.headerTimeout, self.peer, status: nil, "no request came")
            context.close(promise: nil)
            return nil
        }
        self.timer = timer
        timer.arm(noLaterThan: deadline)
    }

    private func select(_ version: HTTPProtocolVersion, _ context: ChannelHandlerContext) {
        timer?.stop()
        timer = nil
        let pipeline = context.pipeline.syncOperations
        do {
            switch version {
            case .http1: try pipeline.addHTTP1(scope: scope, peer: peer, established: started, after: self)
            case .http2:
                let handler = HTTP2ConnectionHandler(scope: scope, peer: peer, established: started)
                try pipeline.addHandler(handler, position: .after(self))
            }
        } catch {
            return context.close(promise: nil)
        }
        if received.readableBytes > 0 {
            context.fireChannelRead(wrapInboundOut(received))
            received = ByteBuffer()
            context.fireChannelReadComplete()
        }
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}

extension ChannelPipeline.SynchronousOperations {
    /// Installs the handlers of an HTTP/1.1 connection that was ready at `established`.
    func addHTTP1(
        scope: ConnectionScope, peer: PeerAddress, established: NIODeadline, after selector: ProtocolSelector
    ) throws {
        let connection = HTTP1Connection(scope: scope, peer: peer, established: established)
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = scope.limits.head
        limits.maxHeaderListSize = scope.limits.head
        let handlers: [any ChannelHandler] = [
            HTTP1ByteHandler(connection),
            ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits)),
            HTTP1PartHandler(connection),
        ]
        try addHandlers(handlers, position: .after(selector))
    }
}
