// The HTTPS server: listeners in, requests to a service.

import NIOConcurrencyHelpers
package import NIOCore
import NIOPosix

/// Listens, accepts within limits, and ends gracefully.
package final class HTTPServer: Sendable {
    /// What a server holds at this moment.
    package struct Statistics: Sendable, Equatable {
        /// Accepted connections, those in their handshake included.
        package var connections: Int
        /// Bytes of request bodies, and of the heads of HTTP/2 requests, that are not answered yet.
        package var bodyBytes: Int

        package init(connections: Int, bodyBytes: Int) {
            self.connections = connections
            self.bodyBytes = bodyBytes
        }
    }

    private let listeners: [Listener]
    private let registry: ConnectionRegistry
    private let budgets: [BodiesBudget]
    private let eventLoop: any EventLoop

    private init(
        listeners: [Listener], registry: ConnectionRegistry, budgets: [BodiesBudget], eventLoop: any EventLoop
    ) {
        self.listeners = listeners
        self.registry = registry
        self.budgets = budgets
        self.eventLoop = eventLoop
    }

    /// Binds all listeners, or none.
    ///
    /// Errors: `listener_address_in_use`, `listener_permission_denied`, `listener_address_unavailable`,
    /// `listener_socket_file`, `listener_failed`; each names the listener and its address.
    package static func start(
        listeners configurations: [ListenerConfiguration], limits: ServerLimits, group: any EventLoopGroup
    ) async throws(TransportError) -> HTTPServer {
        let registry = ConnectionRegistry(limit: limits.connections)
        let bodies = BodiesBudget(limit: limits.bodies)
        // Health and control stay reachable when other listeners have used up all memory.
        let administrativeBodies = BodiesBudget(limit: min(limits.bodies, administrativeBudget))
        let date = HTTPDateCache()
        var listeners: [Listener] = []
        for configuration in configurations {
            let scope = ConnectionScope(
                service: configuration.service, limits: limits,
                bodies: configuration.isAdministrative ? administrativeBodies : bodies, date: date)
            do {
                listeners.append(
                    try await Listener.bind(configuration, scope: scope, registry: registry, group: group))
            } catch {
                for listener in listeners { await listener.close() }
                throw error
            }
        }
        return HTTPServer(
            listeners: listeners, registry: registry, budgets: [bodies, administrativeBodies], eventLoop: group.next())
    }

    /// Bytes of requests that administrative listeners may hold: their requests are small.
    private static let administrativeBudget = 1 << 20

    /// Where each listener listens, by its name, with the port that the system chose.
    package var addresses: [String: SocketAddress] {
        Dictionary(
            listeners.compactMap { listener in listener.address.map { (listener.name, $0) } },
            uniquingKeysWith: { first, _ in first })
    }

    package var statistics: Statistics {
        Statistics(connections: registry.count, bodyBytes: budgets.reduce(0) { $0 + $1.bytes })
    }

    /// New connections of a listener use this context; present ones keep theirs.
    /// A listener that serves clear text, or a name that is none of a listener, is left as it is.
    package func replaceTLS(listener name: String, context: TLSServerContext) {
        for listener in listeners where listener.name == name { listener.replaceTLS(context) }
    }

    /// Stops accepting, lets what was received be answered, and closes; after `gracePeriod` closes by force.
    ///
    /// HTTP/1.1 connections that are idle close at once, busy ones after their answers with `Connection: close`.
    /// HTTP/2 connections get GOAWAY in two steps and close after their last stream.
    package func shutdown(gracePeriod: TimeAmount) async {
        for listener in listeners { await listener.close() }
        registry.drain()
        let (registry, scope) = (registry, listeners.first?.scope)
        let force = eventLoop.scheduleTask(in: gracePeriod) {
            for channel in registry.closeAll() {
                scope?.report(
                    .graceExpired, PeerAddress(channel.remoteAddress), status: nil,
                    "the grace period of the shutdown ended before the connection did")
            }
        }
        // The future cannot fail; it is there to wait for.
        try? await registry.whenEmpty(on: eventLoop).get()
        force.cancel()
    }
}
