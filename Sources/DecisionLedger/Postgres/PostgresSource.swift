// The reading side of a PostgreSQL ledger, beside the servers that write it.

import SystemPostgres

/// A read-only connection, opened again where it was lost.
final class PostgresSource: LedgerSource {
    private let pool: PostgresPool
    private let place: String

    /// Opens an existing ledger of a schema that this version knows.
    init(_ store: PostgresStore) throws(LedgerError) {
        pool = PostgresPool(store.target, store.reading, size: 1)
        place = store.description
        do {
            try pool.withConnection(timeout: Self.turn) { connection in
                guard try PostgresSchema.inspect(connection) == PostgresSchema.version else {
                    throw LedgerError(.notALedger, "an empty or older ledger: let callback-server open it once")
                }
            }
        } catch {
            throw LedgerError(error, place: place)
        }
    }

    func read<Value>(_ body: (any SQLSession) throws -> Value) throws(LedgerError) -> Value {
        do {
            return try pool.withConnection(timeout: Self.turn) { connection in
                let value = try body(PostgresSession(connection, number: 0, begin: Self.begin))
                if connection.isInTransaction { _ = try connection.execute("COMMIT") }
                return value
            }
        } catch {
            throw LedgerError(error, place: place)
        }
    }

    /// All statements see one moment.
    private static let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    /// How long a caller waits for another of the same reader, in milliseconds.
    private static let turn = 60_000
}
