// The writing connection. Durability is not assumed: it is set and read back at every open.

import GRDB

/// An open ledger of the current schema in WAL mode with `synchronous=FULL`.
struct LedgerConnection: Sendable {
    let queue: DatabaseQueue
    let file: LedgerFile
    let identity: LedgerFile.Identity?
    let walIdentity: LedgerFile.Identity?

    /// Opens, checks and migrates the file. With `expecting`, the file must be that one: a ledger that vanished while
    /// it was served is never replaced by an empty one, which would forget what was decided.
    static func open(
        _ file: LedgerFile, options: LedgerOptions, expecting: LedgerFile.Identity? = nil
    ) throws(LedgerError) -> LedgerConnection {
        if let expecting, LedgerFile.identity(of: file.path) != expecting { throw replaced(file) }
        if expecting == nil { try file.prepare() }
        var configuration = Configuration()
        configuration.label = "DecisionLedger"
        configuration.busyMode = .timeout(Double(options.lockWaitMilliseconds) / 1000)
        // A transaction that cannot be rolled back must end in an error and a new connection, not in a trap.
        configuration.allowsUnsafeTransactions = true
        do {
            let queue = try DatabaseQueue(path: file.path, configuration: configuration)
            try queue.writeWithoutTransaction { db in
                try SQLiteSchema.inspect(db)
                try makeDurable(db)
                try check(db, file)
                try SQLiteSchema.migrate(db)
                if expecting != nil { try rewriteLog(db) }
            }
            return LedgerConnection(
                queue: queue, file: file, identity: LedgerFile.identity(of: file.path),
                walIdentity: LedgerFile.identity(of: file.walPath))
        } catch {
            throw LedgerError(error, path: file.path)
        }
    }

    /// Sets WAL and `synchronous=FULL`. GRDB's own WAL mode would set NORMAL, which loses commits at a power failure.
    private static func makeDurable(_ db: Database) throws {
        // Three payloads of the usual size to a page: fewer, fuller writes than with SQLite's own 4,096 bytes. Only a new
        // file takes it.
        try db.execute(sql: "PRAGMA page_size = 8192")
        _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
        try db.execute(sql: "PRAGMA synchronous = FULL")
        // Of a ledger with a hundred thousand decisions a new one belongs on any of a thousand pages of the index of
        // identities. SQLite's own 2,000 KiB would hold a fifth of them, and most would be read for every decision.
        try db.execute(sql: "PRAGMA cache_size = -16000")
        // `LogCopier` keeps the log short; this is for the case that it cannot.
        _ = try Int.fetchOne(db, sql: "PRAGMA wal_autocheckpoint = 8000")
        _ = try Int.fetchOne(db, sql: "PRAGMA journal_size_limit = \(64 << 20)")
        try assertDurable(db)
    }

    /// Refuses a connection whose commits would not survive a power failure.
    static func assertDurable(_ db: Database) throws {
        let mode = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? ""
        let level = try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
        guard mode == "wal", level == 2 else {
            throw LedgerError(
                .notDurable,
                "SQLite kept journal_mode=\(mode) and synchronous=\(level) instead of wal and 2 (FULL): put the ledger"
                    + " on a local file system")
        }
    }

    /// Looks for damage where that takes well under a second; larger files are for `doctor`.
    private static func check(_ db: Database, _ file: LedgerFile) throws {
        guard let size = LedgerFile.size(of: file.path), size <= 64 << 20 else { return }
        let finding = try String.fetchOne(db, sql: "PRAGMA quick_check(1)") ?? "no result"
        guard finding == "ok" else {
            throw LedgerError(.corrupt, "the ledger's file is damaged (\(finding)): restore it from a backup")
        }
    }

    /// Copies the log into the main file and syncs that. After a failed sync the kernel may show bytes that are not on
    /// the disk; nothing that is readable after this may be such a byte.
    private static func rewriteLog(_ db: Database) throws {
        let row = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)")
        if let busy: Int = row?[0], busy != 0 {
            throw LedgerError(.locked, "the ledger recovers from a failure and waits for a reader to finish")
        }
    }

    /// Whether what was just committed can be found by name: a removed file takes writes as willingly as any other.
    func assertInPlace() throws(LedgerError) {
        guard LedgerFile.identity(of: file.path) == identity, LedgerFile.identity(of: file.walPath) == walIdentity
        else { throw Self.replaced(file) }
    }

    private static func replaced(_ file: LedgerFile) -> LedgerError {
        LedgerError(
            .fileReplaced, "the ledger or its -wal file was removed or replaced while it was open: restore it, restart",
            path: file.path)
    }
}
