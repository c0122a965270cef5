// The one error type of this module.

/// Why a decision was not recorded, or a ledger not opened or read: what happened, where, and what to do.
///
/// None of these ever means "recorded": whoever asked must answer RETRY, never APPROVE.
package struct LedgerError: Error, Sendable, CustomStringConvertible {
    /// Stable codes; listed in docs/errors.md, never reused.
    package struct Code: RawRepresentable, Hashable, Sendable {
        package let rawValue: String
        package init(rawValue: String) { self.rawValue = rawValue }

        /// No space is left on the device, or the file reached its limit.
        package static let diskFull = Code(rawValue: "disk_full")
        /// The file or its file system cannot be written.
        package static let readOnly = Code(rawValue: "read_only")
        /// Another process held the database for longer than `LedgerOptions.lockWait`.
        package static let locked = Code(rawValue: "locked")
        /// The device failed. Where it failed while committing, the outcome is unknown until the request is asked again.
        package static let ioError = Code(rawValue: "io_error")
        /// The file or database is damaged, or the file is no SQLite database.
        package static let corrupt = Code(rawValue: "corrupt")
        /// The file or its directory is missing, or access is not permitted.
        package static let cannotOpen = Code(rawValue: "cannot_open")
        /// A database of another program, or none.
        package static let notALedger = Code(rawValue: "not_a_ledger")
        /// Written by a newer version of this program.
        package static let newerSchema = Code(rawValue: "newer_schema")
        /// Commits would not survive a power failure: SQLite did not take WAL with synchronous=FULL, or the PostgreSQL
        /// server is set to lose them or did not wait for its standby.
        package static let notDurable = Code(rawValue: "not_durable")
        /// Another server writes this ledger.
        package static let inUse = Code(rawValue: "in_use")
        /// The database server cannot be reached, does not answer in time, or was lost: what was being committed then may
        /// be recorded or not, until the request is asked again.
        package static let unreachable = Code(rawValue: "unreachable")
        /// The file was removed or replaced while it was open.
        package static let fileReplaced = Code(rawValue: "file_replaced")
        /// More decisions wait than `LedgerOptions` allows.
        package static let queueFull = Code(rawValue: "queue_full")
        /// The ledger is closed or closing.
        package static let closed = Code(rawValue: "closed")
        /// This one record cannot be stored.
        package static let unstorable = Code(rawValue: "unstorable")
        /// The ledger belongs to another origin than the one that is configured.
        package static let wrongOrigin = Code(rawValue: "wrong_origin")
        /// The ledger holds less, or something else, than a checkpoint that is remembered.
        package static let rolledBack = Code(rawValue: "rolled_back")
        /// No hold has this number.
        package static let noSuchHold = Code(rawValue: "no_such_hold")
        /// The hold takes no signatures any more.
        package static let holdOver = Code(rawValue: "hold_over")
        /// The signature does not count: not of these bytes, or not by an approver.
        package static let signatureRefused = Code(rawValue: "signature_refused")
        /// No checkpoint covers the entry yet.
        package static let notSignedYet = Code(rawValue: "not_signed_yet")
        /// Anything else that the database reports.
        package static let database = Code(rawValue: "database")
    }

    package var code: Code
    package var message: String
    /// The ledger's file or database, or empty.
    package var path: String

    package init(_ code: Code, _ message: String, path: String = "") {
        self.code = code
        self.message = message
        self.path = path
    }

    package var description: String {
        path.isEmpty ? "\(message) [\(code.rawValue)]" : "\(path): \(message) [\(code.rawValue)]"
    }

    /// Whether only the one record is at fault, and the store is sound.
    var concernsOneRecord: Bool { code == .unstorable }

    /// Whether the call was at fault, and not the store.
    var concernsCaller: Bool { concernsOneRecord || code == .noSuchHold || code == .holdOver }

    /// What is told to whoever names a hold that is none.
    package static func noHold(_ number: Int64) -> LedgerError {
        LedgerError(.noSuchHold, "there is no hold \(number): `holds list` shows them")
    }
}
