// What a connection makes sure of when it opens.

import Foundation
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
        let password = UUID().uuidString
        let role = "far_" + place.database
        try await place.server.psql("CREATE ROLE \(role) LOGIN PASSWORD '\(password)'")
        var options = PostgresOptions()
        options.password = try PostgresPassword(password)
        options.idleInTransactionTimeout = 2_000
        let connection = try PostgresConnection.open(
            PostgresTarget(url: place.server.networkURL(place.database, user: role)), options)
        // As the kernel says of the server's socket.
        for (name, value) in [("idle", "2"), ("interval", "1"), ("count", "3")] {
            #expect(try setting(connection, "tcp_keepalives_\(name)") == .text(value), "\(name)")
        }
        #expect(try setting(connection, "tcp_user_timeout") == .text("2000"))
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
