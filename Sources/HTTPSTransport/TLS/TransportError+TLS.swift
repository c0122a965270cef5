// The codes of TLS: contexts and certificate files first, then handshakes and connections.

extension TransportError.Code {
    /// A certificate or key file cannot be opened or read.
    package static let certificateFileUnreadable = Self(rawValue: "tls_certificate_file_unreadable")
    package static let keyFileUnreadable = Self(rawValue: "tls_key_file_unreadable")
    /// A certificate file holds no certificate, or a damaged one.
    package static let certificateFileMalformed = Self(rawValue: "tls_certificate_file_malformed")
    /// A key file holds no private key, or a damaged one.
    package static let keyFileMalformed = Self(rawValue: "tls_key_file_malformed")
    package static let keyFileEncrypted = Self(rawValue: "tls_key_file_encrypted")
    /// Others than the owner may read or write the key file.
    package static let keyFilePermissions = Self(rawValue: "tls_key_file_permissions")
    package static let keyMismatch = Self(rawValue: "tls_key_mismatch")
    package static let ownCertificateExpired = Self(rawValue: "tls_own_certificate_expired")
    package static let ownCertificateNotYetValid = Self(rawValue: "tls_own_certificate_not_yet_valid")
    package static let ownCertificateUnsuitable = Self(rawValue: "tls_own_certificate_unsuitable")
    package static let chainOutOfOrder = Self(rawValue: "tls_chain_out_of_order")
    package static let chainBroken = Self(rawValue: "tls_chain_broken")
    /// The roots or pin given to a client cannot be used.
    package static let trustAnchorsUnusable = Self(rawValue: "tls_trust_anchors_unusable")
    /// OpenSSL, or its configuration on this host, does not allow what is needed.
    package static let tlsUnavailable = Self(rawValue: "tls_unavailable")

    package static let handshakeFailed = Self(rawValue: "tls_handshake_failed")
    package static let handshakeTimeout = Self(rawValue: "tls_handshake_timeout")
    /// The peer ended the connection without TLS's close_notify: what came last may be cut off.
    package static let tlsTruncated = Self(rawValue: "tls_truncated")
    /// The peer broke the TLS protocol, or sent a fatal alert, after the handshake.
    package static let tlsProtocolError = Self(rawValue: "tls_protocol_error")

    package static let certificateExpired = Self(rawValue: "tls_certificate_expired")
    package static let certificateNotYetValid = Self(rawValue: "tls_certificate_not_yet_valid")
    package static let certificateNameMismatch = Self(rawValue: "tls_certificate_name_mismatch")
    package static let certificateUnknownAuthority = Self(rawValue: "tls_certificate_unknown_authority")
    package static let certificateRejected = Self(rawValue: "tls_certificate_rejected")
    package static let pinMismatch = Self(rawValue: "tls_pin_mismatch")
}
