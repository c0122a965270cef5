// Ed25519 public keys in PEM.

import COpenSSL

extension Ed25519PublicKey {
    /// Reads a PEM `BEGIN PUBLIC KEY` block (RFC 8410).
    package convenience init(pem: [UInt8]) throws(CryptoError) {
        let key = try EVPKey.publicKey(pem: pem)
        guard key.isType("ED25519") else {
            throw CryptoError(.wrongKeyType, "The key is not an Ed25519 key")
        }
        // SubjectPublicKeyInfo ends with the point: RFC 8410 section 4 leaves nothing behind it.
        try self.init(bytes: Array(key.subjectPublicKeyInfo().suffix(32)))
    }
}
