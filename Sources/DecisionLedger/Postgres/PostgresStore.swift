// Which PostgreSQL database a ledger lies in, and how long it may take.

import SystemPostgres

/// A database that several servers share. Holds its password, and prints as `host:port/database`.
package struct PostgresStore: Sendable, CustomStringConvertible {
    let target: PostgresTarget
    private let password: PostgresPassword?
    private let patience: Int

    /// - Parameters:
    ///   - url: `postgresql://user@host:port/database?sslmode=...`, without a password.
    ///   - password: without one, libpq asks PGPASSWORD and ~/.pgpass.
    ///   - patience: milliseconds that a transaction of the server may take; within 1,000 and 600,000 they are kept.
    /// - Throws: `cannot_open` for a URL or a password that is refused.
    package init(url: String, password: String? = nil, patience: Int = 18_000) throws(LedgerError) {
        do throws(PostgresError) {
            target = try PostgresTarget(url: url)
            if let password { self.password = try PostgresPassword(password) } else { self.password = nil }
        } catch {
            throw LedgerError(postgres: error, place: "")
        }
        self.patience = min(max(patience, 1000), 600_000)
    }

    package var description: String { target.description }

    /// For the writing connection: nothing takes as long as a caller's deadline.
    var writing: PostgresOptions {
        var options = PostgresOptions()
        options.password = password
        options.connectTimeout = min(2000, patience)
        options.statementTimeout = patience
        options.lockTimeout = min(2000, max(patience / 2, 500))
        options.silence = 1000
        // A server that stands still between two statements must not hold up the others.
        options.idleInTransactionTimeout = 5000
        return options
    }

    /// How long one transaction may take, a connection for it included, in milliseconds.
    var transactionTimeout: Int { patience }

    /// For readers: they hold no lock, and an audit reads a lot.
    var reading: PostgresOptions {
        var options = PostgresOptions()
        options.password = password
        options.statementTimeout = 600_000
        options.idleInTransactionTimeout = 600_000
        options.readOnly = true
        return options
    }
}
