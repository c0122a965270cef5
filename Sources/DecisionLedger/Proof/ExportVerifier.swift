// Whole logs as lines of JSON, with the checkpoint that proves them.

import CallbackProtocol

/// The lines of `decisions export --proof`: one for each record, from the first, and a last one with the checkpoint.
package enum ExportLine {
    /// `{"index":0,"record":{...}}`, without a line end.
    ///
    /// - Parameter record: canonical JSON.
    package static func entry(index: Int, record: String) -> String {
        "{\"index\":\(index),\"record\":\(record)}"
    }

    /// `{"checkpoint":"..."}`, without a line end.
    package static func checkpoint(_ note: SignedNote) -> String {
        var json = CanonicalJSON()
        json.open(0x7b)
        json.member("checkpoint", note.serialized)
        json.close(0x7d)
        return json.text
    }
}

/// Checks an export line by line, in constant memory: every record from the first, in their order, to the signed root.
package struct ExportVerifier {
    private var frontier = MerkleFrontier()
    private var checkpoint: SignedNote?
    private var line = 0

    package init() {}

    /// Takes the next line, without its line end.
    ///
    /// - Throws: `export_malformed`, `record_malformed`, `record_misplaced` or `note_malformed`, with the line's number.
    package mutating func take(_ bytes: [UInt8]) throws(LedgerError) {
        line += 1
        do throws(LedgerError) {
            guard checkpoint == nil else {
                throw LedgerError(.exportMalformed, "something follows the checkpoint")
            }
            let object = try CanonicalRecord.parsed(bytes)
            if object.members.count == 1, let note = object["checkpoint"]?.string {
                checkpoint = try SignedNote(parsing: Array(note.utf8))
            } else {
                try takeEntry(object)
            }
        } catch {
            throw LedgerError(error.code, "line \(line): \(error.message)")
        }
    }

    private mutating func takeEntry(_ object: JSONObject) throws(LedgerError) {
        guard object.members.count == 2, case .number(let index)? = object["index"],
            case .object(let members)? = object["record"]
        else {
            throw LedgerError(.exportMalformed, "an entry has the members index and record, the last line checkpoint")
        }
        let record = try CanonicalRecord(members)
        guard index == String(frontier.size), record.sequence == frontier.size + 1 else {
            throw LedgerError(
                .recordMisplaced,
                "the entry with index \(frontier.size) is due: one is missing, doubled or misplaced")
        }
        try frontier.append(record.leafHash)
    }

    /// At the end of the export: the checkpoint that its records give.
    ///
    /// - Throws: `export_malformed` for a missing checkpoint, `proof_invalid` where the records are not those that were
    ///   signed, and what `Checkpoint(verifying:by:origin:)` throws.
    package func finish(against keys: [NoteVerifierKey], origin: String? = nil) throws(LedgerError) -> Checkpoint {
        guard let note = checkpoint else {
            throw LedgerError(.exportMalformed, "the export is cut off: it ends with a checkpoint")
        }
        let checkpoint = try Checkpoint(verifying: note, by: keys, origin: origin)
        guard checkpoint.size == frontier.size else {
            throw LedgerError(
                .proofInvalid, "the checkpoint has \(checkpoint.size) entries, the export \(frontier.size)")
        }
        guard checkpoint.rootHash == frontier.root else {
            throw LedgerError(.proofInvalid, "an entry was altered: the entries do not give the signed root")
        }
        return checkpoint
    }
}
