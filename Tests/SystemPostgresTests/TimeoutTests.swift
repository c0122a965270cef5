// No statement, lock or silent server holds a caller for longer than agreed.

import Foundation
import SystemPostgres
import TestSupport
import Testing

@Suite struct TimeoutTests {
    let place: Place
    let holder: PostgresConnection

    /// One session holds an advisory lock that the others then wait for.
    init() async throws {
        place = try await Place()
        holder = try place.open()
        _ = try holder.execute("SELECT pg_advisory_lock(7)")
    }

    private let wait = "SELECT pg_advisory_lock(7)"

    @Test func aStatementThatIsTooSlowEnds() throws {
        let connection = try place.open {
            $0.statementTimeout = 100
            $0.lockTimeout = 60_000
        }
        let error = failure { try connection.execute(wait) }
        #expect(error?.code == .timeout)
        #expect(error?.sqlState == "57014")
        #expect(connection.isUsable)
        #expect(try connection.value("SELECT 1") == .integer(1))
    }

    @Test func aLockThatIsHeldTooLongEnds() throws {
        let connection = try place.open { $0.lockTimeout = 100 }
        let error = failure { try connection.execute(wait) }
        #expect(error?.code == .timeout)
        #expect(error?.sqlState == "55P03")
        #expect(connection.isUsable)
    }

    @Test func anotherThreadCancels() async throws {
        let connection = try place.open {
            $0.statementTimeout = 60_000
            $0.lockTimeout = 60_000
        }
        let waiting = Background { [wait] in failure { try connection.execute(wait) } }
        try await place.someoneWaitsForALock()
        #expect(connection.cancel())
        #expect(try await waiting.value()?.code == .timeout)
        #expect(try connection.value("SELECT 1") == .integer(1))
    }

    @Test func anotherThreadGivesItUp() async throws {
        let connection = try place.open {
            $0.statementTimeout = 60_000
            $0.lockTimeout = 60_000
        }
        let waiting = Background { [wait] in failure { try connection.execute(wait) } }
        try await place.someoneWaitsForALock()
        connection.abandon()
        #expect(try await waiting.value()?.code == .connectionLost)
        #expect(!connection.isUsable)
    }

    @Test func aServerThatSaysNothingCountsAsLost() throws {
        let connection = try place.open {
            $0.statementTimeout = 200
            $0.silence = 200
        }
        let process = connection.backendProcess
        #expect(process > 0)
        // Stopped, it neither works nor minds its own timeouts; the kernel still takes what is sent.
        kill(process, SIGSTOP)
        defer { kill(process, SIGCONT) }
        let error = failure { try connection.execute("SELECT 1") }
        #expect(error?.code == .connectionLost)
        #expect(error?.message.contains("did not answer within 400 ms") == true)
        #expect(!connection.isUsable)
        #expect(failure { try connection.execute("SELECT 1") }?.code == .connectionLost)
    }

    @Test func aSessionThatTheServerEndsSaysSo() async throws {
        let connection = try place.open()
        #expect(try connection.value("SELECT 1") == .integer(1))
        try await place.server.psql(
            """
            SELECT pg_terminate_backend(\(connection.backendProcess), 5000)
            """)
        #expect(!connection.isUsable)
        #expect(failure { try connection.execute("SELECT 1") }?.code == .connectionLost)
    }

    @Test func aTransactionThatDoesNothingIsEnded() async throws {
        let connection = try place.open { $0.idleInTransactionTimeout = 50 }
        _ = try connection.execute("BEGIN")
        let process = connection.backendProcess
        while try await place.server.psql("SELECT count(*) FROM pg_stat_activity WHERE pid = \(process)") != "0" {}
        let error = failure { try connection.execute("COMMIT") }
        #expect(error?.code == .connectionLost)
    }
}
