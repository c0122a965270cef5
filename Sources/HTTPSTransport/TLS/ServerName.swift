// Whom a client wants to reach: a DNS name or an IP address.

import COpenSSL
import NIOCore

/// The identity that a certificate must name (RFC 6125, RFC 2818 section 3.1 for addresses).
enum ServerName: Sendable {
    case dns(String)
    case address(String)

    /// No `f*.example.com`, and the common name of the subject never counts.
    static let checkFlags = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)

    init(_ text: String) {
        if (try? SocketAddress(ipAddress: text, port: 0)) != nil {
            self = .address(text)
        } else {
            self = .dns(text.hasSuffix(".") ? String(text.dropLast()) : text)
        }
    }

    var text: String {
        switch self {
        case .dns(let text), .address(let text): text
        }
    }

    /// The text of 4 or 16 address bytes.
    static func text(ofAddress bytes: [UInt8]) -> String {
        let packed = ByteBuffer(bytes: bytes)
        return (try? SocketAddress(packedIPAddress: packed, port: 0))?.ipAddress ?? "invalid address"
    }
}
