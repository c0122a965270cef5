// A connection that carries bytes and nothing else, by TLS or in the clear: for protocols that are not HTTP.

import Glibc
import NIOConcurrencyHelpers
package import NIOCore
import NIOPosix

package enum StreamConnection {
    /// How long a peer may acknowledge nothing, in milliseconds, before the system gives the connection up
    /// (TCP_USER_TIMEOUT of tcp(7)).
    private static let unacknowledgedLimit = 30_000

    /// Connects to a host and does the TLS handshake where there is `tls`, with the verification rules of that context.
    ///
    /// The future succeeds when bytes can be sent, and fails with a `TransportError`: `connect_failed`, `connect_timeout`,
    /// `connection_closed`, `tls_*`. The name lookup is not bound by `timeout`, connecting and the handshake are.
    ///
    /// - Parameters:
    ///   - host: DNS name or IP address (IPv6 without brackets), the name in the certificate too.
    ///   - configure: adds the handlers that read and write plaintext, on the channel's event loop. It may be called for
    ///     connections that lose a race between addresses and are closed unused.
    package static func connect(
        host: String, port: Int, tls: TLSClientContext?, timeout: TimeAmount, on eventLoop: any EventLoop,
        configure: @escaping @Sendable (any Channel) throws -> Void
    ) -> EventLoopFuture<any Channel> {
        let opened = NIOLockedValueBox<[ObjectIdentifier: EventLoopFuture<Void>]>([:])
        let userTimeout = ChannelOptions.Types.SocketOption(
            level: .tcp, name: NIOBSDSocket.Option(rawValue: TCP_USER_TIMEOUT))
        return ClientBootstrap(group: eventLoop)
            .connectTimeout(timeout)
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(userTimeout, value: unacknowledgedLimit)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let promise = channel.eventLoop.makePromise(of: Void.self)
                    opened.withLockedValue { $0[ObjectIdentifier(channel)] = promise.futureResult }
                    let pipeline = channel.pipeline.syncOperations
                    if let tls {
                        try pipeline.addHandler(TLSHandler(client: tls, serverName: host, handshakeTimeout: timeout))
                    }
                    try pipeline.addHandler(OpeningHandler(promise, isSecure: tls != nil))
                    try configure(channel)
                }
            }
            .connect(host: host, port: port)
            .flatMapErrorThrowing { error in throw explainConnect(error, "\(host) port \(port)") }
            .flatMap { channel in
                // Where nobody listens on a loopback port, TCP may join a socket to itself (RFC 9293 section 3.5).
                if let own = channel.localAddress, own == channel.remoteAddress {
                    channel.close(promise: nil)
                    return channel.eventLoop.makeFailedFuture(
                        TransportError(.connectFailed, "No connection to \(host) port \(port): nobody listens there"))
                }
                let secured = opened.withLockedValue { $0[ObjectIdentifier(channel)] }
                return (secured ?? channel.eventLoop.makeSucceededVoidFuture()).map { channel }
            }
    }
}

/// Tells when a connection can carry bytes, or why it never will. Passes everything on.
private final class OpeningHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let promise: EventLoopPromise<Void>
    private let isSecure: Bool

    init(_ promise: EventLoopPromise<Void>, isSecure: Bool) {
        self.promise = promise
        self.isSecure = isSecure
    }

    func channelActive(context: ChannelHandlerContext) {
        if !isSecure { promise.succeed() }
        context.fireChannelActive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is TLSUserEvent { promise.succeed() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        promise.fail((error as? TransportError) ?? TransportError(.connectionClosed, "The connection broke: \(error)"))
        context.fireErrorCaught(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        promise.fail(closed)
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        promise.fail(closed)
    }

    private var closed: TransportError {
        TransportError(.connectionClosed, "The connection was closed before it could be used")
    }
}
