// Binds, steps and reads a prepared statement without the wrapper's dynamic types: a decision binds 34 values.

import GRDBSQLite

/// Drives a statement that a connection of GRDB prepared and keeps alive. Used by the thread that uses the connection.
///
/// Parameters and columns count from 0. Nothing that is bound or read is kept as a pointer: values are copied.
package struct StatementDriver {
    private let statement: OpaquePointer

    /// - Parameter statement: a `sqlite3_stmt` that outlives this value and is not in use.
    package init(_ statement: OpaquePointer) {
        self.statement = statement
    }

    package var parameterCount: Int { Int(sqlite3_bind_parameter_count(statement)) }
    package var columnCount: Int { Int(sqlite3_column_count(statement)) }

    package func bindNull(_ parameter: Int) throws(SQLiteFailure) {
        try check(sqlite3_bind_null(statement, Int32(parameter + 1)))
    }

    package func bind(_ value: Int64, _ parameter: Int) throws(SQLiteFailure) {
        try check(sqlite3_bind_int64(statement, Int32(parameter + 1), value))
    }

    /// Text of any content; SQLite's own functions see it end at U+0000.
    package func bind(_ value: String, _ parameter: Int) throws(SQLiteFailure) {
        var value = value
        guard !value.isEmpty else {
            return try check(sqlite3_bind_text(statement, Int32(parameter + 1), "", 0, Self.copied))
        }
        try check(
            value.withUTF8 { bytes in
                bytes.withMemoryRebound(to: CChar.self) { text in
                    sqlite3_bind_text64(
                        statement, Int32(parameter + 1), text.baseAddress, UInt64(text.count), Self.copied,
                        UInt8(SQLITE_UTF8))
                }
            })
    }

    package func bind(_ value: [UInt8], _ parameter: Int) throws(SQLiteFailure) {
        guard !value.isEmpty else { return try check(sqlite3_bind_zeroblob(statement, Int32(parameter + 1), 0)) }
        try check(
            value.withUnsafeBytes { bytes in
                sqlite3_bind_blob64(
                    statement, Int32(parameter + 1), bytes.baseAddress, UInt64(bytes.count), Self.copied)
            })
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
    package func reset() {
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

    /// SQLITE_TRANSIENT, whose definition Swift cannot import.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
