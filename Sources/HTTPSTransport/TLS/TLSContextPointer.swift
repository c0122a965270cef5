// What server and client contexts have in common: the SSL_CTX and its settings.

import COpenSSL

/// Owns an `SSL_CTX`, freed in `deinit`, and the ALPN list that its callback reads.
///
/// Sendable although it holds a pointer: every setting is made before `init` of the owning context ends and none after;
/// `SSL_new` on a finished `SSL_CTX` may be called by several threads at once (openssl-threads(7)).
final class TLSContextPointer: @unchecked Sendable {
    enum Role { case server, client }

    let pointer: OpaquePointer
    /// Each name after its length in one byte (RFC 7301 section 3.1).
    private let protocols: UnsafeMutableBufferPointer<UInt8>

    init(_ role: Role, applicationProtocols: [String]) throws(TransportError) {
        OpenSSLErrorQueue.clear()
        // No settings object of our own: SSL_CTX_new applies the host's openssl.cnf, so that its policy rules here too.
        guard OPENSSL_init_ssl(0, nil) == 1,
            let pointer = SSL_CTX_new(role == .server ? TLS_server_method() : TLS_client_method())
        else {
            throw TransportError(
                .tlsUnavailable,
                "OpenSSL could not start TLS: \(OpenSSLErrorQueue.takeText()); look at openssl.cnf of this host")
        }
        self.pointer = pointer
        let list = applicationProtocols.flatMap { [UInt8(clamping: $0.utf8.count)] + Array($0.utf8.prefix(255)) }
        self.protocols = .allocate(capacity: list.count)
        _ = protocols.initialize(from: list)
        try limitVersions()
        SSL_CTX_set_options(pointer, cs_SSL_OP_NO_RENEGOTIATION() | cs_SSL_OP_NO_COMPRESSION())
        cs_SSL_CTX_set_mode(pointer, Int(SSL_MODE_RELEASE_BUFFERS))
        // Tickets carry the state of resumption; a cache beside them would only grow.
        cs_SSL_CTX_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_OFF))
        SSL_CTX_set_max_early_data(pointer, 0)
        if !list.isEmpty { try setProtocols(role) }
    }

    deinit {
        SSL_CTX_free(pointer)
        protocols.deallocate()
    }

    /// TLS 1.2 to 1.3. A host whose configuration is narrower keeps it.
    private func limitVersions() throws(TransportError) {
        let (least, most) = (cs_SSL_CTX_get_min_proto_version(pointer), cs_SSL_CTX_get_max_proto_version(pointer))
        var set = true
        if least < TLS1_2_VERSION { set = cs_SSL_CTX_set_min_proto_version(pointer, TLS1_2_VERSION) == 1 }
        if most == 0 || most > TLS1_3_VERSION {
            set = cs_SSL_CTX_set_max_proto_version(pointer, TLS1_3_VERSION) == 1 && set
        }
        guard set, most == 0 || most >= TLS1_2_VERSION else {
            throw TransportError(
                .tlsUnavailable,
                "openssl.cnf of this host allows neither TLS 1.2 nor 1.3; raise its MaxProtocol")
        }
    }

    private func setProtocols(_ role: Role) throws(TransportError) {
        switch role {
        case .server:
            SSL_CTX_set_alpn_select_cb(pointer, selectProtocol, Unmanaged.passUnretained(self).toOpaque())
        case .client:
            guard SSL_CTX_set_alpn_protos(pointer, protocols.baseAddress, UInt32(protocols.count)) == 0 else {
                throw TransportError(.tlsUnavailable, "The list of application protocols is not valid")
            }
        }
    }

    /// The first of our protocols that the client offers too; none is a fatal alert (RFC 7301 section 3.2).
    fileprivate func select(
        _ result: UnsafeMutablePointer<UnsafePointer<UInt8>?>?, _ length: UnsafeMutablePointer<UInt8>?,
        _ offered: UnsafePointer<UInt8>?, _ offeredCount: UInt32
    ) -> Int32 {
        var selected: UnsafeMutablePointer<UInt8>?
        let outcome = SSL_select_next_proto(
            &selected, length, protocols.baseAddress, UInt32(protocols.count), offered, offeredCount)
        guard outcome == OPENSSL_NPN_NEGOTIATED, let selected else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        result?.pointee = UnsafePointer(selected)
        return SSL_TLSEXT_ERR_OK
    }
}

/// Called by libssl inside a handshake. The session of that handshake retains the `TLSContextPointer` behind `context`.
private func selectProtocol(
    _: OpaquePointer?, _ result: UnsafeMutablePointer<UnsafePointer<UInt8>?>?,
    _ length: UnsafeMutablePointer<UInt8>?, _ offered: UnsafePointer<UInt8>?, _ count: UInt32,
    _ context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context else { return SSL_TLSEXT_ERR_ALERT_FATAL }
    return Unmanaged<TLSContextPointer>.fromOpaque(context).takeUnretainedValue()
        .select(result, length, offered, count)
}
