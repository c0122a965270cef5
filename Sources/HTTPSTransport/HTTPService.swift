// What a server needs from the program above it.

package import NIOCore

/// A program behind a server. All three are called on the event loop of the connection and must not block.
package protocol HTTPService: Sendable {
    /// Called when the head of a request is complete, before its body is read. A response refuses the request at once:
    /// it is sent, the body is not read on, and the connection closes after it (HTTP/1.1) or the stream is reset
    /// without error (HTTP/2). `nil` lets the body come.
    func refusal(of head: HTTPRequestHead) -> HTTPResponse?

    /// Called with the whole request. The future must complete on any event loop; a failed one is answered with 500.
    func respond(to request: HTTPRequest, on eventLoop: any EventLoop) -> EventLoopFuture<HTTPResponse>

    /// Called for each request that the transport itself refused or gave up (408, 413, 431, 400, 503), for the log.
    func transportRefused(_ refusal: TransportRefusal)
}

/// A request, or a connection, that ended in the transport before the service saw it.
package struct TransportRefusal: Sendable, Equatable {
    package enum Cause: String, Sendable {
        case handshakeFailed = "handshake_failed"
        case handshakeTimeout = "handshake_timeout"
        case headerTimeout = "header_timeout"
        case bodyTimeout = "body_timeout"
        case headersTooLarge = "headers_too_large"
        case bodyTooLarge = "body_too_large"
        case bodiesBudgetExhausted = "bodies_budget_exhausted"
        case tooManyConnections = "too_many_connections"
        /// The peer's address is in none of the listener's networks; closed right after accept.
        case addressNotAllowed = "address_not_allowed"
        case malformedHTTP = "malformed_http"
        /// HTTP/2 streams opened and reset again and again (CVE-2023-44487 and its relatives).
        case resetFlood = "reset_flood"
        case clientVanished = "client_vanished"
        /// The service's future failed, or its response could not be put on the wire; answered with 500.
        case serviceFailed = "service_failed"
        /// Still open when the grace period of a shutdown ended.
        case graceExpired = "grace_expired"
    }

    package var cause: Cause
    package var peer: PeerAddress
    /// The status that was sent, or `nil` where no answer was possible.
    package var status: Int?
    /// For people: what was wrong, without anything secret. Bounded, printable.
    package var detail: String

    package init(cause: Cause, peer: PeerAddress, status: Int?, detail: String) {
        self.cause = cause
        self.peer = peer
        self.status = status
        self.detail = detail
    }
}
