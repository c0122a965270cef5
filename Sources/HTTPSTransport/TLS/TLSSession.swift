// One TLS connection of OpenSSL between two memory BIOs. It knows nothing of channels: bytes in, bytes out.

import COpenSSL
import NIOCore

/// Owns an `SSL` and its BIOs, freed in `deinit`. Used by one event loop only.
final class TLSSession {
    /// What one step came to.
    enum Step {
        case done
        /// Nothing more until bytes arrive.
        case wantsInput
        /// The peer sent close_notify.
        case peerClosed
        case failed(OpenSSLErrorQueue.Entry?)
    }

    /// The ex_data slot of an SSL that leads back to its session: the one that OpenSSL leaves to applications.
    static let slot: Int32 = 0

    private let ssl: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    /// Kept alive for the callbacks that lead into it.
    private let context: TLSContextPointer
    let role: Role

    enum Role {
        case server
        case client(TLSClientContext.Judgement, ServerName)
    }

    /// Why the peer's certificate was refused, and what was only noted about it.
    private(set) var refusal: TransportError?
    private(set) var observations: [String] = []
    /// The peer's chain as it was sent, kept where nothing is verified.
    private(set) var shownChain: [TLSCertificate] = []

    init(_ context: TLSContextPointer, _ role: Role) throws(TransportError) {
        OpenSSLErrorQueue.clear()
        guard let ssl = SSL_new(context.pointer), let incoming = BIO_new(BIO_s_mem()),
            let outgoing = BIO_new(BIO_s_mem())
        else { throw TransportError(.tlsUnavailable, "No TLS session: \(OpenSSLErrorQueue.takeText())") }
        SSL_set_bio(ssl, incoming, outgoing)
        self.ssl = ssl
        self.incoming = incoming
        self.outgoing = outgoing
        self.context = context
        self.role = role
        SSL_set_ex_data(ssl, Self.slot, Unmanaged.passUnretained(self).toOpaque())
        switch role {
        case .server: SSL_set_accept_state(ssl)
        case .client(_, let name): try prepareClient(name)
        }
    }

    deinit {
        SSL_free(ssl)
        OpenSSLErrorQueue.clear()
    }

    /// Without the name that was asked for, a certificate of anybody would do: failing to set it is fatal.
    private func prepareClient(_ name: ServerName) throws(TransportError) {
        SSL_set_connect_state(ssl)
        SSL_set_verify(ssl, SSL_VERIFY_PEER, nil)
        let parameters = SSL_get0_param(ssl)
        X509_VERIFY_PARAM_set_hostflags(parameters, ServerName.checkFlags)
        let isSet =
            switch name {
            case .dns(let text):
                !text.isEmpty && X509_VERIFY_PARAM_set1_host(parameters, text, text.utf8.count) == 1
                    && cs_SSL_set_tlsext_host_name(ssl, text) == 1
            case .address(let text): X509_VERIFY_PARAM_set1_ip_asc(parameters, text) == 1
            }
        guard isSet else {
            throw TransportError(.handshakeFailed, "\(name.text) is no name that a certificate could be checked for")
        }
    }

    /// The negotiated version, `TLSv1.2` or `TLSv1.3`.
    var version: String { SSL_get_version(ssl).map { String(cString: $0) } ?? "unknown" }

    /// The negotiated ALPN name.
    var applicationProtocol: String? {
        var start: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(ssl, &start, &count)
        guard let start, count > 0 else { return nil }
        return String(decoding: UnsafeBufferPointer(start: start, count: Int(count)), as: UTF8.self)
    }

    /// Hands bytes of the wire to OpenSSL. Fails only where memory ends, and the next step then fails to decrypt.
    func receive(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        OpenSSLErrorQueue.clear()
        BIO_write(incoming, bytes.baseAddress, Int32(clamping: bytes.count))
    }

    func handshake() -> Step {
        OpenSSLErrorQueue.clear()
        let result = SSL_do_handshake(ssl)
        return result == 1 ? .done : step(after: result)
    }

    /// Decrypts into `buffer` until it holds about `limit` bytes (`done`) or something else ends the run.
    func read(into buffer: inout ByteBuffer, limit: Int) -> Step {
        while buffer.readableBytes < limit {
            OpenSSLErrorQueue.clear()
            let wanted = min(max(BIO_ctrl_pending(incoming) + Int(SSL_pending(ssl)), 64), Self.recordLimit)
            var result: Int32 = 0
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { free in
                result = SSL_read(ssl, free.baseAddress, Int32(clamping: min(free.count, Self.recordLimit)))
                return max(0, Int(result))
            }
            if result <= 0 { return step(after: result) }
            // Nothing came that is not read: to ask again would only be told so.
            if BIO_ctrl_pending(incoming) == 0, SSL_pending(ssl) == 0 { return .wantsInput }
        }
        return .done
    }

    /// Plaintext of one TLS record (RFC 8446 section 5.1).
    static let recordLimit = 16_384

    /// Encrypts everything readable of `buffer`; the memory BIO takes it all at once.
    func write(_ buffer: ByteBuffer) -> Step {
        OpenSSLErrorQueue.clear()
        return buffer.withUnsafeReadableBytes { bytes in
            guard !bytes.isEmpty else { return .done }
            let result = SSL_write(ssl, bytes.baseAddress, Int32(clamping: bytes.count))
            return result == bytes.count ? .done : step(after: result)
        }
    }

    /// Says close_notify.
    func shutdown() {
        OpenSSLErrorQueue.clear()
        SSL_shutdown(ssl)
        OpenSSLErrorQueue.clear()
    }

    /// What OpenSSL wants sent, or `nil`.
    func takeOutput(_ allocator: ByteBufferAllocator) -> ByteBuffer? {
        let pending = BIO_ctrl_pending(outgoing)
        guard pending > 0 else { return nil }
        var buffer = allocator.buffer(capacity: pending)
        buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: pending) { free in
            max(0, Int(BIO_read(outgoing, free.baseAddress, Int32(clamping: pending))))
        }
        return buffer
    }

    private func step(after result: Int32) -> Step {
        switch SSL_get_error(ssl, result) {
        case SSL_ERROR_WANT_READ, SSL_ERROR_WANT_WRITE: .wantsInput
        case SSL_ERROR_ZERO_RETURN: .peerClosed
        default: .failed(OpenSSLErrorQueue.take())
        }
    }

    /// Judges the peer's chain inside the handshake; `false` ends it with an alert.
    fileprivate func accept(_ store: OpaquePointer) -> Bool {
        guard case .client(let judgement, let name) = role, let leaf = X509_STORE_CTX_get0_cert(store) else {
            return false
        }
        let certificate = TLSCertificate(sharing: leaf)
        switch judgement {
        case .chainAndName:
            guard X509_verify_cert(store) == 1 else {
                refusal = PeerCertificate(certificate, name).refusal(by: store)
                return false
            }
        case .pin(let pin):
            guard certificate.pin == pin else {
                refusal = PeerCertificate(certificate, name).refusal(insteadOf: pin)
                X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION)
                return false
            }
            observations = PeerCertificate(certificate, name).observations(now: currentSeconds())
        case .none:
            let sent = X509_STORE_CTX_get0_untrusted(store)
            shownChain = (0..<max(0, cs_sk_X509_num(sent))).compactMap { index in
                cs_sk_X509_value(sent, index).map { TLSCertificate(sharing: $0) }
            }
            if shownChain.isEmpty { shownChain = [certificate] }
        }
        X509_STORE_CTX_set_error(store, X509_V_OK)
        return true
    }
}

extension TLSSession {
    /// `accept`, with what libcrypto leaves in the error queue on its way removed.
    func judge(_ store: OpaquePointer) -> Bool {
        let accepted = accept(store)
        OpenSSLErrorQueue.clear()
        return accepted
    }
}
