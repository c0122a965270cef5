// The five documented ways in which a co-signer and a callback handler trust each other.

/// A security option: the form of the messages, and what the co-signer checks of the TLS server.
package enum SecurityOption: String, Sendable, CaseIterable, Codable {
    /// JWT at `/v2` paths; TLS by the system's trusted authorities.
    case publicKey = "public-key"
    /// Plain JSON; the server's public key is pinned.
    case certificate
    /// Plain JSON; the server's chain ends in the configured root.
    case rootCA = "root-ca"
    /// JWT at `/v2` paths; the server's public key is pinned.
    case publicKeyAndCertificate = "public-key+certificate"
    /// JWT at `/v2` paths; the server's chain ends in the configured root.
    case publicKeyAndRootCA = "public-key+root-ca"

    /// Whether requests and answers are signed JWTs.
    package var usesTokens: Bool {
        switch self {
        case .publicKey, .publicKeyAndCertificate, .publicKeyAndRootCA: true
        case .certificate, .rootCA: false
        }
    }

    package var needsCertificate: Bool { self == .certificate || self == .publicKeyAndCertificate }
    package var needsRootCA: Bool { self == .rootCA || self == .publicKeyAndRootCA }
}
