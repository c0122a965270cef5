// The one error type of this module.

/// What went wrong with a PostgreSQL server, a connection or a statement, for the person who must act.
///
/// Handling goes by `code`. The message never holds a password, a whole connection URL, or the arguments of a statement.
/// None of these ever means "committed"; where a COMMIT was under way, `connectionLost` means "unknown".
package struct PostgresError: Error, Sendable, CustomStringConvertible {
    /// Stable codes; listed in docs/errors.md, never reused.
    package enum Code: String, Sendable {
        /// No connection could be made.
        case connectionFailed = "connection_failed"
        /// The connection ended, or the server was silent for too long. The outcome of what was under way is unknown.
        case connectionLost = "connection_lost"
        /// The server does not accept this user, password or certificate (SQLSTATE class 28).
        case authenticationFailed = "authentication_failed"
        /// A statement, a lock (57014, 55P03) or a place in the pool took too long, or `cancel()` ended the statement.
        case timeout
        /// Another transaction was in the way (40001, 40P01): roll back and do the whole transaction again.
        case serialization
        /// A row breaks a constraint (class 23).
        case constraint
        /// The server or the transaction accepts no writes (25006).
        case readOnly = "read_only"
        /// No space is left on the server's disk (53100).
        case diskFull = "disk_full"
        /// The server's settings would lose a commit at a power failure.
        case notDurable = "not_durable"
        /// The connection URL, or the database behind it, cannot be used safely.
        case refusedTarget = "refused_target"
        /// The server is older than this program supports.
        case serverVersion = "server_version"
        /// A value that PostgreSQL cannot store, refused before it was sent.
        case unstorable
        /// Anything else that the server or libpq reports.
        case database
    }

    package let code: Code
    package let message: String
    /// The server's five-character code (PostgreSQL manual, appendix A), where the server gave one.
    package let sqlState: String?

    package init(_ code: Code, _ message: String, sqlState: String? = nil) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
    }

    package var description: String { "\(message) [\(code.rawValue)]" }
}
