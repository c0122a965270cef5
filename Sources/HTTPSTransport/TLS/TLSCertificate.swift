// One X.509 certificate (RFC 5280), read only: what the checks at start and the judgement of a peer need to know of it.

import COpenSSL
import SystemCrypto

/// Owns an `X509`, freed in `deinit`.
///
/// Sendable although it holds a pointer: nothing here changes the certificate, its reference count is atomic, and its
/// lazily cached extension values are filled in under libcrypto's own lock (openssl-threads(7)).
final class TLSCertificate: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over one reference.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    /// Adds a reference to a certificate that something else owns.
    init(sharing pointer: OpaquePointer) {
        X509_up_ref(pointer)
        self.pointer = pointer
    }

    deinit {
        X509_free(pointer)
    }

    var der: [UInt8] { encoded { i2d_X509(pointer, $0) } }

    /// The DER encoding of the SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
    var subjectPublicKeyInfo: [UInt8] { encoded { i2d_X509_PUBKEY(X509_get_X509_PUBKEY(pointer), $0) } }

    /// `sha256:` and the hexadecimal digest of the whole certificate.
    var fingerprint: String { SHA256Digest.label(SHA256Digest.hash(der)) }

    var pin: SubjectPublicKeyPin { SubjectPublicKeyPin(hashing: subjectPublicKeyInfo) }

    var subject: String { name(X509_get_subject_name(pointer)) }
    var issuer: String { name(X509_get_issuer_name(pointer)) }

    /// Seconds since 1970.
    var notBefore: Int64 { seconds(X509_get0_notBefore(pointer)) }
    var notAfter: Int64 { seconds(X509_get0_notAfter(pointer)) }

    private var flags: UInt32 { X509_get_extension_flags(pointer) }
    var isAuthority: Bool { flags & UInt32(EXFLAG_CA) != 0 }
    var isSelfIssued: Bool { flags & UInt32(EXFLAG_SI) != 0 }

    /// Whether key usage and extended key usage let a TLS server show it (RFC 5280 sections 4.2.1.3 and 4.2.1.12).
    var isUsableByServer: Bool { X509_check_purpose(pointer, X509_PURPOSE_SSL_SERVER, 0) == 1 }

    /// Whether `issuer` has the name, the right and the key that made this certificate.
    func isIssued(by issuer: TLSCertificate) -> Bool {
        defer { OpenSSLErrorQueue.clear() }
        guard X509_check_issued(issuer.pointer, pointer) == X509_V_OK, let key = X509_get0_pubkey(issuer.pointer)
        else { return false }
        return X509_verify(pointer, key) == 1
    }

    /// Whether a subject alternative name is for this DNS name or IP address (RFC 6125; the common name never counts).
    func isNamed(_ host: ServerName) -> Bool {
        defer { OpenSSLErrorQueue.clear() }
        return switch host {
        case .dns(let name): X509_check_host(pointer, name, name.utf8.count, ServerName.checkFlags, nil) == 1
        case .address(let text): X509_check_ip_asc(pointer, text, 0) == 1
        }
    }

    /// The subject alternative names that matter to TLS: `DNS:example.com`, `IP:192.0.2.1`.
    var alternativeNames: [String] {
        defer { OpenSSLErrorQueue.clear() }
        guard let stack = X509_get_ext_d2i(pointer, NID_subject_alt_name, nil, nil) else { return [] }
        let names = OpaquePointer(stack)
        defer { GENERAL_NAMES_free(names) }
        return (0..<cs_sk_GENERAL_NAME_num(names)).compactMap { index in
            var type: Int32 = 0
            guard let name = cs_sk_GENERAL_NAME_value(names, index),
                let value = GENERAL_NAME_get0_value(name, &type), type == GEN_DNS || type == GEN_IPADD
            else { return nil }
            let string = UnsafePointer(value.assumingMemoryBound(to: ASN1_STRING.self))
            guard let start = ASN1_STRING_get0_data(string) else { return nil }
            let bytes = UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(string)))
            return type == GEN_DNS ? "DNS:" + printable(bytes) : "IP:" + ServerName.text(ofAddress: Array(bytes))
        }
    }

    private func encoded(_ encode: (UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?>) -> Int32) -> [UInt8] {
        var start: UnsafeMutablePointer<UInt8>?
        let count = encode(&start)
        guard count > 0, let start else { return [] }
        defer { cs_OPENSSL_free(start) }
        return Array(UnsafeBufferPointer(start: start, count: Int(count)))
    }
}

private func name(_ name: OpaquePointer?) -> String {
    guard let name, let line = X509_NAME_oneline(name, nil, 0) else { return "" }
    defer { cs_OPENSSL_free(line) }
    return printable(String(cString: line).utf8)
}

private func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int64 {
    guard let epoch = ASN1_TIME_set(nil, 0) else { return 0 }
    defer { ASN1_TIME_free(epoch) }
    var (days, rest): (Int32, Int32) = (0, 0)
    guard ASN1_TIME_diff(&days, &rest, epoch, time) == 1 else { return 0 }
    return Int64(days) * 86_400 + Int64(rest)
}

/// A name out of a stranger's certificate, fit for a log line: ASCII without control characters, bounded.
private func printable(_ bytes: some Collection<UInt8>) -> String {
    String(decoding: bytes.prefix(256).map { (0x20..<0x7f).contains($0) ? $0 : 0x3f }, as: UTF8.self)
}
