// From SQLite's result codes (sqlite.org/rescode.html) to the causes that a person can act on.

import GRDB

extension LedgerError {
    /// Any error thrown inside a database access.
    init(_ error: any Error, path: String) {
        switch error {
        case let error as LedgerError:
            self = error
            if self.path.isEmpty { self.path = path }
        case let error as DatabaseError: self.init(sqlite: error, path: path)
        default: self.init(.database, "the ledger's database failed: \(error)", path: path)
        }
    }

    private init(sqlite error: DatabaseError, path: String) {
        let detail = "\(error.message ?? "no message"), SQLite code \(error.extendedResultCode.rawValue)"
        let (code, advice): (Code, String) =
            switch error.resultCode {
            case .SQLITE_FULL: (.diskFull, "the disk is full: free space on the ledger's file system")
            case .SQLITE_READONLY:
                (
                    .readOnly,
                    "the ledger cannot be written: check the mount, the owner and the mode of file and directory"
                )
            case .SQLITE_BUSY, .SQLITE_LOCKED:
                (.locked, "another process holds the ledger's lock: end it (a shell, a backup or a scanner)")
            case .SQLITE_IOERR: (.ioError, "the ledger's disk failed: check the device and the kernel's log")
            case .SQLITE_CORRUPT, .SQLITE_NOTADB:
                (.corrupt, "the ledger's file is damaged or no SQLite database: restore it from a backup")
            case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_AUTH:
                (.cannotOpen, "the ledger cannot be opened: check that the directory exists and who owns it")
            case .SQLITE_CONSTRAINT, .SQLITE_TOOBIG, .SQLITE_MISMATCH: (.unstorable, "the record cannot be stored")
            default: (.database, "the ledger's database failed")
            }
        self.init(code, "\(advice) (\(detail))", path: path)
    }

    /// Whether the connection may be in a state that SQLite does not recover by itself.
    var needsReopening: Bool { code != .locked && code != .diskFull && !concernsCaller }
}
