// From SQLSTATE (PostgreSQL manual, appendix A) to the causes that a person can act on.

import CPostgreSQL

extension PostgresError {
    /// The error that a result of libpq carries.
    ///
    /// Its primary message is kept, its DETAIL and CONTEXT are not: those quote values of rows.
    static func server(_ result: OpaquePointer) -> PostgresError {
        let state = field(result, cs_PG_DIAG_SQLSTATE())
        let primary = field(result, cs_PG_DIAG_MESSAGE_PRIMARY()) ?? String(cString: PQresultErrorMessage(result))
        let constraint = field(result, cs_PG_DIAG_CONSTRAINT_NAME())
        return server(sqlState: state, said: constraint.map { "\(primary), constraint \($0)" } ?? primary)
    }

    static func server(sqlState: String?, said primary: String) -> PostgresError {
        let (code, advice) = cause(of: sqlState ?? "")
        let state = sqlState.map { ", SQLSTATE \($0)" } ?? ""
        return PostgresError(code, "\(advice) (\(shortened(primary))\(state))", sqlState: sqlState)
    }

    /// An error that ends the server's side of the connection.
    static func isFatal(_ result: OpaquePointer) -> Bool {
        guard let severity = field(result, cs_PG_DIAG_SEVERITY_NONLOCALIZED()) else { return true }
        return severity == "FATAL" || severity == "PANIC"
    }

    private static func field(_ result: OpaquePointer, _ code: Int32) -> String? {
        PQresultErrorField(result, code).map { String(cString: $0) }
    }

    private static func cause(of state: String) -> (Code, String) {
        switch state {
        case "57014":
            (.timeout, "PostgreSQL ended the statement, which ran longer than statement_timeout or was cancelled")
        case "55P03": (.timeout, "another session held a lock for longer than lock_timeout")
        case "40001", "40P01": (.serialization, "another transaction was in the way: do the whole transaction again")
        case "25006":
            (
                .readOnly,
                "PostgreSQL accepts no writes here: connect to the primary and check default_transaction_read_only"
            )
        case "53100": (.diskFull, "the PostgreSQL server's disk is full: free space there")
        case "53300": (.connectionFailed, "PostgreSQL has no free connection: raise max_connections or lower the pools")
        case "57P03": (.connectionFailed, "PostgreSQL is starting or stopping: try again shortly")
        case "3D000": (.connectionFailed, "the database does not exist: create it, or correct its name in the URL")
        case "42501": (.database, "PostgreSQL does not permit this to the user: grant what is missing")
        case "57P01", "57P02", "57P04", "25P03", "57P05":
            (.connectionLost, "PostgreSQL ended the connection")
        case _ where state.hasPrefix("28"):
            (.authenticationFailed, "PostgreSQL does not accept this user: check user, password and pg_hba.conf")
        case _ where state.hasPrefix("23"): (.constraint, "the row breaks a constraint")
        case _ where state.hasPrefix("08"): (.connectionLost, "the connection to PostgreSQL failed")
        default: (.database, "PostgreSQL refused the statement")
        }
    }

    /// One line of at most 300 characters, without control characters.
    static func shortened(_ text: String) -> String {
        let line = text.prefix { $0 != "\n" }.unicodeScalars.filter { $0.value >= 0x20 && $0.value != 0x7f }
        let visible = String(String.UnicodeScalarView(line))
        return visible.count > 300 ? String(visible.prefix(300)) + "..." : visible
    }
}
