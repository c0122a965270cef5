// A decision that is durable on disk. An answer can be made from nothing else.

package import CallbackProtocol

/// A decision as the ledger holds it. Only this module makes one: after a commit, or by reading.
package struct RecordedDecision: Sendable {
    /// Position in the ledger, from 1, without gaps.
    package let sequence: Int64
    /// When the decision was committed; never before the time of an earlier sequence.
    package let recordedAt: LedgerInstant
    /// When its request came.
    package let receivedAt: LedgerInstant
    package let requestId: String
    package let txId: String?
    package let externalTxId: String?
    package let kind: RequestKind
    package let stage: RequestStage
    /// `key:` and a fingerprint, or `listener:` and an address (see `RequestIdentity`).
    package let authenticator: String
    /// The co-signer's configured name; `nil` in certificate mode.
    package let cosigner: String?
    package let listener: String
    package let signerId: String?
    /// `sha256:` and the digest of the payload as authenticated.
    package let payloadDigest: String
    /// `sha256:` and the digest of the stored text: another one where secrets were replaced.
    package let storedPayloadDigest: String
    package let action: CallbackAction
    package let rule: String?
    package let reason: String?
    package let rulesDigest: String
    package let summary: JSONObject
    /// Another payload was already decided under this identity: an attack or a bug, worth an alarm.
    package let isConflict: Bool
    /// How often the same request was answered from this row, the first answer not counted.
    package let repeatCount: Int64
    /// This answer is the stored one of an earlier request, and what was evaluated now was dropped.
    package let isRepeat: Bool
    /// SHA-256(0x00 || canonical JSON of the immutable record), RFC 6962 section 2.1 and RFC 8785.
    package let leafHash: [UInt8]
    /// The authenticated text with secrets replaced; read only by `LedgerReader.show`.
    package let payload: String?

    /// What goes back to the co-signer. The reason travels with REJECT only.
    package var response: CallbackResponse {
        CallbackResponse(
            action: action, requestId: requestId, rejectionReason: action == .reject ? reason : nil)
    }

    /// The row of `draft` at its place.
    init(_ draft: DecisionDraft, sequence: Int64, recordedAt: LedgerInstant, leafHash: [UInt8]) {
        self.sequence = sequence
        self.recordedAt = recordedAt
        receivedAt = draft.receivedAt
        requestId = draft.requestId
        txId = draft.txId
        externalTxId = draft.externalTxId
        kind = draft.kind
        stage = draft.stage
        authenticator = draft.authenticator
        cosigner = draft.cosigner
        listener = draft.listener
        signerId = draft.signerId
        payloadDigest = draft.payloadDigest
        storedPayloadDigest = draft.storedPayloadDigest
        action = draft.action
        rule = draft.rule
        reason = draft.reason
        rulesDigest = draft.rulesDigest
        summary = draft.summary
        isConflict = draft.isConflict
        repeatCount = 0
        isRepeat = false
        self.leafHash = leafHash
        payload = nil
    }
}
