// The writing side of a PostgreSQL ledger: one connection of this server's own, beside other servers.

import Synchronization
import SystemPostgres

/// Keeps one connection, and opens another after it was lost. Servers take turns by the row of the log's head, which every
/// transaction locks first.
final class PostgresEngine: LedgerEngine {
    private let store: PostgresStore
    private let state = Mutex(State())

    private struct State {
        var connection: PostgresConnection?
        var connections = 0
    }

    /// Connects, and makes the tables where there are none. See `DecisionLedger.open(_:signer:memory:options:clock:)`.
    init(_ store: PostgresStore) throws(LedgerError) {
        self.store = store
        do {
            try PostgresSchema.make(try connection(before: Deadline(milliseconds: store.transactionTimeout)).0)
        } catch {
            close()
            throw LedgerError(error, place: store.description)
        }
    }

    func transact<Value>(_ work: (any SQLSession) throws -> (Value, size: Int64)) throws(LedgerError) -> Value {
        let end = Deadline(milliseconds: store.transactionTimeout)
        do {
            let (connection, number) = try connection(before: end)
            do {
                let session = PostgresSession(connection, number: number, begin: Self.begin, end: end)
                let (value, _) = try work(session)
                try session.commit()
                return value
            } catch {
                let failure = LedgerError(error, place: store.description)
                if !(failure.leavesConnectionSound && Self.rollBack(connection)) { drop() }
                throw failure
            }
        } catch {
            throw LedgerError(error, place: store.description)
        }
    }

    /// Each statement sees what other servers committed before the head was locked: a snapshot from before it would not.
    /// Whether it may write is for the server to say: an operator may have made the database read-only.
    private static let begin = "BEGIN ISOLATION LEVEL READ COMMITTED"

    private static func rollBack(_ connection: PostgresConnection) -> Bool {
        // A caller waits: a server that takes its time over this gets another connection.
        let end = Deadline(milliseconds: 0)
        if connection.isInTransaction { _ = try? connection.executeBatch([("ROLLBACK", [])], before: end) }
        return connection.isUsable && !connection.isInTransaction
    }

    func tidy() {}

    func freeBytes() -> UInt64? { nil }

    func close() { drop() }

    /// The connection, or a new one, and its number.
    private func connection(before end: Deadline) throws(PostgresError) -> (PostgresConnection, Int) {
        let (known, number) = state.withLock { ($0.connection, $0.connections) }
        if let known, known.isUsable { return (known, number) }
        drop()
        let opened = try PostgresConnection.open(store.target, store.writing)
        _ = try opened.executeBatch(Self.settings, before: end)
        return state.withLock { state in
            state.connection = opened
            state.connections += 1
            return (opened, state.connections)
        }
    }

    /// Every look-up of a writer finds its rows by all the columns that it names, also where the server's statistics, and
    /// the plans that it keeps, are of a time when the tables were small: to read the whole of a table or index once looks
    /// cheap then.
    private static let settings: [(sql: String, arguments: [PostgresValue])] = [
        "enable_seqscan", "enable_bitmapscan", "enable_material", "enable_hashjoin", "enable_mergejoin", "jit",
    ].map { ("SET \($0) = off", []) }

    private func drop() {
        let dropped = state.withLock { state in
            defer { state.connection = nil }
            return state.connection
        }
        dropped?.close()
    }
}
