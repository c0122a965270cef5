// The one face of SQLite and PostgreSQL that the ledger's logic is written against.

/// Which engine a statement is for, where the two differ.
package enum SQLDialect: Sendable {
    case sqlite
    case postgres
}

/// Runs statements on one connection, one after another. Placeholders are `?`.
///
/// Used by one thread at a time; handed to a closure, never kept.
package protocol SQLSession {
    var dialect: SQLDialect { get }

    /// Another number for each connection of one engine: what was seen before may not be what the store holds now.
    var connectionNumber: Int { get }

    /// Runs a statement and returns how many rows it changed.
    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int

    /// Runs a statement whose result nobody needs, at the latest before the next one that is asked for its result, or
    /// before the end of the transaction. Where it fails, the transaction fails.
    func write(_ sql: String, _ arguments: [SQLValue]) throws

    /// Runs a query and hands over its rows, one at a time where the engine can.
    func query(_ sql: String, _ arguments: [SQLValue], _ body: (SQLRow) throws -> Void) throws
}

extension SQLSession {
    package var connectionNumber: Int { 0 }

    package func write(_ sql: String, _ arguments: [SQLValue]) throws { try execute(sql, arguments) }

    func first(_ sql: String, _ arguments: [SQLValue] = []) throws -> SQLRow? {
        var found: SQLRow?
        try query(sql, arguments) { row in if found == nil { found = row } }
        return found
    }

    func all(_ sql: String, _ arguments: [SQLValue] = []) throws -> [SQLRow] {
        var rows: [SQLRow] = []
        try query(sql, arguments) { rows.append($0) }
        return rows
    }

    /// A column of text as the bytes that are stored.
    func bytes(ofText column: String) -> String {
        dialect == .postgres ? "convert_to(\(column), 'UTF8')" : "CAST(\(column) AS BLOB)"
    }

    /// Appended to a SELECT of a row that the transaction goes on to change.
    var forUpdate: String { dialect == .postgres ? " FOR UPDATE" : "" }
}
