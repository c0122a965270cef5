// Reading a decision back from its row.

import CallbackProtocol
import FoundationEssentials
import GRDB

extension RecordedDecision {
    /// What `init(row:)` expects, in its order.
    static let columns = """
        sequence, recorded_at, received_at, request_id, tx_id, external_tx_id, kind, stage, authenticator, cosigner, \
        listener, signer_id, payload_digest, stored_payload_digest, action, rule, reason, rules_digest, summary, \
        conflict, repeat, leaf_hash
        """
    static let columnsWithPayload = columns + ", payload"

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

/// JSON that this module wrote itself, read back.
enum StoredJSON {
    static func object(_ text: String) -> JSONObject? {
        try? StrictJSON.parse(Array(text.utf8)).object
    }
}
