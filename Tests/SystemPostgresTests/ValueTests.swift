// What goes to the server comes back the same, and nothing else is accepted.

import SystemPostgres
import TestSupport
import Testing

@Suite struct ValueTests {
    let place: Place
    let connection: PostgresConnection

    init() async throws {
        place = try await Place()
        connection = try place.open()
        _ = try connection.execute("CREATE TABLE kept (i bigint, t text, b bytea)")
    }

    private static let texts = [
        "", "plain", "'; DROP TABLE kept; --", "\\' \\x41 \\", "? $1 $tag$", "\u{1}\u{7f}\r\n\t",
        "e\u{301} é 🔐 \u{202e}x",
        "\u{10ffff}",
    ]

    @Test(arguments: texts)
    func textsComeBack(_ text: String) throws {
        _ = try connection.execute("INSERT INTO kept (t) VALUES (?)", [.text(text)])
        guard case .text(let found)? = try connection.value("SELECT t FROM kept") else {
            Issue.record("no text")
            return
        }
        #expect(Array(found.utf8) == Array(text.utf8))
        #expect(try connection.value("SELECT octet_length(t) FROM kept") == .integer(Int64(text.utf8.count)))
    }

    @Test func aLongTextComesBack() throws {
        let text = String(repeating: "long ", count: 60_000)
        #expect(try connection.value("SELECT ?", [.text(text)]) == .text(text))
    }

    @Test(arguments: [0, 1, -1, 255, -256, Int64(Int32.max) + 1, .max, .min])
    func integersComeBack(_ number: Int64) async throws {
        _ = try connection.execute("INSERT INTO kept (i) VALUES (?)", [.integer(number)])
        #expect(try connection.value("SELECT i FROM kept") == .integer(number))
        #expect(try await place.server.psql("SELECT i FROM kept", database: place.database) == "\(number)")
    }

    @Test(arguments: [0, 1, 256, 300_000])
    func blobsComeBack(_ count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        _ = try connection.execute("INSERT INTO kept (b) VALUES (?)", [.blob(bytes)])
        #expect(try connection.value("SELECT b FROM kept") == .blob(bytes))
    }

    @Test func nullsComeBackWhereverTheyStand() throws {
        let insert = "INSERT INTO kept (i, t, b) VALUES (?, ?, ?)"
        let rows: [[PostgresValue]] = [
            [.null, .null, .null], [.integer(1), .text(""), .blob([])], [.null, .text("a"), .null],
            [.integer(2), .null, .blob([1])],
        ]
        for row in rows { #expect(try connection.execute(insert, row).affected == 1) }
        #expect(try connection.execute("SELECT i, t, b FROM kept ORDER BY ctid").rows == rows)
    }

    @Test func oneStatementTakesEveryType() throws {
        let values: [PostgresValue] = [.null, .integer(1), .text("1"), .blob([1]), .null, .text("2"), .integer(2)]
        for value in values { #expect(try connection.value("SELECT ?", [value]) == value) }
    }

    @Test func smallerTypesAreReadAsTheirLargerOnes() throws {
        let row = try connection.execute(
            """
            SELECT true, false, (-2)::int2, (-3)::int4, 4000000000::oid, 'a'::varchar(3), 'b '::char(3), 'n'::name,
                'c'::"char", NULL::int4, pg_advisory_lock(1)
            """
        ).rows
        #expect(
            row == [
                [
                    .integer(1), .integer(0), .integer(-2), .integer(-3), .integer(4_000_000_000), .text("a"),
                    .text("b  "), .text("n"), .text("c"), .null, .null,
                ]
            ])
    }

    @Test(arguments: ["1.5::numeric", "now()", "ARRAY[1]", "1.5::float8", "'{}'::jsonb"])
    func otherTypesAreErrorsThatNameTheColumn(_ expression: String) throws {
        let error = failure { try connection.execute("SELECT \(expression) AS odd") }
        #expect(error?.code == .database)
        #expect(error?.message.contains("column odd") == true)
        #expect(try connection.value("SELECT 1") == .integer(1))
    }

    @Test func textWithNULIsRefusedBeforeItIsSent() throws {
        _ = try connection.execute("BEGIN")
        let error = failure { try connection.execute("INSERT INTO kept (t) VALUES (?)", [.text("a\0b")]) }
        #expect(error?.code == .unstorable)
        // A server that had seen it would have ended the transaction.
        #expect(try connection.value("SELECT 1") == .integer(1))
    }

    @Test func rowsThatChangeAreCounted() throws {
        for number in Int64(1)...3 { _ = try connection.execute("INSERT INTO kept (i) VALUES (?)", [.integer(number)]) }
        #expect(try connection.execute("UPDATE kept SET t = 'x' WHERE i > ?", [.integer(1)]).affected == 2)
        #expect(try connection.execute("DELETE FROM kept").affected == 3)
        #expect(try connection.execute("SELECT i FROM kept").affected == 0)
    }

    @Test func aPlaceholderInsideAConstantIsText() throws {
        let row = try connection.execute("SELECT '?', E'\\'?', $q$?$q$, ?::text AS \"?\" /* ? */ -- ?", [.text("v")])
            .rows
        #expect(row == [[.text("?"), .text("'?"), .text("?"), .text("v")]])
    }
}
