// A connection to PostgreSQL for one thread at a time.

import CPostgreSQL
import Synchronization

/// A blocking connection whose commits are durable once they return, checked when it is opened.
///
/// Every call ends: the server's timeouts end statements, and a server or network that says nothing counts as lost after
/// `PostgresOptions.statementTimeout` and `silence`. After `connection_lost` it stays unusable; open a new one.
///
/// Sendable although it holds pointers: every use of the session happens under `lock`, so libpq sees its `PGconn` from one
/// thread at a time, which it permits (PostgreSQL manual, section 34.20). Only `cancel` and `abandon` do not take the lock:
/// the former uses a `PGcancel`, which is complete before it is stored, never changes, and may be used by any thread
/// (section 34.7); the latter writes an atomic.
package final class PostgresConnection: @unchecked Sendable {
    private let lock = Mutex(())
    private let session: LibpqSession
    private let canceller: OpaquePointer?
    package let target: PostgresTarget

    private init(_ session: LibpqSession) {
        self.session = session
        target = session.target
        canceller = PQgetCancel(session.connection)
    }

    deinit {
        PQfreeCancel(canceller)
    }

    /// Connects, authenticates, sets the session's settings and reads them back.
    /// - Throws: `connection_failed`, `authentication_failed`, `refused_target`, `server_version`, `not_durable`.
    package static func open(_ target: PostgresTarget, _ options: PostgresOptions = PostgresOptions())
        throws(PostgresError) -> PostgresConnection
    {
        let session = try LibpqSession(target, options)
        try session.applySettings()
        return PostgresConnection(session)
    }

    /// Runs one statement, with `?` for each argument. It is prepared at its first use.
    package func execute(_ sql: String, _ arguments: [PostgresValue] = []) throws(PostgresError) -> PostgresResult {
        try executeBatch([(sql, arguments)]).first ?? PostgresResult()
    }

    /// Runs statements in one round trip and returns one result for each.
    ///
    /// Outside of BEGIN and COMMIT the batch is one transaction of its own. The first error is thrown, and nothing after
    /// it runs; inside BEGIN the caller must then ROLLBACK. All of them together get the time of one statement.
    ///
    /// - Parameter end: where it comes sooner, an answer may take until then, and `silence` more.
    package func executeBatch(
        _ statements: [(sql: String, arguments: [PostgresValue])], before end: Deadline? = nil
    ) throws(PostgresError) -> [PostgresResult] {
        try locked { session throws(PostgresError) in
            let (options, left) = (session.options, end?.remaining ?? .max)
            return try session.run(
                statements, Deadline(milliseconds: min(options.statementTimeout, left) + options.silence))
        }
    }

    /// False after the connection was lost, closed or abandoned. Says nothing about a server that vanished silently.
    package var isUsable: Bool {
        locked { $0.isAlive() }
    }

    /// Whether a transaction is open, failed ones included.
    package var isInTransaction: Bool {
        locked { session in
            guard let connection = session.connection else { return false }
            return PQtransactionStatus(connection) != PQTRANS_IDLE
        }
    }

    /// How many statements are prepared on this connection.
    package var preparedStatements: Int {
        locked { $0.cache.count }
    }

    /// The server's process number, as in pg_stat_activity; 0 after the connection was lost.
    package var backendProcess: Int32 {
        locked { session in session.connection.map { PQbackendPID($0) } ?? 0 }
    }

    /// Asks the server to end the statement that is running; it then throws `timeout`. From any thread.
    ///
    /// Opens a connection of its own and may wait as long as `silence` and the network let it. Does nothing where no
    /// statement runs; one that ends meanwhile may leave the request to the next. Returns whether the request was delivered.
    @discardableResult
    package func cancel() -> Bool {
        guard let canceller else { return false }
        var reason = [CChar](repeating: 0, count: 256)
        return PQcancel(canceller, &reason, 256) == 1
    }

    /// Gives the connection up, even if the server says nothing: the call that waits throws `connection_lost` within a
    /// tenth of a second. From any thread.
    package func abandon() {
        session.abandoned.store(true, ordering: .relaxed)
    }

    /// Ends the connection; waits for a statement that is running.
    package func close() {
        locked { session in
            session.close(because: PostgresError(.connectionLost, "\(session.target): the connection was closed here"))
        }
    }

    private func locked<Result, Failure: Error>(
        _ body: (LibpqSession) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try lock.withLock { _ throws(Failure) in try body(session) }
    }
}
