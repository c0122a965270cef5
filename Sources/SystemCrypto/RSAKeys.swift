// RSA keys for RS256: RSASSA-PKCS1-v1_5 with SHA-256 (RFC 7518 section 3.3, RFC 8017 section 8.2).

import COpenSSL

/// A public RSA key that verifies RS256 signatures.
package final class RSAPublicKey: Sendable {
    private let key: EVPKey
    private let verifying: PKCS1Contexts
    package let bits: Int
    /// SHA-256 of the DER SubjectPublicKeyInfo: the identity of the key, shown as its fingerprint.
    package let fingerprint: [UInt8]

    /// Reads a PEM `BEGIN PUBLIC KEY` block.
    package convenience init(pem: [UInt8]) throws(CryptoError) {
        try self.init(EVPKey.publicKey(pem: pem))
    }

    fileprivate init(_ key: EVPKey) throws(CryptoError) {
        guard key.isType("RSA") else {
            throw CryptoError(.wrongKeyType, "The key is not an RSA key (rsaEncryption); RS256 needs one")
        }
        guard rsaParametersAreSound(key) else {
            throw CryptoError(.invalidKey, "The RSA key has an even modulus or a public exponent below 3 or even")
        }
        self.key = key
        self.verifying = try PKCS1Contexts(key, EVP_PKEY_verify_init)
        self.bits = key.bits
        self.fingerprint = SHA256Digest.hash(key.subjectPublicKeyInfo())
    }

    package var fingerprintLabel: String { SHA256Digest.label(fingerprint) }

    package var pem: String { key.publicPEM() }

    /// Whether `signature` is an RS256 signature of `message` by this key. Never throws: what is wrong is not valid.
    package func isValid(signature: [UInt8], for message: ArraySlice<UInt8>) -> Bool {
        ERR_clear_error()
        guard signature.count == (bits + 7) / 8 else { return false }
        defer { ERR_clear_error() }
        let digest = SHA256Digest.hash(message)
        return verifying.use { EVP_PKEY_verify($0, signature, signature.count, digest, digest.count) } == 1
    }
}

/// A private RSA key that makes RS256 signatures.
package final class RSAPrivateKey: Sendable {
    private let key: EVPKey
    private let signing: PKCS1Contexts
    package let publicKey: RSAPublicKey
    package var bits: Int { publicKey.bits }

    /// Reads an unencrypted PEM block, PKCS #8 or PKCS #1.
    package convenience init(pem: [UInt8]) throws(CryptoError) {
        try self.init(EVPKey.privateKey(pem: pem))
    }

    private init(_ key: EVPKey) throws(CryptoError) {
        self.key = key
        self.signing = try PKCS1Contexts(key, EVP_PKEY_sign_init)
        self.publicKey = try RSAPublicKey(key)
    }

    /// A new key with public exponent 65537.
    package static func generate(bits: Int) throws(CryptoError) -> RSAPrivateKey {
        guard let pointer = cs_EVP_RSA_gen(UInt32(bits)) else {
            throw .library(.operationFailed, "No RSA key of \(bits) bits could be generated")
        }
        return try RSAPrivateKey(EVPKey(owning: pointer))
    }

    /// The RS256 signature of `message`, `bits / 8` bytes. libcrypto checks each CRT result before it returns one.
    package func sign(_ message: ArraySlice<UInt8>) throws(CryptoError) -> [UInt8] {
        ERR_clear_error()
        let digest = SHA256Digest.hash(message)
        var signature = [UInt8](repeating: 0, count: (bits + 7) / 8)
        var count = signature.count
        let status = signing.use { EVP_PKEY_sign($0, &signature, &count, digest, digest.count) }
        guard status == 1, count == signature.count else {
            throw .library(.operationFailed, "libcrypto could not sign")
        }
        return signature
    }

    /// Proves that the pair works: the private parts are consistent, and a signature by it verifies. Run once, at load.
    package func prove() throws(CryptoError) {
        guard let context = EVP_PKEY_CTX_new(key.pointer, nil) else {
            throw .library(.operationFailed, "No memory to check the key")
        }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_pairwise_check(context) == 1 else {
            throw .library(.invalidKey, "The private key is damaged: its parts do not belong together")
        }
        let probe = try SecureRandom.bytes(32)
        guard publicKey.isValid(signature: try sign(probe[...]), for: probe[...]) else {
            throw CryptoError(.invalidKey, "A signature by the private key does not verify with its public half")
        }
    }

    /// PKCS #8, not encrypted: only ever written to a file of mode 0600.
    package var privatePEM: String { key.privatePEM() }
}

/// Odd modulus, odd public exponent of at least 3 (RFC 8017 section 3.1).
private func rsaParametersAreSound(_ key: EVPKey) -> Bool {
    var modulus: OpaquePointer?
    var exponent: OpaquePointer?
    defer {
        BN_free(modulus)
        BN_free(exponent)
    }
    guard EVP_PKEY_get_bn_param(key.pointer, OSSL_PKEY_PARAM_RSA_N, &modulus) == 1,
        EVP_PKEY_get_bn_param(key.pointer, OSSL_PKEY_PARAM_RSA_E, &exponent) == 1
    else { return false }
    return BN_is_odd(modulus) == 1 && BN_is_odd(exponent) == 1 && BN_is_one(exponent) == 0
}
