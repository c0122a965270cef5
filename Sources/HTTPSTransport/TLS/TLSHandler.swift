// TLS in a channel pipeline, for both roles: ciphertext towards the socket, plaintext towards the application.
// This file: what the handler is made of, its life from activation to removal. Beside it: +Inbound and +Outbound.

package import NIOCore

/// What `TLSHandler` tells the handlers behind it, as user inbound events.
package enum TLSUserEvent: Sendable {
    /// The handshake has ended well. The version is `TLSv1.2` or `TLSv1.3`; the protocol is what ALPN chose, if
    /// anything.
    case handshakeCompleted(applicationProtocol: String?, version: String)
}

/// One TLS connection (RFC 8446, RFC 5246) by OpenSSL between memory BIOs.
///
/// - Writes before the end of the handshake wait; their promises complete when their ciphertext is written, and fail
///   when the connection ends before.
/// - Plaintext is encrypted only while the channel is writable, so that no more ciphertext waits than its high
///   watermark. Before the handshake has ended the channel still calls itself writable: what is written then waits in
///   full.
/// - The peer's close_notify becomes `ChannelEvent.inputClosed` where the channel allows remote half-closure; otherwise
///   flushed writes are sent, close_notify is answered and the channel closes. `close(mode: .output)` sends what was
///   written, then close_notify, then FIN. `close(mode: .all)` drops what the socket did not take.
/// - Errors arrive as `TransportError` in `errorCaught`, then the channel closes: `tls_handshake_failed`,
///   `tls_handshake_timeout`, `tls_certificate_*`, `tls_pin_mismatch`, `tls_truncated`, `tls_protocol_error`.
package final class TLSHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    enum State {
        case idle, handshaking, open, closed
    }

    enum OutputState {
        case open
        /// Closes when the queue is empty: only this direction, or the whole channel.
        case closing(CloseMode, EventLoopPromise<Void>?)
        case closed
    }

    private let makeSession: () throws(TransportError) -> TLSSession
    private let handshakeTimeout: TimeAmount
    private(set) var session: TLSSession?
    /// In the server's role, until the handshake has ended.
    var greeting: ClientGreeting?
    /// Ends a handshake, or a close, that the peer does not let happen.
    var timer: Scheduled<Void>?

    var state = State.idle
    var output = OutputState.open
    /// The peer said close_notify.
    var inputClosed = false
    /// Our close_notify and everything before it is with the socket.
    var outputWritten = false
    /// The record layer broke; nothing can be encrypted any more, and the failure is about to be reported.
    var isBroken = false
    /// The socket itself reported an error: the end that follows is no truncation by the peer.
    var socketFailed = false
    /// Re-entrancy: a handler behind this one may write, close or read while it is being called.
    var isReading = false
    var isPumping = false
    var deliveredSinceReadComplete = false
    /// Answers that TLS itself owes to a peer that does not read.
    var unreadControlBytes = 0
    var queue = PlaintextQueue()
    /// The one that channels have, without asking the channel each time.
    let allocator = ByteBufferAllocator()

    /// What a pinning client noted about the server's certificate but did not enforce. Filled when the handshake ends.
    package var observations: [String] { session?.observations ?? [] }

    /// The server's side of a connection. The time counts from the activation of the channel.
    package init(server: TLSServerContext, handshakeTimeout: TimeAmount) {
        self.handshakeTimeout = handshakeTimeout
        self.makeSession = { () throws(TransportError) in try TLSSession(server.context, .server) }
        self.greeting = ClientGreeting()
    }

    /// The client's side of a connection to a DNS name (sent as SNI, RFC 6066) or IP address (without brackets).
    package init(client: TLSClientContext, serverName: String, handshakeTimeout: TimeAmount) {
        self.handshakeTimeout = handshakeTimeout
        self.makeSession = { () throws(TransportError) in
            try TLSSession(client.context, .client(client.judgement, ServerName(serverName)))
        }
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { start(context) }
    }

    package func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    private func start(_ context: ChannelHandlerContext) {
        guard case .idle = state else { return }
        state = .handshaking
        do throws(TransportError) {
            session = try makeSession()
        } catch {
            return fail(context, error)
        }
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: handshakeTimeout) {
            guard case .handshaking = self.state else { return }
            self.fail(
                context,
                TransportError(
                    .handshakeTimeout,
                    "The TLS handshake did not end within \(self.handshakeTimeout.nanoseconds / 1_000_000) ms"))
        }
        process(context)
        if case .handshaking = state { context.read() }
    }

    func handshakeCompleted(_ context: ChannelHandlerContext, _ session: TLSSession) {
        timer?.cancel()
        timer = nil
        greeting = nil
        state = .open
        sendControl(context)
        context.fireUserInboundEventTriggered(
            TLSUserEvent.handshakeCompleted(
                applicationProtocol: session.applicationProtocol, version: session.version))
        pump(context)
    }

    /// The end of the connection by an error: alert out, promises failed, error up, channel closed.
    func fail(_ context: ChannelHandlerContext, _ error: TransportError) {
        if case .closed = state { return }
        if let alert = session?.takeOutput(allocator) {
            context.writeAndFlush(wrapOutboundOut(alert), promise: nil)
            // A promise completed by that flush may have let the application close.
            if case .closed = state { return }
        }
        finish(error)
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }

    /// Leaves nothing waiting. After this only events pass through.
    func finish(_ error: any Error) {
        state = .closed
        timer?.cancel()
        timer = nil
        var promises = queue.removeAll()
        if case .closing(_, let promise?) = output { promises.append(promise) }
        output = .closed
        for promise in promises { promise.fail(error) }
    }

    package func channelInactive(context: ChannelHandlerContext) {
        switch state {
        case .handshaking where !socketFailed: endedDuringHandshake(context)
        case .open where !inputClosed && !socketFailed: truncated(context)
        default: break
        }
        finish(ChannelError.ioOnClosedChannel)
        context.fireChannelInactive()
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        finish(ChannelError.ioOnClosedChannel)
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        socketFailed = true
        if case .handshaking = state {
            fail(context, TransportError(.handshakeFailed, "The connection broke during the TLS handshake: \(error)"))
        } else {
            context.fireErrorCaught(error)
        }
    }

    func endedDuringHandshake(_ context: ChannelHandlerContext) {
        fail(
            context,
            TransportError(.handshakeFailed, "The peer closed the connection before the TLS handshake had ended"))
    }

    func truncated(_ context: ChannelHandlerContext) {
        fail(
            context,
            TransportError(
                .tlsTruncated,
                "The peer ended the connection without TLS's close_notify; what came last may be cut off"))
    }
}
