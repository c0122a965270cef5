// A prepared signature operation, copied for each use.

import COpenSSL

/// Owns an `EVP_MD_CTX` that was initialised for one key and is never used itself, only copied: the copy costs a fraction of
/// what OpenSSL 3 spends on looking the algorithms up again.
///
/// Sendable although it holds a pointer: it is complete before it is stored, and `EVP_MD_CTX_copy_ex` only reads it (its
/// second argument is const; what is shared is reference-counted atomically).
final class DigestContext: @unchecked Sendable {
    private let prototype: OpaquePointer

    init(_ initialise: (OpaquePointer) -> Int32) throws(CryptoError) {
        ERR_clear_error()
        guard let context = EVP_MD_CTX_new() else { throw .library(.operationFailed, "No memory for a key") }
        guard initialise(context) == 1 else {
            EVP_MD_CTX_free(context)
            throw .library(.operationFailed, "libcrypto cannot use this key with SHA-256")
        }
        prototype = context
    }

    deinit {
        EVP_MD_CTX_free(prototype)
    }

    /// A context ready for its message; the caller frees it.
    func copy() -> OpaquePointer? {
        guard let copy = EVP_MD_CTX_new() else { return nil }
        guard EVP_MD_CTX_copy_ex(copy, prototype) == 1 else {
            EVP_MD_CTX_free(copy)
            return nil
        }
        return copy
    }
}
