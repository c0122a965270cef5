// Where the log ends: its size, its own time, and the hashes from which its root is made.

/// The one row of `ledger_head`, read at the beginning of a transaction and written at its end.
struct LedgerHead: Sendable {
    /// Who this log is, in its checkpoints (C2SP tlog-checkpoint, origin line).
    let origin: String
    /// The log's own time: that of its newest entry. Never goes back.
    var recordedAt: LedgerInstant
    /// Every entry so far, as a Merkle tree.
    var frontier: MerkleFrontier

    var size: Int64 { Int64(frontier.size) }

    /// Reads the head; with `locking`, keeps every other server from writing until the transaction ends.
    static func read(_ session: any SQLSession, locking: Bool = true) throws -> LedgerHead {
        let sql =
            "SELECT size, recorded_at, frontier, origin FROM ledger_head WHERE id = 1"
            + (locking ? session.forUpdate : "")
        guard let row = try session.first(sql) else {
            throw LedgerError(.corrupt, "the ledger has no head: restore it from a backup")
        }
        let (size, hashes) = (Int(try row.integer(0)), try row.blob(2))
        do throws(LedgerError) {
            return LedgerHead(
                origin: try row.text(3), recordedAt: try row.instant(1),
                frontier: try MerkleFrontier(serialized: hashes, size: size))
        } catch {
            throw LedgerError(
                .corrupt,
                "the ledger is damaged: its head cannot be read (\(error.message)). Keep the files, and restore the newest"
                    + " sound copy")
        }
    }

    func write(_ session: any SQLSession) throws {
        try session.write(
            "UPDATE ledger_head SET size = ?, recorded_at = ?, frontier = ? WHERE id = 1",
            [.integer(size), SQLValue(recordedAt), .blob(frontier.serialized)])
    }

    /// Makes the head of a new log, or checks that the log is the one that its keys belong to.
    static func prepare(_ session: any SQLSession, origin: String?) throws {
        let select = "SELECT origin FROM ledger_head WHERE id = 1"
        var row = try session.first(select)
        if row == nil {
            try session.write(
                "INSERT INTO ledger_head (id, size, recorded_at, frontier, origin) VALUES (1, 0, 0, ?, ?)"
                    + " ON CONFLICT (id) DO NOTHING",
                [.blob([]), .text(origin ?? "countersign.invalid/unsigned")])
            // Another server may have been first.
            row = try session.first(select)
        }
        guard let found = try row?.text(0), let origin, origin != found else { return }
        throw LedgerError(
            .wrongOrigin,
            "the ledger belongs to \(found), not to \(origin): name that origin and its signing key, or another"
                + " ledger")
    }
}
