// Several statements in one round trip, and the statements that are kept prepared.

import SystemPostgres
import TestSupport
import Testing

@Suite struct BatchTests {
    let place: Place
    let connection: PostgresConnection

    init() async throws {
        place = try await Place()
        connection = try place.open()
        _ = try connection.execute("CREATE TABLE kept (i bigint PRIMARY KEY, t text)")
    }

    private let insert = "INSERT INTO kept (i, t) VALUES (?, ?)"
    private func count() throws -> PostgresValue? { try connection.value("SELECT count(*) FROM kept") }

    @Test func everyStatementHasItsResultInOrder() throws {
        let results = try connection.executeBatch([
            (insert, [.integer(1), .text("a")]), (insert, [.integer(2), .null]),
            ("UPDATE kept SET t = 'z'", []), ("SELECT i, t FROM kept ORDER BY i", []), ("", []),
        ])
        #expect(results.map(\.affected) == [1, 1, 2, 2, 0])
        #expect(results[3].rows == [[.integer(1), .text("z")], [.integer(2), .text("z")]])
        #expect(try connection.executeBatch([]).isEmpty)
    }

    @Test func theFirstErrorUndoesTheWholeBatch() throws {
        let error = failure {
            try connection.executeBatch([
                (insert, [.integer(1), .null]), (insert, [.integer(1), .text("twice")]),
                ("SELECT nonsense FROM kept", []),
            ])
        }
        #expect(error?.code == .constraint)
        #expect(error?.sqlState == "23505")
        #expect(error?.message.contains("kept_pkey") == true)
        #expect(error?.message.contains("twice") == false)
        #expect(try count() == .integer(0))
        #expect(connection.isUsable && !connection.isInTransaction)
    }

    @Test func anErrorInATransactionLeavesItToTheCaller() throws {
        let batch: [(sql: String, arguments: [PostgresValue])] = [
            ("BEGIN", []), (insert, [.integer(1), .null]), (insert, [.integer(1), .null]), ("COMMIT", []),
        ]
        #expect(failure { try connection.executeBatch(batch) }?.code == .constraint)
        #expect(connection.isInTransaction)
        #expect(failure { try connection.execute("SELECT 1") }?.sqlState == "25P02")
        _ = try connection.execute("ROLLBACK")
        #expect(!connection.isInTransaction)
        #expect(try count() == .integer(0))
        _ = try connection.executeBatch([("BEGIN", []), (insert, [.integer(1), .null]), ("COMMIT", [])])
        #expect(try count() == .integer(1))
    }

    @Test func aCommitThatDidNotCommitIsAnError() throws {
        _ = try connection.execute("BEGIN")
        #expect(failure { try connection.execute("SELECT 1/0") }?.sqlState == "22012")
        let error = failure { try connection.execute("COMMIT") }
        #expect(error?.message.contains("Nothing was committed") == true)
        #expect(!connection.isInTransaction)
    }

    @Test func whatIsWrongBeforeSendingSendsNothing() throws {
        let wrong: [(sql: String, arguments: [PostgresValue])] = [
            (insert, [.integer(1)]), ("SELECT 'open", []), (insert, [.integer(2), .text("\0")]),
        ]
        for statement in wrong {
            #expect(failure { try connection.executeBatch([(insert, [.integer(9), .null]), statement]) } != nil)
        }
        #expect(try count() == .integer(0))
    }

    @Test func aStatementIsPreparedOnce() async throws {
        let before = connection.preparedStatements
        _ = try connection.executeBatch((1...500).map { (insert, [.integer($0), .text("row \($0)")]) })
        _ = try connection.execute(insert, [.integer(501), .null])
        #expect(connection.preparedStatements == before + 1)
        #expect(try count() == .integer(501))
        // Counted by the server as well, with the statement that counts.
        let counted = try connection.value("SELECT count(*) FROM pg_prepared_statements")
        #expect(counted == .integer(Int64(connection.preparedStatements)))
    }

    @Test func aLargeBatchDoesNotFillBothDirections() throws {
        // Not about time: 20 MB go slowly through a sanitizer.
        let connection = try place.open { $0.statementTimeout = 60_000 }
        let large = String(repeating: "x", count: 200_000)
        let results = try connection.executeBatch(
            (1...100).map { _ in ("SELECT ?::text, ?::text", [.text(large), .text("")]) })
        #expect(results.count == 100)
        #expect(results.allSatisfy { $0.rows == [[.text(large), .text("")]] })
    }

    @Test func manyStatementsAreForgottenInTime() throws {
        for number in 1...1_200 { #expect(try connection.value("SELECT \(number)") == .integer(Int64(number))) }
        #expect(connection.preparedStatements <= 501)
        let counted = try connection.value("SELECT count(*) FROM pg_prepared_statements")
        #expect(counted == .integer(Int64(connection.preparedStatements)))
    }

    @Test func statementsThatTheServerForgotArePreparedAgain() throws {
        #expect(try connection.value("SELECT 'kept'") == .text("kept"))
        _ = try connection.execute("DEALLOCATE ALL")
        #expect(failure { try connection.value("SELECT 'kept'") }?.sqlState == "26000")
        #expect(try connection.value("SELECT 'kept'") == .text("kept"))
    }

    @Test func aTableThatChangedIsReadAgain() throws {
        _ = try connection.execute(insert, [.integer(1), .text("a")])
        #expect(try connection.execute("SELECT * FROM kept").rows.first?.count == 2)
        _ = try connection.execute("ALTER TABLE kept ADD COLUMN more text")
        #expect(failure { try connection.execute("SELECT * FROM kept") }?.sqlState == "0A000")
        #expect(try connection.execute("SELECT * FROM kept").rows.first?.count == 3)
    }

    @Test(arguments: ["SELECT 1; SELECT 2", "SELECT", "COPY kept FROM STDIN"])
    func whatIsNotOneStatementDoesNotHang(_ sql: String) throws {
        let error = failure { try connection.execute(sql) }
        #expect(sql == "SELECT" ? error == nil : error != nil)
    }

    @Test(arguments: [
        ("40001", PostgresError.Code.serialization), ("40P01", .serialization), ("53100", .diskFull),
        ("25006", .readOnly),
        ("23514", .constraint), ("57014", .timeout), ("55P03", .timeout), ("42501", .database), ("XX001", .database),
    ])
    func theServersCodesHaveTheirMeaning(_ state: String, _ code: PostgresError.Code) throws {
        let error = failure {
            try connection.execute("DO $$ BEGIN RAISE EXCEPTION 'said' USING ERRCODE = '\(state)'; END $$")
        }
        #expect(error?.code == code)
        #expect(error?.sqlState == state)
        #expect(error?.message.contains("said") == true)
        #expect(connection.isUsable)
    }

    @Test func realDeadlocksAreToldApart() async throws {
        let other = try place.open()
        _ = try connection.executeBatch([(insert, [.integer(1), .null]), (insert, [.integer(2), .null])])
        let update = "UPDATE kept SET t = 'x' WHERE i = ?"
        for (session, row) in [(connection, 1), (other, 2)] {
            _ = try session.executeBatch([("BEGIN", []), (update, [.integer(Int64(row))])])
        }
        let first = Background { [connection, update] in failure { try connection.execute(update, [.integer(2)]) } }
        let second = failure { try other.execute(update, [.integer(1)]) }
        if second != nil { _ = try other.execute("ROLLBACK") }
        let codes = [try await first.value()?.code, second?.code]
        #expect(codes.contains(.serialization))
    }
}
