// The writing side of a SQLite ledger: one process, one connection, one transaction at a time.

import GRDB
import Synchronization

/// Opens the file, keeps it open, and opens it again where SQLite would not recover by itself.
final class SQLiteEngine: LedgerEngine {
    let file: LedgerFile
    private let options: LedgerOptions
    private let lock: LedgerLock
    private let identity: LedgerFile.Identity?
    private let copier: LogCopier
    private let connection: Mutex<LedgerConnection?>

    /// Creates (mode 0600) or migrates the file. See `DecisionLedger.open`.
    ///
    /// - Parameter inspect: looks at the file before anything is changed, knowing how many entries were recorded before an
    ///   unclean end; what it throws is refused.
    init(
        path: String, options: LedgerOptions,
        inspect: (LedgerFile, _ recorded: Int64?) throws(LedgerError) -> Void = { _, _ in }
    ) throws(LedgerError) {
        file = LedgerFile(path: path)
        lock = try LedgerLock(file)
        do throws(LedgerError) {
            try inspect(file, lock.remembered)
        } catch {
            lock.release()
            throw error
        }
        let opened = try LedgerConnection.open(file, options: options)
        identity = opened.identity
        copier = LogCopier(file, options: options)
        self.options = options
        connection = Mutex(opened)
    }

    func transact<Value>(_ work: (any SQLSession) throws -> (Value, size: Int64)) throws(LedgerError) -> Value {
        do {
            let connection = try openConnection()
            let (value, size) = try connection.queue.writeWithoutTransaction { db in try Self.transact(db, work) }
            try connection.assertInPlace()
            lock.remember(size)
            return value
        } catch {
            let failure = LedgerError(error, path: file.path)
            if failure.needsReopening { dropConnection() }
            throw failure
        }
    }

    private static func transact<Value>(
        _ db: Database, _ work: (any SQLSession) throws -> (Value, size: Int64)
    ) throws -> (Value, size: Int64) {
        try db.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
        do {
            let result = try work(SQLiteSession(db: db))
            try db.cachedStatement(sql: "COMMIT").execute()
            return result
        } catch {
            // SQLite has rolled back already after some errors.
            if db.isInsideTransaction { try? db.cachedStatement(sql: "ROLLBACK").execute() }
            guard !db.isInsideTransaction else {
                throw LedgerError(.database, "a failed transaction could not be rolled back: \(error)")
            }
            throw error
        }
    }

    func tidy() {
        guard let open = connection.withLock({ $0 }) else { return }
        try? open.queue.writeWithoutTransaction(copier.follow)
    }

    func freeBytes() -> UInt64? { file.freeBytes() }

    func close() {
        copier.wait()
        dropConnection()
        // SQLite removes the log when all of it is in the main file.
        if LedgerFile.identity(of: file.walPath) == nil { lock.forget() }
        lock.release()
    }

    private func openConnection() throws(LedgerError) -> LedgerConnection {
        if let open = connection.withLock({ $0 }) { return open }
        let opened = try LedgerConnection.open(file, options: options, expecting: identity)
        connection.withLock { $0 = opened }
        return opened
    }

    private func dropConnection() {
        let dropped = connection.withLock { connection in
            defer { connection = nil }
            return connection
        }
        try? dropped?.queue.close()
    }

    /// For tests: the writing connection, between transactions; `nil` while it is not open.
    func withDatabase<Value>(_ body: (Database) throws -> Value) throws -> Value? {
        try connection.withLock { $0 }?.queue.writeWithoutTransaction(body)
    }
}
