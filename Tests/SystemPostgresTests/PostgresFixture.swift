// What the tests of this folder share: a fresh database on the shared server, and ways to look at failures.

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

    /// Returns when a session of this database waits for a lock.
    func someoneWaitsForALock() async throws {
        let question = """
            SELECT count(*) FROM pg_stat_activity WHERE datname = '\(database)' AND wait_event_type = 'Lock'
            """
        while try await server.psql(question) == "0" {}
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
