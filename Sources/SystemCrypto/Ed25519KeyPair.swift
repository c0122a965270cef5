// Ed25519 keys (RFC 8032) as files: the ledger's checkpoint key is one.

import COpenSSL

/// A new Ed25519 key pair in PEM (PKCS #8 and SubjectPublicKeyInfo).
package struct Ed25519KeyPair: Sendable {
    package let privatePEM: String
    package let publicPEM: String

    package static func generate() throws(CryptoError) -> Ed25519KeyPair {
        guard let pointer = cs_EVP_ED25519_gen() else {
            throw .library(.operationFailed, "No Ed25519 key could be generated")
        }
        let key = EVPKey(owning: pointer)
        return Ed25519KeyPair(privatePEM: key.privatePEM(), publicPEM: key.publicPEM())
    }

    /// Checks that a PEM private key is an Ed25519 key.
    package static func check(privatePEM: [UInt8]) throws(CryptoError) {
        guard try EVPKey.privateKey(pem: privatePEM).isType("ED25519") else {
            throw CryptoError(.wrongKeyType, "The key is not an Ed25519 key; `callback-server init` makes one")
        }
    }
}
