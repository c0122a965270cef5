// The newest checkpoint, remembered beside the ledger, so that a ledger that was put back to an earlier state is noticed.

import Glibc

/// A file that holds one signed checkpoint. Whoever rolls the database back has to roll this back as well; whoever keeps
/// copies of it elsewhere will notice even that (docs/ledger.md).
struct CheckpointMemory: Sendable {
    let path: String

    /// Replaces the file. Best effort: an older checkpoint proves less, and never anything wrong. Synced before it takes
    /// the name: after a power failure an empty file would stand there, and a sound ledger be refused.
    func write(_ note: String) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o644)
        guard descriptor >= 0 else { return }
        let bytes = Array(note.utf8)
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fdatasync(descriptor) == 0
        close(descriptor)
        if isWritten { rename(temporary, path) } else { unlink(temporary) }
    }

    /// `nil` where nothing is remembered.
    func read() throws(LedgerError) -> SignedNote? {
        guard let bytes = try contents() else { return nil }
        do {
            return try SignedNote(parsing: bytes)
        } catch {
            throw LedgerError(
                .rolledBack,
                "the remembered checkpoint cannot be read: \(error.message). Restore this file; if it is lost, compare the"
                    + " ledger with a checkpoint kept elsewhere (`decisions verify`), and move this file away",
                path: path)
        }
    }

    /// `nil` only where no such file is there: one that cannot be read is no reason to trust the ledger without it.
    private func contents() throws(LedgerError) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw unreadable(errno)
        }
        defer { close(descriptor) }
        // A checkpoint has a few hundred bytes.
        var bytes = [UInt8](repeating: 0, count: 64 << 10)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0 else { throw unreadable(errno) }
        return Array(bytes.prefix(count))
    }

    private func unreadable(_ number: Int32) -> LedgerError {
        LedgerError(
            .cannotOpen,
            "the remembered checkpoint cannot be read (\(String(cString: strerror(number)))): without it the ledger may have"
                + " been put back to an earlier state. Make the file readable for this service's user", path: path)
    }
}

extension CheckpointMemory {
    /// Refuses a log that does not hold what was signed once.
    func check(_ session: any SQLSession, by key: NoteVerifierKey) throws {
        guard let note = try read() else { return }
        let remembered: Checkpoint
        do throws(LedgerError) {
            remembered = try Checkpoint(verifying: note, by: [key], origin: key.name)
        } catch {
            throw LedgerError(
                .rolledBack,
                "the remembered checkpoint is none of this ledger's key (\(error.message)). If the key or the ledger was"
                    + " changed on purpose, move this file away", path: path)
        }
        let size = Int64(remembered.size)
        let head = try LedgerHead.read(session)
        guard head.size >= size else {
            throw LedgerError(
                .rolledBack,
                "the ledger ends at entry \(head.size), but entry \(size) was recorded once: it was put back to an earlier"
                    + " state, so limits and answers since then are lost. Restore the newest copy; to go on all the same,"
                    + " move this file away and keep it", path: path)
        }
        var prover = try MerkleProver(size: remembered.size, session: session)
        guard try prover.root() == remembered.rootHash else {
            throw LedgerError(
                .rolledBack,
                "the ledger's first \(size) entries are not those that were recorded once: run `decisions verify`, and"
                    + " restore it from a copy", path: path)
        }
    }
}

extension MerkleProver {
    /// A prover over the hashes that the ledger stores.
    init(size: Int, session: any SQLSession) throws(LedgerError) {
        try self.init(size: size) { level, range in
            var hashes: [UInt8] = []
            hashes.reserveCapacity(range.count * MerkleHash.count)
            let bounds: [SQLValue]
            let sql: String
            if level == 0 {
                bounds = [.integer(Int64(range.lowerBound) + 1), .integer(Int64(range.upperBound))]
                sql = """
                    SELECT sequence, leaf_hash FROM decisions WHERE sequence BETWEEN ? AND ?
                    UNION ALL SELECT sequence, leaf_hash FROM hold_events WHERE sequence BETWEEN ? AND ? ORDER BY sequence
                    """
                try session.query(sql, bounds + bounds) { hashes += try $0.blob(1) }
            } else {
                bounds = [
                    .integer(Int64(level)), .integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound) - 1),
                ]
                sql =
                    "SELECT position, hash FROM tree_nodes WHERE level = ? AND position BETWEEN ? AND ? ORDER BY position"
                try session.query(sql, bounds) { hashes += try $0.blob(1) }
            }
            return hashes
        }
    }
}
