// Whom a TLS client trusts.

import COpenSSL

/// How a client knows that it talks to the right server.
package enum TLSVerification: Sendable {
    /// The host's certificate store (OpenSSL's default paths; SSL_CERT_FILE and SSL_CERT_DIR are honoured) and these
    /// PEM texts. Chain, dates and subject alternative name are checked.
    case systemTrust(extraRoots: [[UInt8]])
    /// Only these PEM texts. Chain, dates and subject alternative name are checked.
    ///
    /// A chain must end in a self-signed root, as usual. Where one of the given certificates is an intermediate (its
    /// issuer is another), the operator trusts that intermediate itself, and a chain may end there
    /// (X509_V_FLAG_PARTIAL_CHAIN).
    case onlyRoots([[UInt8]])
    /// The SHA-256 of the server's SubjectPublicKeyInfo, 32 bytes. The certificate may be self-signed, expired or for
    /// another name: that is observed for the log, not enforced. The handshake proves that the server holds the key.
    case pinnedPublicKey(sha256: [UInt8])
}

/// A client's trust and protocols. One serves any number of connections.
package final class TLSClientContext: Sendable {
    /// How the sessions of this context judge the peer.
    enum Judgement: Sendable {
        case chainAndName
        case pin(SubjectPublicKeyPin)
        case none
    }

    let context: TLSContextPointer
    let judgement: Judgement

    /// - Parameter applicationProtocols: ALPN names, most wanted first; empty for no ALPN.
    /// - Throws: `tls_trust_anchors_unusable`, `tls_unavailable`.
    package init(verification: TLSVerification, applicationProtocols: [String]) throws(TransportError) {
        context = try TLSContextPointer(.client, applicationProtocols: applicationProtocols)
        switch verification {
        case .systemTrust(let extraRoots):
            judgement = .chainAndName
            guard SSL_CTX_set_default_verify_paths(context.pointer) == 1 else {
                throw TransportError(
                    .trustAnchorsUnusable,
                    "The certificate store of this host cannot be used: \(OpenSSLErrorQueue.takeText()); install "
                        + "ca-certificates, or name the root certificate")
            }
            try add(extraRoots, isOnlyTrust: false)
        case .onlyRoots(let roots):
            judgement = .chainAndName
            try add(roots, isOnlyTrust: true)
        case .pinnedPublicKey(let sha256):
            guard let pin = SubjectPublicKeyPin(digest: sha256) else {
                throw TransportError(.trustAnchorsUnusable, "A pin is a SHA-256 of 32 bytes; this has \(sha256.count)")
            }
            judgement = .pin(pin)
        }
        SSL_CTX_set_cert_verify_callback(context.pointer, judgePeer, nil)
    }

    /// A context that believes any server: for reading its certificate, never for sending anything.
    init(believingAnyServer: Void) throws(TransportError) {
        context = try TLSContextPointer(.client, applicationProtocols: [])
        judgement = .none
        SSL_CTX_set_cert_verify_callback(context.pointer, judgePeer, nil)
    }

    private func add(_ texts: [[UInt8]], isOnlyTrust: Bool) throws(TransportError) {
        guard let store = SSL_CTX_get_cert_store(context.pointer) else { return }
        var roots: [TLSCertificate] = []
        for text in texts {
            do throws(MalformedCertificate) {
                let certificates = try TLSCertificate.certificates(pem: text)
                guard !certificates.isEmpty else {
                    throw MalformedCertificate(position: 1, reason: "there is no BEGIN CERTIFICATE block")
                }
                roots += certificates
            } catch {
                throw TransportError(
                    .trustAnchorsUnusable, "Root certificate \(error.position) cannot be read: \(error.reason)")
            }
        }
        guard !roots.isEmpty || !isOnlyTrust else {
            throw TransportError(.trustAnchorsUnusable, "No root certificate is given, so no server could be trusted")
        }
        OpenSSLErrorQueue.clear()
        for root in roots where X509_STORE_add_cert(store, root.pointer) != 1 {
            throw TransportError(
                .trustAnchorsUnusable,
                "The root certificate \(root.subject) cannot be used: \(OpenSSLErrorQueue.takeText())")
        }
        if isOnlyTrust, roots.contains(where: { !$0.isSelfIssued }) {
            X509_STORE_set_flags(store, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        }
    }
}

/// Called by libssl inside a handshake, with the peer's chain, in place of X509_verify_cert.
///
/// The session is reached through its SSL; it calls the handshake itself and so is alive.
private let judgePeer: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = { store, _ in
    guard let store,
        let ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx()),
        let session = SSL_get_ex_data(OpaquePointer(ssl), TLSSession.slot)
    else { return 0 }
    return Unmanaged<TLSSession>.fromOpaque(session).takeUnretainedValue().judge(store) ? 1 : 0
}
