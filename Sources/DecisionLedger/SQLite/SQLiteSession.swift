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
        defer { driver.reset() }
        do {
            guard driver.parameterCount == arguments.count else { throw SQLitePlaceholders(sql: sql) }
            for (parameter, value) in arguments.enumerated() { try driver.bind(value, parameter) }
            try body(driver)
        } catch let failure as SQLiteFailure {
            throw DatabaseError(resultCode: ResultCode(rawValue: failure.code), message: failure.message, sql: sql)
        }
    }
}

/// A statement of this module with other placeholders than arguments.
private struct SQLitePlaceholders: Error {
    let sql: String
}

extension StatementDriver {
    fileprivate func bind(_ value: SQLValue, _ parameter: Int) throws(SQLiteFailure) {
        switch value {
        case .null: try bindNull(parameter)
        case .integer(let value): try bind(value, parameter)
        case .text(let value): try bind(value, parameter)
        case .blob(let value): try bind(value, parameter)
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
