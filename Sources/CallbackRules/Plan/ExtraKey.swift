// Keys that prove where a request comes from.

import CallbackProtocol
import SystemCrypto

/// A declared key, ready to verify an extra parameter's signature.
struct ExtraKey: Sendable {
    private enum Key: Sendable {
        /// RSASSA-PKCS1-v1_5 with SHA-256, 2048 to 4096 bits.
        case rsa(RSAPublicKey)
        case ed25519(Ed25519PublicKey)
    }

    let name: String
    let parameter: String
    let signatureParameter: String
    /// Equal where key and parameters are: digests of what the declaration says.
    let identity: String
    private let key: Key

    /// Reads a PEM block `BEGIN PUBLIC KEY`; `nil` where it holds no usable key.
    init?(_ declaration: ExtraKeyDeclaration, pem: [UInt8]) {
        if let rsa = try? RSAPublicKey(pem: pem) {
            guard (2048...4096).contains(rsa.bits) else { return nil }
            key = .rsa(rsa)
        } else if let ed25519 = try? Ed25519PublicKey(pem: pem) {
            key = .ed25519(ed25519)
        } else {
            return nil
        }
        identity =
            SHA256Digest.label(SHA256Digest.hash(pem)) + " " + declaration.parameter + " "
            + declaration.signatureParameter
        name = declaration.name.value
        parameter = declaration.parameter
        signatureParameter = declaration.signatureParameter
    }

    /// - Parameter signature: canonical base64 with padding.
    func verifies(signature: String, of text: String) -> Bool {
        guard let bytes = StandardBase64.decode(Array(signature.utf8)[...]) else { return false }
        return switch key {
        case .rsa(let key): key.isValid(signature: bytes, for: Array(text.utf8)[...])
        case .ed25519(let key): key.isValid(signature: bytes, for: Array(text.utf8))
        }
    }
}
