// A decision that is durable on disk. An answer can be made from nothing else.

package import CallbackProtocol
import FoundationEssentials
import GRDB

/// A decision as the ledger holds it. Only this module makes one: after a commit, or by reading.
///
/// Immutable; an object, so that handing it from thread to thread copies one reference.
package final class RecordedDecision: Sendable {
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

    /// `isRepeat` says that the row answers a request that came again.
    init(row: Row, isRepeat: Bool = false) throws(LedgerError) {
        guard let recordedAt = LedgerInstant(row[1] as String), let receivedAt = LedgerInstant(row[2] as String),
            let kind = RequestKind(rawValue: row[6]), let stage = RequestStage(rawValue: row[7]),
            let action = CallbackAction(rawValue: row[14]), let summary = StoredJSON.object(row[18])
        else {
            let sequence: Int64 = row[0]
            throw LedgerError(
                .corrupt, "decision \(sequence) holds values that no ledger writes: restore the file from a backup")
        }
        self.sequence = row[0]
        self.recordedAt = recordedAt
        self.receivedAt = receivedAt
        self.requestId = row[3]
        self.txId = row[4]
        self.externalTxId = row[5]
        self.kind = kind
        self.stage = stage
        self.authenticator = row[8]
        self.cosigner = row[9]
        self.listener = row[10]
        self.signerId = row[11]
        self.payloadDigest = row[12]
        self.storedPayloadDigest = row[13]
        self.action = action
        self.rule = row[15]
        self.reason = row[16]
        self.rulesDigest = row[17]
        self.summary = summary
        self.isConflict = row[19]
        self.repeatCount = row[20]
        self.isRepeat = isRepeat
        self.leafHash = Array(row[21] as Data)
        self.payload = row.count > 22 ? row[22] : nil
    }
}
