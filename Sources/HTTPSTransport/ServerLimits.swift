// The limits that a server enforces on hostile and unlucky peers; see docs/interfaces.md, `limits`.

package import NIOCore

/// Limits of one server. The defaults are those of the documented configuration file.
package struct ServerLimits: Sendable, Equatable {
    /// Longest body of one request, in bytes. Longer: 413.
    package var body = 8 * 1024 * 1024
    /// All unfinished bodies of all connections together, and the heads of HTTP/2 requests, in bytes. Beyond: 503.
    package var bodies = 64 * 1024 * 1024
    /// Longest head (request line and header fields together), in bytes. Longer: 431.
    package var head = 16 * 1024
    /// TLS handshake, from accept to finished.
    package var handshakeTimeout = TimeAmount.seconds(5)
    /// Head, from its first byte (or from the end of the handshake for the first request) to its last. Slower: 408.
    package var headerTimeout = TimeAmount.seconds(5)
    /// Body, from the end of the head to its last byte, however many drips it comes in. Slower: 408.
    package var bodyTimeout = TimeAmount.seconds(10)
    /// A connection without a request in progress.
    package var idleTimeout = TimeAmount.seconds(60)
    /// Accepted connections at one time. Further ones are closed at once.
    package var connections = 10_000
    /// HTTP/2 streams that a peer may have open on one connection.
    package var concurrentStreams = 100

    package init() {}
}
