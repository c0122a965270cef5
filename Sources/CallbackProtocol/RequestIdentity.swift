// What makes two requests the same request.

/// The identity of a request: approval and signing of one transaction share a requestId and are two requests.
///
/// Same identity and same payload bytes: the same answer, counted once. Same identity and another payload after a final
/// answer: an attack or a bug, rejected with an alarm.
package struct RequestIdentity: Sendable, Hashable {
    /// `key:` and the fingerprint of the co-signer's key in hex, or `listener:` and the listener's configured address.
    package let authenticator: String
    package let kind: RequestKind
    package let stage: RequestStage
    package let signerId: String?
    package let requestId: String

    /// The longest requestId and the longest signerId, in bytes.
    package static let longestId = 256

    package init(authenticator: String, kind: RequestKind, stage: RequestStage, signerId: String?, requestId: String) {
        self.authenticator = authenticator
        self.kind = kind
        self.stage = stage
        self.signerId = signerId
        self.requestId = requestId
    }

    /// Whether a request with this requestId can be answered and recorded: 1 to `longestId` printable ASCII characters.
    package static func isUsable(_ requestId: String) -> Bool {
        (1...longestId).contains(requestId.utf8.count) && requestId.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
    }
}
