// The one error type of OpenSSH keys, signatures and allowed signers.

/// Why a key, a signature or an allowed-signers file was refused, for the person who must act. Holds nothing secret.
package struct SignatureError: Error, Sendable, Hashable {
    /// Stable codes; listed in docs/errors.md, never reused.
    package enum Code: String, Sendable, Hashable, CaseIterable {
        case unreadableKey = "ssh_key_unreadable"
        case unsupportedKey = "ssh_key_unsupported"
        case unreadableSignature = "ssh_signature_unreadable"
        case unsupportedSignature = "ssh_signature_unsupported"
        case wrongNamespace = "ssh_signature_wrong_namespace"
        case invalidSignature = "ssh_signature_invalid"
        case noUserPresence = "ssh_signature_no_user_presence"
        case unreadableSigners = "allowed_signers_unreadable"
        case unsupportedOption = "allowed_signers_option_unsupported"
        case ambiguousTime = "allowed_signers_time_ambiguous"
        case repeatedKey = "allowed_signers_key_repeated"
        case ambiguousPrincipal = "allowed_signers_principal_ambiguous"
    }

    package var code: Code
    package var message: String
    /// The line of an allowed-signers file, from 1; 0 where there is none.
    package var line: Int

    package init(_ code: Code, _ message: String, line: Int = 0) {
        self.code = code
        self.message = message
        self.line = line
    }

    func at(line: Int) -> SignatureError { SignatureError(code, message, line: line) }
}

extension SignatureError: CustomStringConvertible {
    package var description: String {
        (line > 0 ? "line \(line): " : "") + "\(message) [\(code.rawValue)]"
    }
}
