// What goes into the HTTP client and what comes out.

package import NIOCore

/// One request, sent exactly as it stands here.
package struct HTTPClientRequest: Sendable {
    /// DNS name or IP address (IPv6 without brackets): connected to, checked in the certificate, named in `Host`.
    package var host: String
    package var port: Int
    package var method: String
    /// The request target in origin form (RFC 9112 section 3.2.1).
    package var target: String
    /// Sent in this order and spelling. `Host` is put before them and `Content-Length` after them unless present.
    package var headers: HTTPHeaderFields
    package var body: ByteBuffer

    package init(
        host: String, port: Int, method: String, target: String, headers: HTTPHeaderFields = .init(),
        body: ByteBuffer = ByteBuffer()
    ) {
        self.host = host
        self.port = port
        self.method = method
        self.target = target
        self.headers = headers
        self.body = body
    }

    /// A request to the URL, whose path is followed by `appending`.
    package init(
        method: String, url: HTTPURL, appending: String = "", headers: HTTPHeaderFields = .init(),
        body: ByteBuffer = ByteBuffer()
    ) {
        let target = url.path + appending
        self.init(
            host: url.host, port: url.port, method: method, target: target.isEmpty ? "/" : target, headers: headers,
            body: body)
    }
}

/// One whole response. Redirects are responses like any other.
package struct HTTPClientResponse: Sendable {
    package var status: Int
    package var headers: HTTPHeaderFields
    package var body: ByteBuffer
    /// From the call to the last byte: connecting and TLS included.
    package var elapsed: TimeAmount
    /// What a pinning client noted about the certificate but did not enforce.
    package var tlsObservations: [String]
}

/// What a client allows and does beyond one exchange.
package struct HTTPClientOptions: Sendable {
    /// Bytes of a response's body; more is `response_too_large`.
    package var maximumResponseBody = 64 * 1024
    /// Bytes of names and values of a response's fields; more is `response_too_large`.
    package var maximumResponseHead = 16 * 1024
    /// Whether one idle connection per origin is kept and used again.
    package var keepsConnections = false

    package init(
        maximumResponseBody: Int = 64 * 1024, maximumResponseHead: Int = 16 * 1024, keepsConnections: Bool = false
    ) {
        self.maximumResponseBody = maximumResponseBody
        self.maximumResponseHead = maximumResponseHead
        self.keepsConnections = keepsConnections
    }
}
