// Prepared RSASSA-PKCS1-v1_5 operations of one key, taken by whoever signs or verifies.

import COpenSSL
import Synchronization

/// Contexts of one operation (sign, or verify) of one key, with PKCS #1 padding and SHA-256.
///
/// OpenSSL 3 spends more on making and copying a context than on everything else around the RSA operation, and a context
/// that has done its work can do it again (EVP_PKEY_sign(3)), but for one caller at a time. So each caller takes one that
/// is idle, or a copy of the prototype, and gives it back.
///
/// Sendable although it holds pointers: the prototype is complete before it is stored and only copied from then on; an
/// idle context belongs to whoever took it out of the list.
final class PKCS1Contexts: @unchecked Sendable {
    /// Sendable although it holds a pointer: it is in the list or with the one caller who took it out, never with two.
    private struct Context: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private let prototype: OpaquePointer
    private let idle = Mutex<[Context]>([])
    /// As many as may be worth keeping: a server has not more threads that sign.
    private static let kept = 64

    /// - Parameter initialise: `EVP_PKEY_sign_init` or `EVP_PKEY_verify_init`.
    init(_ key: EVPKey, _ initialise: (OpaquePointer) -> Int32) throws(CryptoError) {
        ERR_clear_error()
        guard let context = EVP_PKEY_CTX_new(key.pointer, nil) else {
            throw .library(.operationFailed, "No memory for a key")
        }
        guard initialise(context) == 1, EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1,
            EVP_PKEY_CTX_set_signature_md(context, FetchedDigest.sha256.pointer) == 1
        else {
            EVP_PKEY_CTX_free(context)
            throw .library(.operationFailed, "libcrypto cannot use this key with SHA-256")
        }
        prototype = context
    }

    deinit {
        for context in idle.withLock({ $0 }) { EVP_PKEY_CTX_free(context.pointer) }
        EVP_PKEY_CTX_free(prototype)
    }

    /// Runs `operation` with a context that nobody else uses meanwhile. One whose operation failed is not used again.
    ///
    /// - Returns: what the operation returned: 1 is success; 0 where there is no memory for a context.
    func use(_ operation: (OpaquePointer) -> Int32) -> Int32 {
        let taken = idle.withLock { $0.popLast() } ?? EVP_PKEY_CTX_dup(prototype).map(Context.init)
        guard let context = taken else { return 0 }
        let status = operation(context.pointer)
        let isKept =
            status == 1
            && idle.withLock { idle in
                guard idle.count < Self.kept else { return false }
                idle.append(context)
                return true
            }
        if !isKept { EVP_PKEY_CTX_free(context.pointer) }
        return status
    }
}
