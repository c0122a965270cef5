// OpenSSL reports errors in a queue per thread. Every call into libssl must start with an empty one: an error left
// behind by another connection of the same event loop would otherwise be taken for this one's (SSL_get_error(3)).

import COpenSSL

enum OpenSSLErrorQueue {
    /// One error as OpenSSL tells it.
    struct Entry {
        var library: Int32
        var reason: Int32
        var text: String
    }

    static func clear() {
        ERR_clear_error()
    }

    /// The first error of this thread's queue, which is its cause; the queue is empty afterwards.
    static func take() -> Entry? {
        let code = ERR_get_error()
        ERR_clear_error()
        guard code != 0 else { return nil }
        let text = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
        return Entry(library: ERR_GET_LIB(code), reason: ERR_GET_REASON(code), text: text)
    }

    /// `take` as the end of a sentence.
    static func takeText() -> String {
        take()?.text ?? "OpenSSL gives no reason"
    }
}

/// What a failed handshake means in words, for the person at either end.
func explainHandshake(_ entry: OpenSSLErrorQueue.Entry?) -> String {
    guard let entry else { return "The TLS handshake failed; OpenSSL gives no reason" }
    guard entry.library == ERR_LIB_SSL, let hint = hint(for: entry.reason) else {
        return "The TLS handshake failed: \(entry.text)"
    }
    return "The TLS handshake failed: \(hint) (\(entry.text))"
}

private func hint(for reason: Int32) -> String? {
    switch reason {
    case SSL_R_HTTP_REQUEST: "plain HTTP was sent to an HTTPS port; the URL must begin with https://"
    case SSL_R_WRONG_VERSION_NUMBER: "the peer does not speak TLS on this port, or only an ancient version"
    case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_VERSION_TOO_LOW, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION:
        "no common TLS version; 1.2 and 1.3 are spoken here, older ones are refused"
    case SSL_R_NO_SHARED_CIPHER, SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE:
        "no common cipher suite, group or signature algorithm; see the policy in openssl.cnf at both ends"
    case SSL_R_NO_APPLICATION_PROTOCOL, SSL_R_TLSV1_ALERT_NO_APPLICATION_PROTOCOL:
        "no common application protocol (ALPN)"
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
        "the peer does not know the authority of this certificate; give it the root certificate"
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED: "the peer says that this certificate has expired; renew it"
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN,
        SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
        "the peer refuses this certificate: wrong name, wrong pin or not trusted there"
    default: nil
    }
}
