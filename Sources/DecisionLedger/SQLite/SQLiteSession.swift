// SQLite behind the session that the ledger's logic uses.

import GRDB
import SystemSQLite

/// A connection of GRDB for the length of one closure. GRDB prepares and keeps the statements; values go in and out by
/// `StatementDriver`.
struct SQLiteSession: SQLSession {
    let db: Database

    var dialect: SQLDialect { .sqlite }

    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        try run(sql, arguments) { driver throws(SQLiteFailure) in while try driver.step() {} }
        return db.changesCount
    }

    func query(_ sql: String, _ arguments: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        try run(sql, arguments) { driver throws in
            let columns = 0..<driver.columnCount
            while try driver.step() { try body(SQLRow(columns.map { SQLValue(driver.column($0)) })) }
        }
    }

    private func run(_ sql: String, _ arguments: [SQLValue], _ body: (StatementDriver) throws -> Void) throws {
        let driver = StatementDriver(try db.cachedStatement(sql: sql).sqliteStatement)
        guard driver.parameterCount == arguments.count else { throw SQLitePlaceholders(sql: sql) }
        do {
            try driver.bind(StatementValues(arguments)) { try body(driver) }
        } catch let failure as SQLiteFailure {
            throw DatabaseError(resultCode: ResultCode(rawValue: failure.code), message: failure.message, sql: sql)
        }
    }
}

/// A statement of this module with other placeholders than arguments.
private struct SQLitePlaceholders: Error {
    let sql: String
}

extension StatementValues {
    fileprivate init(_ values: [SQLValue]) {
        self.init(count: values.count)
        for value in values {
            switch value {
            case .null: appendNull()
            case .integer(let value): append(value)
            case .text(let value): append(value)
            case .blob(let value): append(value)
            }
        }
    }
}

extension SQLValue {
    fileprivate init(_ value: StatementDriver.Column) {
        switch value {
        case .null: self = .null
        case .integer(let value): self = .integer(value)
        // No column of the ledger holds one: read as text, it fails where it is used.
        case .real(let value): self = .text(String(value))
        case .text(let value): self = .text(value)
        case .blob(let value): self = .blob(value)
        }
    }
}
