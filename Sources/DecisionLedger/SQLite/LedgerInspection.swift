// Looks at a SQLite ledger before it is opened for writing, so that what is refused is left as it was found.

import GRDB

/// A writing connection copies the log into the main file when it closes, whatever was found. A log that belongs to
/// another database, or that a bad disk made, would then be in the main file for good; hence a look by a connection that
/// cannot write.
struct LedgerInspection {
    let file: LedgerFile
    let key: NoteVerifierKey?
    /// Entries that a server had recorded when it ended without closing the ledger; `nil` where it closed it.
    let recorded: Int64?
    /// Up to this size every page is looked at, and up to that every entry; it takes well under a second.
    private static let (wholeFile, wholeLog): (Int64, Int64) = (64 << 20, 16 << 20)

    func check() throws(LedgerError) {
        // SQLite removes the log of an empty file, so that is not opened.
        guard let main = LedgerFile.size(of: file.path), main > 0 else { return try nothingIsMissing() }
        try file.prepare()
        let size = main + (LedgerFile.size(of: file.walPath) ?? 0)
        // A transaction of the first start was torn: only a writer can take it back, and no decision is in it.
        guard (LedgerFile.size(of: file.path + "-journal") ?? 0) == 0 else { return }
        do {
            let isCurrent = try look(size)
            if isCurrent, size <= Self.wholeLog {
                try OpeningCheck.everything(SQLiteSource(path: file.path), path: file.path)
            }
        } catch {
            throw LedgerError(error, path: file.path)
        }
    }

    /// Whether it is a ledger of the current schema, in which nothing wrong was found.
    private func look(_ size: Int64) throws -> Bool {
        var configuration = Configuration()
        configuration.label = "LedgerInspection"
        configuration.readonly = true
        configuration.busyMode = .timeout(2)
        let queue = try DatabaseQueue(path: file.path, configuration: configuration)
        return try queue.read { db in
            let version = try SQLiteSchema.inspect(db)
            guard version > 0 else {
                try nothingIsMissing()
                return false
            }
            if size <= Self.wholeFile { try checkPages(db) }
            guard version == SQLiteSchema.version else { return false }
            let session = SQLiteSession(db: db)
            guard let origin = try session.first("SELECT origin FROM ledger_head WHERE id = 1")?.text(0) else {
                try nothingIsMissing()
                return false
            }
            if let key, key.name != origin {
                throw LedgerError(
                    .wrongOrigin,
                    "the ledger belongs to \(origin), not to \(key.name): name that origin and its signing key, or another"
                        + " ledger")
            }
            let opening = OpeningCheck(session: session, path: file.path)
            let head = try LedgerHead.read(session)
            if let key { try CheckpointMemory(path: file.memoryPath).check(session, by: key) }
            try logIsComplete(head.size)
            try opening.end()
            return true
        }
    }

    /// Indexes too: an entry that its index does not find would be decided a second time.
    private func checkPages(_ db: Database) throws {
        let finding = try String.fetchOne(db, sql: "PRAGMA integrity_check(1)") ?? "no result"
        guard finding == "ok" else {
            throw LedgerError(
                .corrupt,
                "the ledger's file is damaged (\(finding)). Nothing was changed. Keep the files, and restore the newest sound"
                    + " copy", path: file.path)
        }
    }

    /// Decisions since the newest checkpoint stand in the log only, when a server is killed.
    private func logIsComplete(_ size: Int64) throws(LedgerError) {
        guard let recorded, size < recorded else { return }
        throw LedgerError(
            .rolledBack,
            "the ledger ends at entry \(size), but \(recorded) were recorded when the server ended without closing it: its"
                + " -wal file was removed or is another one. Nothing was changed. Restore that file; to go on without these"
                + " entries, move \(file.lockPath) away and keep it", path: file.path)
    }

    /// A new ledger may begin here, unless there was one.
    private func nothingIsMissing() throws(LedgerError) {
        try logIsComplete(0)
        guard key != nil, let note = try CheckpointMemory(path: file.memoryPath).read() else { return }
        let size = (try? Checkpoint(text: note.unverifiedText))?.size ?? 0
        throw LedgerError(
            .rolledBack,
            "there is no ledger, or an empty one, but one with \(size) entries was here: restore it (with its -wal file, if"
                + " there is one); to begin a new one, move \(file.memoryPath) away and keep it", path: file.path)
    }
}
