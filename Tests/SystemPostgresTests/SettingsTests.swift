// What a connection makes sure of when it opens.

import SystemPostgres
import TestSupport
import Testing

@Suite struct SettingsTests {
    let place: Place

    init() async throws {
        place = try await Place()
    }

    private func setting(_ connection: PostgresConnection, _ name: String) throws -> PostgresValue? {
        try connection.value("SELECT setting FROM pg_settings WHERE name = ?", [.text(name)])
    }

    @Test func theServerKeepsWhatWasAsked() throws {
        let connection = try place.open {
            $0.statementTimeout = 1_234
            $0.lockTimeout = 567
            $0.idleInTransactionTimeout = 8_910
        }
        let wanted = [
            ("statement_timeout", "1234"), ("lock_timeout", "567"), ("idle_in_transaction_session_timeout", "8910"),
            ("synchronous_commit", "on"), ("default_transaction_isolation", "read committed"),
            ("standard_conforming_strings", "on"), ("client_encoding", "UTF8"), ("application_name", "countersign"),
        ]
        for (name, value) in wanted { #expect(try setting(connection, name) == .text(value), "\(name)") }
    }

    /// A batch that came in part has no other time limit there.
    @Test func theServerGivesUpAClientThatVanished() async throws {
        var role = try await place.newRole()
        role.options.idleInTransactionTimeout = 2_000
        let connection = try PostgresConnection.open(
            PostgresTarget(url: place.server.networkURL(place.database, user: role.name)), role.options)
        // As the kernel says of the server's socket.
        for (name, value) in [("idle", "2"), ("interval", "1"), ("count", "3")] {
            #expect(try setting(connection, "tcp_keepalives_\(name)") == .text(value), "\(name)")
        }
        #expect(try setting(connection, "tcp_user_timeout") == .text("2000"))
    }

    /// Bytes of the server's answers, what a pooler or a weaker server would say instead, and what comes of it.
    static let lies: [(what: [UInt8], instead: [UInt8], code: PostgresError.Code, words: String)] = [
        // BackendKeyData (manual, section 55.7): the same key of another process.
        ([0x4b, 0, 0, 0, 12, 0], [0x4b, 0, 0, 0, 12, 1], .refusedTarget, "pooler"),
        (answer("synchronous_commit", "on"), answer("synchronous_commit", "of"), .notDurable, "synchronous_commit"),
        (answer("fsync", "on"), answer("fsync", "of"), .notDurable, "fsync=on"),
        (answer("full_page_writes", "on"), answer("full_page_writes", "of"), .notDurable, "full_page_writes=on"),
        (answer("lock_timeout", "2000"), answer("lock_timeout", "9000"), .refusedTarget, "lock_timeout"),
    ]

    /// Two columns of a row, each behind its length.
    private static func answer(_ name: String, _ value: String) -> [UInt8] {
        Array(name.utf8) + [0, 0, 0, UInt8(value.utf8.count)] + Array(value.utf8)
    }

    @Test(arguments: lies.indices) func whatTheServerSaysIsBelievedAndNotWhatWasSet(_ index: Int) async throws {
        let lie = Self.lies[index]
        let between = try BlackHole(to: place.server.port) { bytes in
            if let place = bytes.firstRange(of: lie.what) { bytes.replaceSubrange(place, with: lie.instead) }
        }
        let role = try await place.newRole()
        let url = place.server.networkURL(place.database, user: role.name, port: between.port, "sslmode=disable")
        let error = failure { try PostgresConnection.open(PostgresTarget(url: url), role.options) }
        #expect(error?.code == lie.code && error?.message.contains(lie.words) == true, "\(error as Any)")
    }

    @Test func settingsOfTheUserThatLoseCommitsAreOverruled() async throws {
        let user = "weak_" + place.database
        try await place.server.psql(
            """
            CREATE ROLE \(user) LOGIN;
            ALTER ROLE \(user) SET synchronous_commit = off;
            ALTER ROLE \(user) SET standard_conforming_strings = off;
            ALTER ROLE \(user) SET client_encoding = 'LATIN1';
            ALTER ROLE \(user) SET default_transaction_isolation = 'serializable';
            """)
        let url = place.server.url(place.database).replacing("admin@", with: "\(user)@")
        let connection = try PostgresConnection.open(try PostgresTarget(url: url))
        #expect(try connection.value("SELECT current_user::text") == .text(user))
        #expect(try setting(connection, "synchronous_commit") == .text("on"))
        #expect(try setting(connection, "standard_conforming_strings") == .text("on"))
        #expect(try setting(connection, "client_encoding") == .text("UTF8"))
        #expect(try setting(connection, "default_transaction_isolation") == .text("read committed"))
    }

    @Test func aStrongerCommitIsKept() async throws {
        try await place.server.psql("ALTER DATABASE \(place.database) SET synchronous_commit = remote_apply")
        #expect(try setting(place.open(), "synchronous_commit") == .text("remote_apply"))
    }

    @Test func aReadOnlyConnectionWritesNothing() throws {
        let error = failure { try place.open { $0.readOnly = true }.execute("CREATE TABLE t (i int)") }
        #expect(error?.code == .readOnly)
        #expect(error?.sqlState == "25006")
    }

    @Test func otherEncodingsAreRefused() async throws {
        let name = "latin_" + place.database
        try await place.server.psql("CREATE DATABASE \(name) ENCODING 'LATIN1' TEMPLATE template0")
        let target = try PostgresTarget(url: place.server.url(name))
        let error = failure { try PostgresConnection.open(target) }
        #expect(error?.code == .refusedTarget)
        #expect(error?.message.contains("UTF8") == true)
    }

    @Test func aMissingDatabaseIsNamed() throws {
        let target = try PostgresTarget(url: place.server.url("nowhere"))
        let error = failure { try PostgresConnection.open(target) }
        #expect(error?.code == .connectionFailed)
        #expect(error?.sqlState == "3D000")
        #expect(error?.message.contains("create it") == true)
    }

    @Test func timesMustBeWithinReason() {
        #expect(failure { try place.open { $0.statementTimeout = 0 } }?.code == .refusedTarget)
        #expect(failure { try place.open { $0.silence = -1 } }?.code == .refusedTarget)
    }
}
