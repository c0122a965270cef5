// The one error type of this module.

import COpenSSL

/// What went wrong with a key, a certificate or a primitive, for the person who must act. Holds no key material.
package struct CryptoError: Error, Sendable, CustomStringConvertible {
    /// Stable codes; listed in docs/errors.md, never reused.
    package enum Code: String, Sendable {
        case unreadableKey = "key_unreadable"
        case encryptedKey = "key_encrypted"
        case wrongKeyType = "key_wrong_type"
        case wrongKeySize = "key_wrong_size"
        case invalidKey = "key_invalid"
        case unreadableCertificate = "certificate_unreadable"
        case operationFailed = "crypto_operation_failed"
    }

    package let code: Code
    package let message: String

    package init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    package var description: String { "\(message) [\(code.rawValue)]" }

    /// An error whose message ends with what libcrypto says, and an empty error queue afterwards.
    static func library(_ code: Code, _ message: String) -> CryptoError {
        let reason = takeLibraryReason()
        return CryptoError(code, reason.isEmpty ? message : "\(message): \(reason)")
    }
}

/// The first reason in libcrypto's error queue of this thread; the queue is empty afterwards.
private func takeLibraryReason() -> String {
    let first = ERR_get_error()
    ERR_clear_error()
    guard first != 0, let text = ERR_reason_error_string(first) else { return "" }
    return String(cString: text)
}
