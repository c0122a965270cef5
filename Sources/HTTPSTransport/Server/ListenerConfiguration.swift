// What a server listens on.

import NIOCore

/// One listening socket and what is served behind it.
package struct ListenerConfiguration: Sendable {
    package enum Address: Sendable, Equatable {
        /// A host name or address, and a port; port 0 lets the system choose.
        case tcp(host: String, port: Int)
        /// A socket file, mode 0600. A stale one is replaced, and it is removed at shutdown.
        case unix(path: String)
    }

    /// Names the listener in errors and in `HTTPServer.addresses`; unique in a server.
    package var name: String
    package var address: Address
    /// `nil` serves clear text, HTTP/1.1 and HTTP/2 with prior knowledge.
    package var tls: TLSServerContext?
    /// Peers outside of these networks are closed right after accept. `nil` lets everyone in; a Unix socket ignores it.
    package var allowFrom: [CIDR]?
    package var service: any HTTPService

    /// Health and control: reachable even when other listeners have used up every connection and all memory for requests.
    package let isAdministrative: Bool

    package init(
        name: String, address: Address, tls: TLSServerContext? = nil, allowFrom: [CIDR]? = nil,
        isAdministrative: Bool = false, service: any HTTPService
    ) {
        self.name = name
        self.address = address
        self.tls = tls
        self.allowFrom = allowFrom
        self.isAdministrative = isAdministrative
        self.service = service
    }

    func admits(_ peer: SocketAddress?) -> Bool {
        guard let allowFrom, case .tcp = address else { return true }
        guard let text = peer?.ipAddress, let host = IPAddress(text) else { return false }
        return allowFrom.contains { $0.contains(host) }
    }
}
