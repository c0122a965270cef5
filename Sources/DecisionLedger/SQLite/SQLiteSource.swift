// The reading side of a SQLite ledger, beside the server that writes it.

import GRDB

/// A read-only connection.
final class SQLiteSource: LedgerSource {
    private let queue: DatabaseQueue
    private let path: String

    /// Opens an existing ledger of a schema that this version knows.
    init(path: String) throws(LedgerError) {
        let file = LedgerFile(path: path)
        guard LedgerFile.identity(of: file.path) != nil else {
            throw LedgerError(.cannotOpen, "there is no ledger here: serve once, or name its file", path: file.path)
        }
        var configuration = Configuration()
        configuration.label = "LedgerReader"
        configuration.readonly = true
        configuration.busyMode = .timeout(2)
        do {
            queue = try DatabaseQueue(path: file.path, configuration: configuration)
            let version = try queue.read { try SQLiteSchema.inspect($0) }
            guard version == SQLiteSchema.version else {
                throw LedgerError(.notALedger, "an empty or older ledger: let callback-server open it once")
            }
        } catch {
            throw LedgerError(error, path: file.path)
        }
        self.path = file.path
    }

    func read<Value>(_ body: (any SQLSession) throws -> Value) throws(LedgerError) -> Value {
        do { return try queue.read { try body(SQLiteSession(db: $0)) } } catch { throw LedgerError(error, path: path) }
    }

    /// A consistent copy of the whole ledger, made while it is written to. Refuses a file that is there.
    func copy(to destination: String) throws(LedgerError) {
        let target = LedgerFile(path: destination)
        guard LedgerFile.identity(of: target.path) == nil else {
            throw LedgerError(.cannotOpen, "is there already: name a new file for the copy", path: target.path)
        }
        try target.prepare()
        do {
            let copy = try DatabaseQueue(path: target.path)
            try queue.backup(to: copy)
            // The copy is one file, and complete on the disk when this returns.
            try copy.writeWithoutTransaction { db in
                try db.execute(sql: "PRAGMA synchronous = EXTRA")
                _ = try String.fetchOne(db, sql: "PRAGMA journal_mode = DELETE")
                try db.execute(sql: "PRAGMA user_version = \(SQLiteSchema.version)")
            }
            try copy.close()
        } catch {
            throw LedgerError(error, path: target.path)
        }
    }
}
