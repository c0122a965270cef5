// What is not part of the URL: secrets, patience, permission to be insecure.

/// How a connection is opened and how long it waits. All times are milliseconds.
package struct PostgresOptions: Sendable {
    /// Without one, libpq asks PGPASSWORD and the password file (~/.pgpass).
    package var password: PostgresPassword?
    /// Permits an `sslmode` below verify-ca to a host that is not this machine, where the URL also says so.
    package var insecure = false
    /// For address, TLS, authentication and settings together; the lookup of the name is the resolver's own time.
    package var connectTimeout = 5_000
    /// After which the server ends a statement. A batch as a whole, and a silent server, get `silence` more.
    package var statementTimeout = 5_000
    /// After which the server ends the wait for one lock.
    package var lockTimeout = 2_000
    /// After which the server ends a connection whose transaction does nothing, or whose client vanished.
    package var idleInTransactionTimeout = 30_000
    /// How long after `statementTimeout` a server that says nothing counts as lost, and how long a dead network may stay
    /// unnoticed (tcp_user_timeout, keepalives).
    package var silence = 3_000
    /// Transactions of this connection can only read.
    package var readOnly = false

    package init() {}

    /// - Throws: `refused_target` for a time that is not within 1 ms and one hour.
    func check() throws(PostgresError) {
        let times = [
            ("connect", connectTimeout), ("statement", statementTimeout), ("lock", lockTimeout),
            ("idle in transaction", idleInTransactionTimeout), ("silence", silence),
        ]
        for (name, milliseconds) in times where !(1...3_600_000).contains(milliseconds) {
            throw PostgresError(
                .refusedTarget, "The \(name) timeout of PostgreSQL is \(milliseconds) ms; choose 1 ms to one hour")
        }
    }
}
