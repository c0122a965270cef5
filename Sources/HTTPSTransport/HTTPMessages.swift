// The messages that cross the border between this transport and what it serves.
// They are plain values: nothing above this module sees a channel, a socket or a pointer.

package import NIOCore

/// The header fields of a message, in the order of the wire. Names compare without case (RFC 9110 section 5.1).
package struct HTTPHeaderFields: Sendable, Equatable {
    package struct Field: Sendable, Equatable {
        package var name: String
        package var value: String
    }

    package private(set) var fields: [Field]

    package init(_ fields: [(String, String)] = []) {
        self.fields = fields.map { Field(name: $0.0, value: $0.1) }
    }

    package mutating func reserveCapacity(_ count: Int) { fields.reserveCapacity(count) }

    package mutating func append(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Every value of a field, in order; empty where the field is absent.
    package subscript(_ name: String) -> [String] {
        fields.filter { $0.name.utf8.elementsEqualIgnoringASCIICase(name.utf8) }.map(\.value)
    }

    package func first(_ name: String) -> String? {
        fields.first { $0.name.utf8.elementsEqualIgnoringASCIICase(name.utf8) }?.value
    }
}

extension Sequence where Element == UInt8 {
    /// Compares two byte strings with ASCII letters folded.
    package func elementsEqualIgnoringASCIICase(_ other: some Sequence<UInt8>) -> Bool {
        elementsEqual(other) { ($0 | asciiCaseBit($0)) == ($1 | asciiCaseBit($1)) }
    }
}

private func asciiCaseBit(_ byte: UInt8) -> UInt8 {
    byte >= 0x41 && byte <= 0x5a ? 0x20 : 0
}

/// The version of HTTP that carried a message.
package enum HTTPProtocolVersion: String, Sendable {
    case http1 = "HTTP/1.1"
    case http2 = "HTTP/2"
}

/// Where a request came from: an address and port, or a Unix socket.
package struct PeerAddress: Sendable, Hashable, CustomStringConvertible {
    /// The textual IP address without port or zone, `unix` for a Unix socket.
    package let host: String
    package let port: Int?

    package init(host: String, port: Int?) {
        self.host = host
        self.port = port
    }

    package init(_ address: SocketAddress?) {
        self.init(host: address?.ipAddress ?? "unix", port: address?.port)
    }

    package var description: String {
        guard let port else { return host }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}

/// The start of a request: what is known before its body arrives.
package struct HTTPRequestHead: Sendable {
    package var method: String
    /// The request target as sent (origin form, query included).
    package var target: String
    package var headers: HTTPHeaderFields
    package var version: HTTPProtocolVersion
    package var peer: PeerAddress
    /// When the head was complete; the deadline of the request counts from here.
    package var arrival: NIODeadline

    package init(
        method: String, target: String, headers: HTTPHeaderFields, version: HTTPProtocolVersion, peer: PeerAddress,
        arrival: NIODeadline
    ) {
        self.method = method
        self.target = target
        self.headers = headers
        self.version = version
        self.peer = peer
        self.arrival = arrival
    }

    /// The target up to the first `?`.
    package var path: Substring {
        target.prefix { $0 != "?" }
    }
}

/// A whole request.
package struct HTTPRequest: Sendable {
    package var head: HTTPRequestHead
    package var body: ByteBuffer

    package init(head: HTTPRequestHead, body: ByteBuffer) {
        self.head = head
        self.body = body
    }
}

/// A whole response. `Content-Length`, `Date`, `Connection` are the transport's business.
package struct HTTPResponse: Sendable {
    package var status: Int
    package var headers: HTTPHeaderFields
    package var body: ByteBuffer

    package init(status: Int, headers: HTTPHeaderFields = .init(), body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A one-line text response, the shape of every refusal.
    package static func text(_ status: Int, _ line: String, headers: [(String, String)] = []) -> HTTPResponse {
        HTTPResponse(
            status: status,
            headers: HTTPHeaderFields(headers + [("Content-Type", "text/plain; charset=utf-8")]),
            body: ByteBuffer(string: line + "\n"))
    }
}
