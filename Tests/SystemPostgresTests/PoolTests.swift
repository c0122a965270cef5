// Lending connections: bounded, clean, replaced when broken.

import Dispatch
import SystemPostgres
import TestSupport
import Testing

@Suite struct PoolTests {
    let place: Place
    let pool: PostgresPool

    init() async throws {
        place = try await Place()
        pool = PostgresPool(place.target, size: 2)
    }

    @Test func connectionsAreUsedAgain() throws {
        let first = try pool.withConnection(timeout: 1_000) { $0.backendProcess }
        let second = try pool.withConnection(timeout: 1_000) { $0.backendProcess }
        #expect(first == second)
    }

    @Test func noMoreThanItsSizeAreLent() throws {
        try pool.withConnection(timeout: 1_000) { first in
            try pool.withConnection(timeout: 1_000) { second in
                #expect(first.backendProcess != second.backendProcess)
                #expect(failure { try pool.withConnection(timeout: 20) { _ in } }?.code == .timeout)
            }
            try pool.withConnection(timeout: 1_000) { _ in }
        }
    }

    @Test func manyBorrowersTakeTurns() async throws {
        let pool = pool
        let total = try await withThrowingTaskGroup(of: Int64.self) { group in
            for number in 1...40 {
                group.addTask {
                    try await withCheckedThrowingContinuation { continuation in
                        DispatchQueue.global().async {
                            continuation.resume(
                                with: Result {
                                    let value = try pool.withConnection(timeout: 30_000) {
                                        try $0.value("SELECT ?", [.integer(Int64(number))])
                                    }
                                    guard case .integer(let number)? = value else { return 0 }
                                    return number
                                })
                        }
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(total == 820)
        let question = """
            SELECT count(*) <= 2 FROM pg_stat_activity WHERE datname = '\(place.database)'
            """
        #expect(try await place.server.psql(question) == "t")
    }

    @Test func anOpenTransactionIsRolledBack() throws {
        try pool.withConnection(timeout: 1_000) { connection in
            _ = try connection.executeBatch([("BEGIN", []), ("CREATE TABLE t (i int)", [])])
        }
        try pool.withConnection(timeout: 1_000) { connection in
            #expect(!connection.isInTransaction)
            #expect(failure { try connection.execute("SELECT * FROM t") }?.sqlState == "42P01")
        }
    }

    @Test func aBrokenConnectionIsReplaced() async throws {
        let first = try pool.withConnection(timeout: 1_000) { $0.backendProcess }
        try await place.server.psql("SELECT pg_terminate_backend(\(first), 5000)")
        let second = try pool.withConnection(timeout: 1_000) { (connection) throws -> Int32 in
            #expect(try connection.value("SELECT 1") == .integer(1))
            return connection.backendProcess
        }
        #expect(first != second)
    }

    @Test func aClosedPoolLendsNothing() throws {
        try pool.withConnection(timeout: 1_000) { _ in }
        pool.close()
        #expect(failure { try pool.withConnection(timeout: 20) { _ in } }?.code == .connectionLost)
    }

    @Test func closingEndsWhatIsRunning() async throws {
        let holder = try place.open()
        _ = try holder.execute("SELECT pg_advisory_lock(7)")
        let waiting = Background { [pool] in
            failure { try pool.withConnection(timeout: 1_000) { try $0.execute("SELECT pg_advisory_lock(7)") } }
        }
        try await place.someoneWaitsForALock()
        pool.close()
        #expect(try await waiting.value()?.code == .connectionLost)
    }
}
