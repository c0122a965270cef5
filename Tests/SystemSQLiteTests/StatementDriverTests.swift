// Values that go into SQLite and come back, checked beside SQLite's own functions.

import GRDB
import SystemSQLite
import Testing

/// The driver, over statements that GRDB prepares.
struct StatementDriverTests {
    private func withDriver<Value>(
        _ sql: String, _ body: (StatementDriver) throws -> Value
    ) throws -> Value {
        try DatabaseQueue().writeWithoutTransaction { db in
            try body(StatementDriver(try db.cachedStatement(sql: sql).sqliteStatement))
        }
    }

    @Test(arguments: ["", "a", "ünïcödé 日本 🏦", "with\0NUL", String(repeating: "0123456789", count: 1000)])
    func aTextComesBackAsItIs(_ text: String) throws {
        try withDriver("SELECT ?1, typeof(?1), length(CAST(?1 AS BLOB))") { driver in
            try driver.bind(text, 0)
            #expect(try driver.step())
            #expect(driver.column(0) == .text(text))
            #expect(driver.column(1) == .text("text"))
            #expect(driver.column(2) == .integer(Int64(text.utf8.count)))
            #expect(try !driver.step())
        }
    }

    @Test(arguments: [[], [0], [0xff, 0, 0x80], [UInt8](repeating: 7, count: 70_000)] as [[UInt8]])
    func bytesComeBackAsTheyAre(_ bytes: [UInt8]) throws {
        try withDriver("SELECT ?1, typeof(?1), hex(?1)") { driver in
            try driver.bind(bytes, 0)
            #expect(try driver.step())
            #expect(driver.column(0) == .blob(bytes))
            #expect(driver.column(1) == .text("blob"))
            let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
            #expect(driver.column(2) == .text(digits.joined()))
        }
    }

    @Test(arguments: [Int64.min, -1, 0, 1, Int64.max])
    func anIntegerComesBackAsItIs(_ integer: Int64) throws {
        try withDriver("SELECT ?1, typeof(?1), CAST(?1 AS TEXT)") { driver in
            try driver.bind(integer, 0)
            #expect(try driver.step())
            #expect(driver.column(0) == .integer(integer))
            #expect(driver.column(1) == .text("integer"))
            #expect(driver.column(2) == .text(String(integer)))
        }
    }

    @Test func whatIsNotBoundIsNull() throws {
        try withDriver("SELECT ?, ?, 1.5, CAST(x'c328' AS TEXT)") { driver in
            #expect(driver.parameterCount == 2)
            #expect(driver.columnCount == 4)
            try driver.bindNull(0)
            #expect(try driver.step())
            #expect(driver.column(0) == .null)
            #expect(driver.column(1) == .null)
            #expect(driver.column(2) == .real(1.5))
            #expect(driver.column(3) == .text("\u{FFFD}("), "bytes that are no UTF-8 are replaced")
        }
    }

    @Test func aStatementThatWasResetForgetsItsValues() throws {
        try withDriver("SELECT ?") { driver in
            try driver.bind("secret", 0)
            #expect(try driver.step())
            driver.reset()
            #expect(try driver.step())
            #expect(driver.column(0) == .null)
        }
    }

    @Test func aFailureTellsSQLitesExtendedCode() throws {
        try DatabaseQueue().writeWithoutTransaction { db in
            try db.execute(sql: "CREATE TABLE t (a TEXT NOT NULL UNIQUE); INSERT INTO t VALUES ('x')")
            let driver = StatementDriver(try db.cachedStatement(sql: "INSERT INTO t VALUES (?)").sqliteStatement)
            try driver.bind("x", 0)
            let unique = try #require(throws: SQLiteFailure.self) { try driver.step() }
            #expect(unique.code == ResultCode.SQLITE_CONSTRAINT_UNIQUE.rawValue)
            #expect(!unique.message.contains("'x'"), "an error names no value")
            driver.reset()
            try driver.bindNull(0)
            let null = try #require(throws: SQLiteFailure.self) { try driver.step() }
            #expect(null.code == ResultCode.SQLITE_CONSTRAINT_NOTNULL.rawValue)
            driver.reset()
            #expect(throws: SQLiteFailure.self, "there is one parameter") { try driver.bind("x", 1) }
            try driver.bind("y", 0)
            #expect(try !driver.step())
            #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM t") == 2)
        }
    }
}
