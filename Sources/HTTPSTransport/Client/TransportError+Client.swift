// The codes of the HTTP client. Those of TLS are added where TLS is.

extension TransportError.Code {
    package static let urlInvalid = Self(rawValue: "url_invalid")
    /// The caller's request cannot be sent as HTTP/1.1.
    package static let requestInvalid = Self(rawValue: "request_invalid")
    package static let connectFailed = Self(rawValue: "connect_failed")
    package static let connectTimeout = Self(rawValue: "connect_timeout")
    /// Connected, but no whole answer within the deadline.
    package static let responseTimeout = Self(rawValue: "response_timeout")
    /// The peer closed the connection before its answer was whole.
    package static let connectionClosed = Self(rawValue: "connection_closed")
    package static let responseTooLarge = Self(rawValue: "response_too_large")
    package static let malformedResponse = Self(rawValue: "malformed_response")
}
