// A request whose origin is established. Nothing later in the pipeline accepts anything else.

import SystemCrypto

/// Who vouches for a request.
package enum RequestOrigin: Sendable, Hashable {
    /// A JWT verified with the key of a trusted co-signer.
    case cosigner(name: String, keyFingerprint: [UInt8])
    /// A certificate-mode listener, by its configured address. The protocol does not authenticate its peer.
    case listener(address: String)

    /// See `RequestIdentity.authenticator`.
    var authenticator: String {
        switch self {
        case .cosigner(_, let fingerprint): "key:" + Hexadecimal.encode(fingerprint)
        case .listener(let address): "listener:" + address
        }
    }
}

/// A request whose origin is established and whose payload was read strictly.
///
/// Only this module makes one, from a verified JWT or from the body of a certificate-mode listener. Immutable; an object,
/// so that handing it from stage to stage copies one reference.
package final class AuthenticatedRequest: Sendable {
    /// What was read.
    package enum Content: Sendable, Hashable {
        indirect case transaction(TransactionRequest)
        case configuration(ConfigurationChangeRequest)
        /// Authentic but malformed, with a usable requestId: answered with a recorded REJECT.
        case malformed(MalformedRequest)
    }

    package let origin: RequestOrigin
    private let authenticator: String
    /// The configured address of the listener that took the request.
    package let listener: String
    package let kind: RequestKind
    /// The payload bytes exactly as authenticated: the JWT's decoded middle segment, or the JSON body.
    package let payload: [UInt8]
    /// SHA-256 of `payload`, 32 bytes.
    package let payloadDigest: [UInt8]
    package let content: Content
    /// False only where `SecretRedaction` finds nothing in the payload to remove, masks aside.
    package let mayHoldSecret: Bool

    /// - Parameter authenticator: that of `origin`, where the caller keeps its text.
    init(
        origin: RequestOrigin, authenticator: String? = nil, listener: String, kind: RequestKind, payload: [UInt8],
        content: Content, mayHoldSecret: Bool = true
    ) {
        self.origin = origin
        self.authenticator = authenticator ?? origin.authenticator
        self.listener = listener
        self.kind = kind
        self.payload = payload
        self.payloadDigest = SHA256Digest.hash(payload)
        self.content = content
        self.mayHoldSecret = mayHoldSecret
    }

    package var cosignerName: String? {
        if case .cosigner(let name, _) = origin { name } else { nil }
    }

    package var requestId: String {
        switch content {
        case .transaction(let request): request.requestId
        case .configuration(let request): request.requestId
        case .malformed(let request): request.requestId
        }
    }

    package var signerId: String? {
        switch content {
        case .transaction(let request): request.signerId
        case .configuration(let request): request.signerId
        case .malformed(let request): request.signerId
        }
    }

    package var stage: RequestStage {
        switch content {
        case .transaction(let request): request.stage
        case .configuration: .approval
        case .malformed(let request): request.stage
        }
    }
}

/// What could be read of an authentic request that no rule may see.
package struct MalformedRequest: Sendable, Hashable {
    package var requestId: String
    /// Only where it is a string.
    package var signerId: String?
    /// `signing` unless the payload plainly is none.
    package var stage: RequestStage
    package var code: String
    /// What is wrong and where, for the rejection reason: names of members, never values.
    package var reason: String

    package init(requestId: String, signerId: String?, stage: RequestStage, code: String, reason: String) {
        self.requestId = requestId
        self.signerId = signerId
        self.stage = stage
        self.code = code
        self.reason = reason
    }
}

extension AuthenticatedRequest {
    package var identity: RequestIdentity {
        RequestIdentity(
            authenticator: authenticator, kind: kind, stage: stage, signerId: signerId, requestId: requestId)
    }
}
