// The owner of one EVP_PKEY. Every key type of this module holds one; no pointer leaves the module.

import COpenSSL

/// Owns an `EVP_PKEY`, freed in `deinit`.
///
/// Sendable although it holds a pointer: the key is complete before it is stored, nothing here changes it afterwards,
/// and OpenSSL allows concurrent use of an `EVP_PKEY` by several threads (openssl-threads(7)); its reference count and
/// its blinding caches are locked by libcrypto itself.
final class EVPKey: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over a reference.
    init(owning pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        EVP_PKEY_free(pointer)
    }

    var bits: Int { Int(EVP_PKEY_get_bits(pointer)) }

    func isType(_ name: String) -> Bool { EVP_PKEY_is_a(pointer, name) == 1 }

    /// The DER encoding of the SubjectPublicKeyInfo (RFC 5280 section 4.1.2.7).
    func subjectPublicKeyInfo() -> [UInt8] {
        var encoded: UnsafeMutablePointer<UInt8>?
        let count = i2d_PUBKEY(pointer, &encoded)
        guard count > 0, let encoded else { return [] }
        defer { cs_OPENSSL_free(encoded) }
        return Array(UnsafeBufferPointer(start: encoded, count: Int(count)))
    }

    func publicPEM() -> String {
        MemoryBIO.collect { PEM_write_bio_PUBKEY($0, pointer) }
    }

    /// PKCS #8 without encryption. The caller writes it to a file of mode 0600 and nowhere else.
    func privatePEM() -> String {
        MemoryBIO.collect { PEM_write_bio_PKCS8PrivateKey($0, pointer, nil, nil, 0, nil, nil) }
    }

    static func publicKey(pem: [UInt8]) throws(CryptoError) -> EVPKey {
        let parsed = MemoryBIO.read(pem) { PEM_read_bio_PUBKEY($0, nil, refusePassphrase, nil) }
        guard let parsed else {
            throw .library(.unreadableKey, "No public key could be read; a PEM block BEGIN PUBLIC KEY is needed")
        }
        return EVPKey(owning: parsed)
    }

    static func privateKey(pem: [UInt8]) throws(CryptoError) -> EVPKey {
        let text = String(decoding: pem, as: UTF8.self)
        if text.contains("BEGIN ENCRYPTED PRIVATE KEY") || text.contains("Proc-Type: 4,ENCRYPTED") {
            throw CryptoError(
                .encryptedKey,
                "The private key is encrypted with a passphrase, which a server cannot type; decrypt it with "
                    + "`openssl pkey -in OLD -out NEW` and keep it at mode 0600")
        }
        let parsed = MemoryBIO.read(pem) { PEM_read_bio_PrivateKey($0, nil, refusePassphrase, nil) }
        guard let parsed else {
            throw .library(.unreadableKey, "No private key could be read; a PEM block BEGIN PRIVATE KEY is needed")
        }
        return EVPKey(owning: parsed)
    }
}

/// Answers libcrypto's question for a passphrase with none, so that nothing ever waits at a terminal.
private let refusePassphrase:
    @convention(c) (UnsafeMutablePointer<CChar>?, Int32, Int32, UnsafeMutableRawPointer?) ->
        Int32 = { _, _, _, _ in 0 }

/// Memory BIOs for the length of one call.
package enum MemoryBIO {
    /// What `body` makes of the bytes. The BIO does not copy them: they stay where they are until it is freed.
    package static func read<Result>(_ bytes: [UInt8], _ body: (OpaquePointer) -> Result?) -> Result? {
        ERR_clear_error()
        return bytes.withUnsafeBytes { bytes in
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(bio) }
            return body(bio)
        }
    }

    /// The text that `body` writes; empty where it does not return 1.
    package static func collect(_ body: (OpaquePointer) -> Int32) -> String {
        guard let bio = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(bio) }
        guard body(bio) == 1 else { return "" }
        var start: UnsafeMutablePointer<CChar>?
        let count = cs_BIO_get_mem_data(bio, &start)
        guard let start, count > 0 else { return "" }
        let bytes = UnsafeRawBufferPointer(start: start, count: count)
        return String(decoding: bytes, as: UTF8.self)
    }
}
