// What the tests of this folder share: a fresh database on the shared server, and ways to look at failures.

import Foundation
import SystemPostgres
import TestSupport
import Testing

/// A database of its own.
struct Place {
    let server: PostgresServer
    let database: String
    let target: PostgresTarget

    init(on server: PostgresServer? = nil) async throws {
        self.server = try server ?? PostgresServer.shared()
        database = try await self.server.newDatabase()
        target = try PostgresTarget(url: self.server.url(database))
    }

    func open(_ change: (inout PostgresOptions) -> Void = { _ in }) throws -> PostgresConnection {
        var options = PostgresOptions()
        change(&options)
        return try PostgresConnection.open(target, options)
    }

    /// Who may log in over TCP: a new role, and options that hold its password.
    func newRole() async throws -> (name: String, options: PostgresOptions) {
        let (name, password) = ("far_" + database, UUID().uuidString)
        try await server.psql("CREATE ROLE \(name) LOGIN PASSWORD '\(password)'")
        var options = PostgresOptions()
        options.password = try PostgresPassword(password)
        return (name, options)
    }

    /// Returns when a session of this database waits for a lock; fails where none comes to that.
    func someoneWaitsForALock() async throws {
        let question = """
            SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database)' AND wait_event_type = 'Lock'
            """
        for _ in 0..<500 where try await server.psql(question) != "0" { return }
        throw PostgresServerError("no session waits for a lock")
    }
}

/// The error that `body` throws, or nil.
func failure<Result>(_ body: () throws -> Result) -> PostgresError? {
    do {
        _ = try body()
        return nil
    } catch {
        return error as? PostgresError
    }
}

extension PostgresConnection {
    /// The only value of the only row.
    func value(_ sql: String, _ arguments: [PostgresValue] = []) throws -> PostgresValue? {
        try execute(sql, arguments).rows.first?.first
    }
}

/// Work on a thread of its own, so that it blocks no test.
struct Background<Result: Sendable>: Sendable {
    private let results: AsyncStream<Result>

    init(_ body: @escaping @Sendable () -> Result) {
        let (results, continuation) = AsyncStream<Result>.makeStream()
        self.results = results
        Thread.detachNewThread {
            continuation.yield(body())
            continuation.finish()
        }
    }

    /// What the work returned, once.
    func value() async throws -> Result {
        for await result in results { return result }
        throw PostgresServerError("the work in the background was asked twice")
    }
}
