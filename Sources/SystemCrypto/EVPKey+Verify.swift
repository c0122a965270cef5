// One verification with a key that is used now and then: nothing is kept between calls.

import COpenSSL

extension EVPKey {
    /// Whether `signature` is one of `message`. `digest` is `nil` for Ed25519, which has its own.
    func verifies(signature: [UInt8], of message: [UInt8], digest: FetchedDigest?) -> Bool {
        ERR_clear_error()
        guard let context = EVP_MD_CTX_new() else { return false }
        defer {
            EVP_MD_CTX_free(context)
            ERR_clear_error()
        }
        guard EVP_DigestVerifyInit(context, nil, digest?.pointer, nil, pointer) == 1 else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    /// libcrypto's own check of a public key: for EC, that its point is on the curve and of the group's order.
    func passesPublicCheck() -> Bool {
        guard let context = EVP_PKEY_CTX_new(pointer, nil) else { return false }
        defer { EVP_PKEY_CTX_free(context) }
        return EVP_PKEY_public_check(context) == 1
    }
}
