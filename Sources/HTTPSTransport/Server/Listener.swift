// One listening socket and the connections that it accepts.

import Glibc
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// A bound listener.
final class Listener: Sendable {
    let name: String
    let scope: ConnectionScope
    private let channel: any Channel
    private let socketPath: String?
    private let tls: NIOLockedValueBox<TLSServerContext?>

    private init(
        name: String, scope: ConnectionScope, channel: any Channel, socketPath: String?,
        tls: NIOLockedValueBox<TLSServerContext?>
    ) {
        self.name = name
        self.scope = scope
        self.channel = channel
        self.socketPath = socketPath
        self.tls = tls
    }

    var address: SocketAddress? { channel.localAddress }

    func replaceTLS(_ context: TLSServerContext) {
        tls.withLockedValue { current in
            if current != nil { current = context }
        }
    }

    func close() async {
        // Fails only where it is closed already.
        try? await channel.close().get()
        if let socketPath { unlink(socketPath) }
    }

    static func bind(
        _ configuration: ListenerConfiguration, scope: ConnectionScope, registry: ConnectionRegistry,
        group: any EventLoopGroup
    ) async throws(TransportError) -> Listener {
        let tls = NIOLockedValueBox(configuration.tls)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    // When descriptors run out, accepting pauses instead of spinning.
                    try channel.pipeline.syncOperations.addHandler(AcceptBackoffHandler())
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // One piece for each turn: no peer holds an event loop for longer, or gathers more at once, than another.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                accept(channel, configuration, scope, registry, tls)
            }
        do {
            switch configuration.address {
            case .tcp(let host, let port):
                let channel = try await bootstrap.childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                    .bind(host: host, port: port).get()
                return Listener(name: configuration.name, scope: scope, channel: channel, socketPath: nil, tls: tls)
            case .unix(let path):
                let descriptor = try UnixSocketFile.bind(path)
                let channel = try await bootstrap.withBoundSocket(descriptor).get()
                return Listener(name: configuration.name, scope: scope, channel: channel, socketPath: path, tls: tls)
            }
        } catch {
            throw .listener(configuration, error)
        }
    }

    /// Connections beyond the limit that only administrative listeners get.
    private static let administrativeReserve = 64

    /// Runs on the event loop of the new connection, before its first byte is read.
    private static func accept(
        _ channel: any Channel, _ configuration: ListenerConfiguration, _ scope: ConnectionScope,
        _ registry: ConnectionRegistry, _ tls: NIOLockedValueBox<TLSServerContext?>
    ) -> EventLoopFuture<Void> {
        let peer = PeerAddress(channel.remoteAddress)
        guard configuration.admits(channel.remoteAddress) else {
            scope.report(
                .addressNotAllowed, peer, status: nil, "the address is not in allow_from of \(configuration.name)")
            return channel.close()
        }
        switch registry.admit(channel, reserve: configuration.isAdministrative ? Self.administrativeReserve : 0) {
        case .admitted: break
        case .draining: return channel.close()
        case .full:
            scope.report(.tooManyConnections, peer, status: nil, "\(scope.limits.connections) connections are open")
            return channel.close()
        }
        let context = tls.withLockedValue(\.self)
        return channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            if let context {
                try pipeline.addHandler(
                    TLSHandler(server: context, handshakeTimeout: scope.limits.handshakeTimeout))
            }
            try pipeline.addHandler(ProtocolSelector(scope: scope, peer: peer, isSecure: context != nil))
        }
    }
}
