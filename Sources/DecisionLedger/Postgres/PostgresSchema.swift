// Whose database it is, and of which version: before anything is read or made.

import SystemPostgres

/// The schema of the PostgreSQL ledger, in the first schema of the user's search path, usually `public`.
enum PostgresSchema {
    static let version: Int64 = 1
    /// "CSLG", as in SQLite's `application_id`: the advisory lock under which tables are made.
    private static let lock: Int64 = 0x4353_4C47

    /// Makes the tables where there are none, in one transaction; servers that start at once wait for one another.
    /// Refuses what is not ours or newer.
    static func make(_ connection: PostgresConnection) throws {
        guard try inspect(connection) == 0 else { return }
        do {
            _ = try connection.executeBatch([
                ("BEGIN", []), ("SELECT pg_catalog.pg_advisory_xact_lock(?)", [.integer(lock)]),
            ])
            // Another server may have been first.
            if try inspect(connection) == 0 {
                _ = try connection.executeBatch(PostgresTables.statements.map { ($0, []) })
                _ = try connection.execute(
                    "INSERT INTO ledger_schema (program, version) VALUES (?, ?)", [.text(program), .integer(version)])
            }
            _ = try connection.execute("COMMIT")
        } catch {
            if connection.isInTransaction { _ = try? connection.execute("ROLLBACK") }
            throw error
        }
    }

    /// The version of the database, 0 for an empty one.
    static func inspect(_ connection: PostgresConnection) throws -> Int64 {
        let tables = try connection.execute(
            """
            SELECT relname FROM pg_catalog.pg_class
            WHERE relkind IN ('r', 'p', 'f') AND relnamespace =
                (SELECT oid FROM pg_catalog.pg_namespace WHERE nspname = pg_catalog.current_schema())
            """
        ).rows.compactMap { row -> String? in
            if case .text(let name)? = row.first { name } else { nil }
        }
        if tables.isEmpty { return 0 }
        guard tables.contains("ledger_schema") else { throw foreign }
        let rows = try connection.execute("SELECT program, version FROM ledger_schema").rows
        guard rows.count == 1, rows[0].first == .text(program), case .integer(let found)? = rows[0].last else {
            throw foreign
        }
        guard (1...version).contains(found) else {
            throw LedgerError(
                .newerSchema,
                "written by a newer callback-server (schema \(found), this one knows \(version)): use that version")
        }
        return found
    }

    private static let program = "countersign"
    private static let foreign = LedgerError(
        .notALedger, "the database holds tables of another program: make an empty one for the ledger")
}
