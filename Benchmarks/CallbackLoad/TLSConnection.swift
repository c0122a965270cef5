// TLS 1.3 over one TCP connection, from the client's side.

import COpenSSL
import Glibc

/// What all connections of a run share: the trusted CA, the protocol version, ALPN. Owns the `SSL_CTX`.
final class TLSContext {
    fileprivate let pointer: OpaquePointer
    fileprivate let applicationProtocol: String

    /// Trusts only the CA of that PEM file, and offers only that ALPN protocol (RFC 7301).
    init(certificateAuthority: String, applicationProtocol: String) throws(LoadError) {
        guard let pointer = SSL_CTX_new(TLS_client_method()) else {
            throw LoadError(.connection, "OpenSSL made no TLS context")
        }
        self.pointer = pointer
        self.applicationProtocol = applicationProtocol
        guard SSL_CTX_load_verify_locations(pointer, certificateAuthority, nil) == 1 else {
            throw LoadError(.file, "\(certificateAuthority) holds no CA certificate that can be read")
        }
        SSL_CTX_set_verify(pointer, SSL_VERIFY_PEER, nil)
        _ = cs_SSL_CTX_set_min_proto_version(pointer, TLS1_3_VERSION)
        cs_SSL_CTX_set_mode(pointer, Int(SSL_MODE_ENABLE_PARTIAL_WRITE) | Int(SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER))
        let name = Array(applicationProtocol.utf8)
        let offer = [UInt8(name.count)] + name
        guard SSL_CTX_set_alpn_protos(pointer, offer, UInt32(offer.count)) == 0 else {
            throw LoadError(.connection, "OpenSSL refused the ALPN protocol \(applicationProtocol)")
        }
    }

    deinit {
        SSL_CTX_free(pointer)
    }
}

/// One connection, non-blocking once it is open. Owns the socket and the `SSL`.
final class TLSConnection {
    enum Received {
        case bytes(Int)
        case nothingYet
        case closed
    }

    let descriptor: Int32
    private let session: OpaquePointer

    /// Connects and shakes hands, waiting at most ten seconds for each step. `host` is an IPv4 address, checked against
    /// the certificate.
    init(context: TLSContext, host: String, port: UInt16) throws(LoadError) {
        let descriptor = try openSocket(host: host, port: port)
        guard let session = SSL_new(context.pointer) else {
            close(descriptor)
            throw LoadError(.connection, "OpenSSL made no TLS session")
        }
        self.descriptor = descriptor
        self.session = session
        ERR_clear_error()
        guard SSL_set_fd(session, descriptor) == 1,
            X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(session), host) == 1,
            SSL_connect(session) == 1
        else {
            let reason = ERR_reason_error_string(ERR_get_error()).map { String(cString: $0) } ?? systemReason()
            throw LoadError(.connection, "No TLS 1.3 connection to \(host):\(port): \(reason)")
        }
        guard negotiated() == context.applicationProtocol else {
            throw LoadError(.connection, "The server did not choose \(context.applicationProtocol) by ALPN")
        }
        guard fcntl(descriptor, F_SETFL, O_NONBLOCK) == 0 else {
            throw LoadError(.connection, "The socket cannot be made non-blocking: \(systemReason())")
        }
    }

    deinit {
        SSL_free(session)
        close(descriptor)
    }

    /// How many bytes were taken; 0 where the socket takes none now. Throws where the connection is broken.
    func write(_ bytes: UnsafeRawBufferPointer) throws(LoadError) -> Int {
        ERR_clear_error()
        let count = SSL_write(session, bytes.baseAddress, Int32(clamping: bytes.count))
        if count > 0 { return Int(count) }
        try expectWouldBlock(count)
        return 0
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws(LoadError) -> Received {
        ERR_clear_error()
        let count = SSL_read(session, buffer.baseAddress, Int32(clamping: buffer.count))
        if count > 0 { return .bytes(Int(count)) }
        if SSL_get_error(session, count) == SSL_ERROR_ZERO_RETURN { return .closed }
        try expectWouldBlock(count)
        return .nothingYet
    }

    private func expectWouldBlock(_ result: Int32) throws(LoadError) {
        let code = SSL_get_error(session, result)
        guard code == SSL_ERROR_WANT_READ || code == SSL_ERROR_WANT_WRITE else {
            throw LoadError(.connection, "The connection broke (SSL error \(code))")
        }
    }

    private func negotiated() -> String {
        var name: UnsafePointer<UInt8>?
        var count: UInt32 = 0
        SSL_get0_alpn_selected(session, &name, &count)
        return String(decoding: UnsafeBufferPointer(start: name, count: Int(count)), as: UTF8.self)
    }
}

private func openSocket(host: String, port: UInt16) throws(LoadError) -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw LoadError(.connection, "No socket: \(systemReason())") }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    var noDelay: Int32 = 1
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
        close(descriptor)
        throw LoadError(.connection, "\(host) is not an IPv4 address")
    }
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &noDelay, socklen_t(MemoryLayout<Int32>.size))
    let connected = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    guard connected == 0 else {
        let reason = systemReason()
        close(descriptor)
        throw LoadError(.connection, "No connection to \(host):\(port): \(reason)")
    }
    return descriptor
}
