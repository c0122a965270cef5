// What SQLite says when a step fails.

import GRDBSQLite

/// A result code that is neither "row" nor "done" (sqlite.org/rescode.html).
package struct SQLiteFailure: Error, Sendable, Hashable {
    /// The extended result code.
    package let code: Int32
    /// SQLite's own words; they name no value that was bound.
    package let message: String

    init(_ code: Int32, _ statement: OpaquePointer) {
        let database = sqlite3_db_handle(statement)
        let extended = sqlite3_extended_errcode(database)
        // The connection tells more, unless another error came between.
        self.code = extended & 0xff == code & 0xff ? extended : code
        message = sqlite3_errmsg(database).map { String(cString: $0) } ?? "no message"
    }
}
