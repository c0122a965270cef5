// Binds, steps and reads a prepared statement without the wrapper's dynamic types: a decision binds 34 values.

import GRDBSQLite

/// Drives a statement that a connection of GRDB prepared and keeps alive. Used by the thread that uses the connection.
///
/// Columns count from 0. Nothing is kept as a pointer: what is bound is let go of before `bind` returns, what is read is
/// copied.
package struct StatementDriver {
    private let statement: OpaquePointer

    /// - Parameter statement: a `sqlite3_stmt` that outlives this value and is not in use.
    package init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    package var parameterCount: Int { Int(sqlite3_bind_parameter_count(statement)) }
    package var columnCount: Int { Int(sqlite3_column_count(statement)) }

    /// Binds all values, runs `body`, which steps and reads, and makes the statement ready for its next use.
    ///
    /// SQLite reads the values where they lie (SQLITE_STATIC): of those it is to keep it would copy each into memory of its
    /// own, thirty times for a decision.
    package func bind<Result>(_ values: StatementValues, _ body: () throws -> Result) throws -> Result {
        try values.bytes.withUnsafeBytes { bytes in
            defer { reset() }
            for (parameter, value) in values.places.enumerated() {
                let (index, start) = (Int32(parameter + 1), bytes.baseAddress)
                switch value {
                case .null: try check(sqlite3_bind_null(statement, index))
                case .integer(let integer): try check(sqlite3_bind_int64(statement, index, integer))
                case .text(let range):
                    let text = start?.advanced(by: range.lowerBound).assumingMemoryBound(to: CChar.self)
                    try check(
                        sqlite3_bind_text64(statement, index, text, UInt64(range.count), nil, UInt8(SQLITE_UTF8)))
                case .blob(let range):
                    let blob = start?.advanced(by: range.lowerBound)
                    try check(sqlite3_bind_blob64(statement, index, blob, UInt64(range.count), nil))
                }
            }
            return try body()
        }
    }

    /// Runs to the next row; false where there is none any more.
    package func step() throws(SQLiteFailure) -> Bool {
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw SQLiteFailure(code, statement)
        }
    }

    /// Makes the statement ready for its next use and lets go of what was bound. What failed is known already.
    private func reset() {
        _ = sqlite3_reset(statement)
        _ = sqlite3_clear_bindings(statement)
    }

    /// What a column of the present row holds.
    package enum Column: Sendable, Hashable {
        case null
        case integer(Int64)
        case real(Double)
        /// Bytes that are no UTF-8 are replaced by U+FFFD.
        case text(String)
        case blob([UInt8])
    }

    package func column(_ column: Int) -> Column {
        let column = Int32(column)
        switch sqlite3_column_type(statement, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
        case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
        case SQLITE_TEXT:
            // The length is asked for after the text: asking may convert it.
            guard let text = sqlite3_column_text(statement, column) else { return .text("") }
            let bytes = UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(statement, column)))
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            guard let bytes = sqlite3_column_blob(statement, column) else { return .blob([]) }
            let count = Int(sqlite3_column_bytes(statement, column))
            return .blob(Array(UnsafeRawBufferPointer(start: bytes, count: count)))
        default: return .null
        }
    }

    private func check(_ code: Int32) throws(SQLiteFailure) {
        guard code == SQLITE_OK else { throw SQLiteFailure(code, statement) }
    }
}
