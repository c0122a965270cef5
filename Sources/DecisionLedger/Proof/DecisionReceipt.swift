// The proof that one decision is in the log, as a file that can be handed to anybody.

import CallbackProtocol

/// A receipt: a transparency log proof (c2sp.org/tlog-proof) whose extra data is the record itself.
///
/// It proves, to whoever has the log's verifier key and nothing else, that the log holds this record at this place. What
/// it says is worth nothing before `verify(against:origin:)`.
package struct DecisionReceipt: Sendable {
    /// The longest receipt that is read, in bytes.
    package static let maximumBytes = 1 << 20
    static let header = "c2sp.org/tlog-proof@v1"

    /// Canonical JSON, in UTF-8.
    let record: [UInt8]
    let index: Int
    /// From the leaf's sibling up to the root's child.
    let proof: [[UInt8]]
    let checkpoint: SignedNote

    /// - Parameters:
    ///   - record: the canonical JSON whose leaf hash stands at `index`, from 0.
    ///   - proof: by `MerkleProver.inclusionProof(of:)`, at the size of the checkpoint.
    package init(record: [UInt8], index: Int, proof: [[UInt8]], checkpoint: SignedNote) {
        self.record = record
        self.index = index
        self.proof = proof
        self.checkpoint = checkpoint
    }

    /// The file: lines that end in LF, ASCII but for the checkpoint. One receipt has one text.
    package var serialized: String {
        var text = "\(Self.header)\nextra \(StandardBase64.encode(record))\nindex \(index)\n"
        for hash in proof { text += StandardBase64.encode(hash) + "\n" }
        return text + "\n" + checkpoint.serialized
    }

    /// Checks everything: that a trusted key of the log signed the checkpoint, that the record is canonical and says the
    /// place that the receipt says, and that record, place and proof lead to the signed root.
    ///
    /// - Parameters:
    ///   - keys: the verifier keys of the log.
    ///   - origin: the log that is expected (`Checkpoint.init(verifying:by:origin:)`).
    /// - Throws: `note_untrusted` (wrong key), `note_bad_signature` (altered checkpoint), `checkpoint_malformed`,
    ///   `checkpoint_origin` (another log), `record_malformed` (altered record), `record_misplaced` and
    ///   `proof_out_of_range` (wrong index), `proof_malformed` (altered proof), `proof_invalid` (one of the three, which
    ///   nobody can tell).
    package func verify(
        against keys: [NoteVerifierKey], origin: String? = nil
    ) throws(LedgerError) -> VerifiedReceipt {
        let checkpoint = try Checkpoint(verifying: self.checkpoint, by: keys, origin: origin)
        let record = try CanonicalRecord(self.record)
        guard record.sequence - 1 == index else {
            throw LedgerError(
                .recordMisplaced,
                "wrong index: the record is number \(record.sequence), which has index \(record.sequence - 1), not \(index)"
            )
        }
        try MerkleProof.verifyInclusion(
            leafHash: record.leafHash, index: index, size: checkpoint.size, proof: proof, root: checkpoint.rootHash)
        return VerifiedReceipt(record: record, index: index, checkpoint: checkpoint)
    }
}

/// A record that is proven to be in the log. Only `DecisionReceipt.verify` makes one.
package struct VerifiedReceipt: Sendable {
    package let record: CanonicalRecord
    /// The record's place, from 0.
    package let index: Int
    /// The head of the log that it is proven against.
    package let checkpoint: Checkpoint

    fileprivate init(record: CanonicalRecord, index: Int, checkpoint: Checkpoint) {
        self.record = record
        self.index = index
        self.checkpoint = checkpoint
    }

    /// Whether the record commits to the value that an opening shows.
    package func confirms(_ opening: RecordOpening) -> Bool {
        record.object["commitments"]?.object?[opening.path]?.string.map(opening.opens) ?? false
    }
}
