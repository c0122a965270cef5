// Ed25519 private keys (RFC 8032): one signs the ledger's checkpoints.

import COpenSSL

/// A private Ed25519 key that signs. Read once, used many times, from any thread.
package final class Ed25519PrivateKey: Sendable {
    private let key: EVPKey
    package let publicKey: Ed25519PublicKey

    /// Reads an unencrypted PEM block `BEGIN PRIVATE KEY` (RFC 8410 section 7).
    package convenience init(pem: [UInt8]) throws(CryptoError) {
        let key = try EVPKey.privateKey(pem: pem)
        guard key.isType("ED25519") else {
            throw CryptoError(.wrongKeyType, "The key is not an Ed25519 key; `callback-server init` makes one")
        }
        try self.init(key)
    }

    /// Takes the 32 bytes that RFC 8032 section 5.1.5 calls the private key.
    package convenience init(seed: [UInt8]) throws(CryptoError) {
        guard seed.count == 32 else {
            throw CryptoError(.wrongKeySize, "An Ed25519 private key has 32 bytes; these are \(seed.count)")
        }
        ERR_clear_error()
        guard let pointer = EVP_PKEY_new_raw_private_key_ex(nil, "ED25519", nil, seed, seed.count) else {
            throw .library(.invalidKey, "libcrypto does not take this Ed25519 private key")
        }
        try self.init(EVPKey(owning: pointer))
    }

    package static func generate() throws(CryptoError) -> Ed25519PrivateKey {
        guard let pointer = cs_EVP_ED25519_gen() else {
            throw .library(.operationFailed, "No Ed25519 key could be generated")
        }
        return try Ed25519PrivateKey(EVPKey(owning: pointer))
    }

    private init(_ key: EVPKey) throws(CryptoError) {
        self.key = key
        // SubjectPublicKeyInfo ends with the point: RFC 8410 section 4 leaves nothing behind it.
        publicKey = try Ed25519PublicKey(bytes: Array(key.subjectPublicKeyInfo().suffix(32)))
    }

    /// The signature of `message`, 64 bytes: the same each time (RFC 8032 section 5.1.6).
    package func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        ERR_clear_error()
        guard let context = EVP_MD_CTX_new() else { throw .library(.operationFailed, "No memory to sign") }
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: 64)
        var count = signature.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key.pointer) == 1,
            EVP_DigestSign(context, &signature, &count, message, message.count) == 1, count == signature.count
        else { throw .library(.operationFailed, "libcrypto could not sign with Ed25519") }
        return signature
    }

    /// PKCS #8, not encrypted: only ever written to a file of mode 0600.
    package var privatePEM: String { key.privatePEM() }

    /// SubjectPublicKeyInfo.
    package var publicPEM: String { key.publicPEM() }
}
