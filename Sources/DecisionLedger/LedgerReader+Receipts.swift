// Receipts and proofs out of a ledger.

import CallbackProtocol

extension LedgerReader {
    /// A receipt of the decision or hold event at a place: its record, the proof that it is in the log, and the newest
    /// signed checkpoint. `nil` where nothing stands there.
    ///
    /// - Throws: `not_signed_yet` where no checkpoint covers it: within a second one will.
    package func receipt(sequence: Int64) throws(LedgerError) -> DecisionReceipt? {
        try source.read { session in
            guard let record = try Self.record(at: sequence, session) else { return nil }
            let newest = try session.first("SELECT size, note FROM checkpoints ORDER BY size DESC LIMIT 1")
            guard let newest, try newest.integer(0) >= sequence else {
                throw LedgerError(
                    .notSignedYet, "no signed checkpoint covers entry \(sequence) yet: ask again in a second")
            }
            var prover = try MerkleProver(size: Int(try newest.integer(0)), session: session)
            return DecisionReceipt(
                record: record, index: Int(sequence - 1), proof: try prover.inclusionProof(of: Int(sequence - 1)),
                checkpoint: try SignedNote(parsing: Array(try newest.text(1).utf8)))
        }
    }

    /// The newest signed checkpoint, for people to keep elsewhere; `nil` where none was signed yet.
    package func newestCheckpoint() throws(LedgerError) -> SignedNote? {
        try source.read { session in
            try session.first("SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1").map {
                try SignedNote(parsing: Array(try $0.text(0).utf8))
            }
        }
    }

    /// Hands over the records of the log up to its newest checkpoint, in their order, and returns that checkpoint.
    package func records(_ body: ([UInt8]) -> Void) throws(LedgerError) -> SignedNote? {
        guard let note = try newestCheckpoint() else { return nil }
        let size = try Checkpoint(text: note.unverifiedText).size
        var next: Int64 = 1
        while next <= Int64(size) {
            let end = min(Int64(size), next + 499)
            let records = try source.read { session in
                try (next...end).map { sequence in
                    guard let record = try Self.record(at: sequence, session) else {
                        throw LedgerError(.corrupt, "entry \(sequence) is missing: run `decisions verify`")
                    }
                    return record
                }
            }
            records.forEach(body)
            next = end + 1
        }
        return note
    }

    private static func record(at sequence: Int64, _ session: any SQLSession) throws -> [UInt8]? {
        let decision = "SELECT \(RecordedDecision.columns) FROM decisions WHERE sequence = ?"
        if let row = try session.first(decision, [.integer(sequence)]) {
            return try RecordedDecision(row: row).canonicalBytes
        }
        let event = "SELECT record FROM hold_events WHERE sequence = ?"
        return try session.first(event, [.integer(sequence)]).map { Array(try $0.text(0).utf8) }
    }

    /// Decisions that commit to this value of a member that is not stored in clear, oldest first.
    package func committing(to value: String) throws(LedgerError) -> [(decision: RecordedDecision, path: String)] {
        var found: [(RecordedDecision, String)] = []
        let text = Array(JSONValue.string(value).serialized())
        try each { decision in
            guard let commitments = decision.commitments.flatMap(StoredJSON.object),
                let salt = decision.salt.flatMap(RecordSalt.init)
            else { return }
            for member in commitments.members {
                guard let commitment = member.value.string else { continue }
                for bytes in [text, Array(value.utf8)]
                where RecordCommitment.check(
                    commitment, salt: salt.salt(for: member.name), pointer: member.name, value: bytes)
                {
                    found.append((decision, member.name))
                }
            }
        }
        return found
    }
}
