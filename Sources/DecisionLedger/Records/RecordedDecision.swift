// A decision that is durable on disk. An answer can be made from nothing else.

package import CallbackProtocol

/// A decision as the ledger holds it. Only this module makes one: after a commit, or by reading.
///
/// Immutable; an object, so that handing it from thread to thread copies one reference.
package final class RecordedDecision: Sendable {
    /// Position in the log, from 1. Hold events stand between decisions.
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
    /// What an APPROVE charged to limits, the holds that had a say, and what stands for masked values: RFC 8785 texts.
    package let charges: String?
    package let holds: String?
    package let commitments: String?
    /// What the commitments were salted with; not part of the record.
    let salt: [UInt8]?

    /// What goes back to the co-signer. The reason travels with REJECT only.
    package var response: CallbackResponse {
        CallbackResponse(
            action: action, requestId: requestId, rejectionReason: action == .reject ? reason : nil)
    }

    init(_ placed: PlacedDecision, recordedAt: LedgerInstant, leafHash: [UInt8]) {
        let (draft, outcome) = (placed.draft, placed.outcome)
        sequence = placed.sequence
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
        action = outcome.action
        rule = outcome.rule
        reason = outcome.reason
        rulesDigest = outcome.rulesDigest
        summary = draft.summary
        isConflict = outcome.isConflict
        repeatCount = 0
        isRepeat = false
        self.leafHash = leafHash
        payload = nil
        charges = outcome.charges
        holds = outcome.holds
        commitments = draft.commitments
        salt = draft.salt
    }

    /// `isRepeat` says that the row answers a request that came again. Without `withPayload`, what follows the columns of
    /// a decision is not looked at.
    init(row: SQLRow, isRepeat: Bool = false, withPayload: Bool = true) throws(LedgerError) {
        guard let recordedAt = LedgerInstant(try row.text(1)), let receivedAt = LedgerInstant(try row.text(2)),
            let kind = RequestKind(rawValue: try row.text(6)), let stage = RequestStage(rawValue: try row.text(7)),
            let action = CallbackAction(rawValue: try row.text(14)),
            let summary = StoredJSON.object(try row.text(18))
        else {
            throw LedgerError(
                .corrupt,
                "decision \(try row.integer(0)) holds values that no ledger writes: restore the file from a backup")
        }
        sequence = try row.integer(0)
        self.recordedAt = recordedAt
        self.receivedAt = receivedAt
        requestId = try row.text(3)
        txId = try row.optionalText(4)
        externalTxId = try row.optionalText(5)
        self.kind = kind
        self.stage = stage
        authenticator = try row.text(8)
        cosigner = try row.optionalText(9)
        listener = try row.text(10)
        signerId = try row.optionalText(11)
        payloadDigest = try row.text(12)
        storedPayloadDigest = try row.text(13)
        self.action = action
        rule = try row.optionalText(15)
        reason = try row.optionalText(16)
        rulesDigest = try row.text(17)
        self.summary = summary
        isConflict = try row.flag(19)
        repeatCount = try row.integer(20)
        self.isRepeat = isRepeat
        leafHash = try row.blob(21)
        charges = try row.optionalText(22)
        holds = try row.optionalText(23)
        commitments = try row.optionalText(24)
        salt = try row.optionalBlob(25)
        payload = withPayload && row.values.count > 26 ? try row.text(26) : nil
    }
}

extension RecordedDecision: DecisionRecord {
    var recordedAtText: String { recordedAt.description }
    var receivedAtText: String { receivedAt.description }

    var canonicalSummary: String { CanonicalJSON.text(of: summary, sorted: true) }
}
