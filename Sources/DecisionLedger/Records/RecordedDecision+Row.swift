// What is read back of a decision.

import CallbackProtocol

extension RecordedDecision {
    /// What `init(row:)` expects, in its order.
    static let columns = """
        sequence, recorded_at, received_at, request_id, tx_id, external_tx_id, kind, stage, authenticator, cosigner, \
        listener, signer_id, payload_digest, stored_payload_digest, action, rule, reason, rules_digest, summary, \
        conflict, repeat, leaf_hash, charges, holds, commitments, salt
        """
    static let columnsWithPayload = columns + ", payload"
}

/// JSON that this module wrote itself, read back.
enum StoredJSON {
    static func object(_ text: String) -> JSONObject? {
        try? StrictJSON.parse(Array(text.utf8)).object
    }
}
