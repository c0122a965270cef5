// Values that go into SQLite and come back, checked beside SQLite's own functions.

import Foundation
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

    private func values(_ append: (inout StatementValues) -> Void) -> StatementValues {
        var values = StatementValues(count: 1)
        append(&values)
        return values
    }

    @Test(arguments: ["", "a", "ünïcödé 日本 🏦", "with\0NUL", String(repeating: "0123456789", count: 1000)])
    func aTextComesBackAsItIs(_ text: String) throws {
        try withDriver("SELECT ?1, typeof(?1), length(CAST(?1 AS BLOB))") { driver in
            try driver.bind(values { $0.append(text) }) {
                try #require(try driver.step())
                #expect(driver.column(0) == .text(text))
                #expect(driver.column(1) == .text("text"))
                #expect(driver.column(2) == .integer(Int64(text.utf8.count)))
                let isMore = try driver.step()
                #expect(!isMore)
            }
        }
    }

    @Test(arguments: [([], 1), ([0], 1), ([0xff, 0, 0x80], 1), ([7], 70_000)] as [([UInt8], Int)])
    func bytesComeBackAsTheyAre(_ part: [UInt8], times: Int) throws {
        let bytes = Array(repeatElement(part, count: times).joined())
        try withDriver("SELECT ?1, typeof(?1), hex(?1)") { driver in
            try driver.bind(values { $0.append(bytes) }) {
                try #require(try driver.step())
                #expect(driver.column(0) == .blob(bytes))
                #expect(driver.column(1) == .text("blob"))
                let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16, uppercase: true) }
                #expect(driver.column(2) == .text(digits.joined()))
            }
        }
    }

    @Test(arguments: [Int64.min, -1, 0, 1, Int64.max])
    func anIntegerComesBackAsItIs(_ integer: Int64) throws {
        try withDriver("SELECT ?1, typeof(?1), CAST(?1 AS TEXT)") { driver in
            try driver.bind(values { $0.append(integer) }) {
                try #require(try driver.step())
                #expect(driver.column(0) == .integer(integer))
                #expect(driver.column(1) == .text("integer"))
                #expect(driver.column(2) == .text(String(integer)))
            }
        }
    }

    @Test func eachValueReachesItsParameter() throws {
        try withDriver("SELECT ?4, ?3, ?2, ?1, ?5") { driver in
            let five = values {
                $0.append("first")
                $0.append([UInt8]("second".utf8))
                $0.append("")
                $0.append(4)
                $0.append("fifth")
            }
            try driver.bind(five) {
                try #require(try driver.step())
                #expect(
                    (0..<5).map(driver.column) == [
                        .integer(4), .text(""), .blob(Array("second".utf8)), .text("first"), .text("fifth"),
                    ])
            }
        }
    }

    @Test func nullAndWhatIsNotBoundAreNull() throws {
        try withDriver("SELECT ?, ?, 1.5, CAST(x'c328' AS TEXT)") { driver in
            #expect(driver.parameterCount == 2)
            #expect(driver.columnCount == 4)
            try driver.bind(values { $0.appendNull() }) {
                try #require(try driver.step())
                #expect(driver.column(0) == .null)
                #expect(driver.column(1) == .null)
                #expect(driver.column(2) == .real(1.5))
                #expect(driver.column(3) == .text("\u{FFFD}("), "bytes that are no UTF-8 are replaced")
            }
        }
    }

    @Test func aStatementForgetsItsValues() throws {
        try withDriver("SELECT ?") { driver in
            #expect(try driver.bind(values { $0.append("secret") }, driver.step))
            try driver.bind(StatementValues(count: 0)) {
                try #require(try driver.step())
                #expect(driver.column(0) == .null)
            }
        }
    }

    /// What SQLite stored is its own: the values' memory is gone when it is read.
    @Test func whatIsStoredOutlivesTheValues() throws {
        try DatabaseQueue().writeWithoutTransaction { db in
            try db.execute(sql: "CREATE TABLE t (a TEXT, b BLOB)")
            let driver = StatementDriver(try db.cachedStatement(sql: "INSERT INTO t VALUES (?, ?)").sqliteStatement)
            for number in 0..<200 {
                let row = values {
                    $0.append("row \(number)")
                    $0.append([UInt8](repeating: UInt8(number), count: 100))
                }
                #expect(try !driver.bind(row, driver.step))
            }
            let rows = try Row.fetchAll(db, sql: "SELECT a, b FROM t ORDER BY rowid")
            #expect(rows.count == 200)
            for (number, row) in rows.enumerated() {
                #expect(row["a"] == "row \(number)")
                #expect(row["b"] == Data(repeating: UInt8(number), count: 100))
            }
        }
    }

    @Test func aFailureTellsSQLitesExtendedCode() throws {
        try DatabaseQueue().writeWithoutTransaction { db in
            try db.execute(sql: "CREATE TABLE t (a TEXT NOT NULL UNIQUE); INSERT INTO t VALUES ('x')")
            let driver = StatementDriver(try db.cachedStatement(sql: "INSERT INTO t VALUES (?)").sqliteStatement)
            func insert(_ values: StatementValues) throws -> Bool { try driver.bind(values) { try driver.step() } }
            let unique = try #require(throws: SQLiteFailure.self) { try insert(values { $0.append("x") }) }
            #expect(unique.code == ResultCode.SQLITE_CONSTRAINT_UNIQUE.rawValue)
            #expect(!unique.message.contains("'x'"), "an error names no value")
            let null = try #require(throws: SQLiteFailure.self) { try insert(values { $0.appendNull() }) }
            #expect(null.code == ResultCode.SQLITE_CONSTRAINT_NOTNULL.rawValue)
            #expect(throws: SQLiteFailure.self, "there is one parameter") {
                try insert(
                    values {
                        $0.append("z")
                        $0.append("y")
                    })
            }
            #expect(try !insert(values { $0.append("y") }))
            #expect(try Int.fetchOne(db, sql: "SELECT count(*) FROM t") == 2)
        }
    }
}
