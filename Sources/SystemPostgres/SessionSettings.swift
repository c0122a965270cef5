// What every connection sets, reads back, and refuses of the server. Names as in the PostgreSQL manual, chapter 20.

import CPostgreSQL

extension LibpqSession {
    /// The oldest server that is supported, as PQserverVersion counts.
    static let minimumServerVersion: Int32 = 130_000

    /// Sets the session's settings, reads them back from the server, and checks the server's own.
    /// - Throws: `server_version`, `refused_target`, `not_durable`, or what the server reports.
    func applySettings() throws(PostgresError) {
        let connection = try live()
        let version = PQserverVersion(connection)
        guard version >= Self.minimumServerVersion else {
            throw PostgresError(
                .serverVersion, "\(target): PostgreSQL \(version / 10_000) is too old; 13 or newer is needed")
        }
        guard PQparameterStatus(connection, "server_encoding").map({ String(cString: $0) }) == "UTF8" else {
            throw PostgresError(
                .refusedTarget, "\(target): the database is not encoded in UTF8: create it with ENCODING 'UTF8'")
        }
        let wanted = [
            ("statement_timeout", String(options.statementTimeout)), ("lock_timeout", String(options.lockTimeout)),
            ("idle_in_transaction_session_timeout", String(options.idleInTransactionTimeout)),
            ("standard_conforming_strings", "on"), ("default_transaction_isolation", "read committed"),
            ("client_encoding", "UTF8"),
        ]
        var statements = wanted.map { (sql: Self.set, arguments: [PostgresValue.text($0.0), .text($0.1)]) }
        statements += vanishing.map { (Self.set, [.text($0.0), .text($0.1)]) }
        statements.append((Self.setDurable, []))
        if options.readOnly { statements.append((Self.set, [.text("default_transaction_read_only"), .text("on")])) }
        statements.append((Self.session, []))
        statements.append((Self.settings, []))
        let results = try run(statements, opening)
        try checkSession(results.dropLast().last, PQbackendPID(connection))
        try check(results.last?.rows ?? [], wanted)
    }

    /// When the server gives up a client that vanished. After a part of a batch it has no other time limit, and the
    /// transaction's locks would hold up everybody else for hours. Means nothing on a Unix socket.
    private var vanishing: [(String, String)] {
        let milliseconds = options.idleInTransactionTimeout
        return [
            ("tcp_keepalives_idle", String(max(1, milliseconds / 1_000))), ("tcp_keepalives_interval", "1"),
            ("tcp_keepalives_count", "3"), ("tcp_user_timeout", String(milliseconds)),
        ]
    }

    private static let set = "SELECT pg_catalog.set_config(?, ?, false)"
    /// `remote_apply`, where the operator chose it, waits for more than `on` and is kept.
    private static let setDurable = """
        SELECT pg_catalog.set_config('synchronous_commit', CASE pg_catalog.current_setting('synchronous_commit')
            WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END, false)
        """
    private static let session = "SELECT pg_catalog.pg_backend_pid()"
    private static let settings = """
        SELECT name, setting FROM pg_catalog.pg_settings WHERE name IN ('synchronous_commit', 'fsync', 'full_page_writes',
            'statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'standard_conforming_strings',
            'default_transaction_isolation', 'client_encoding')
        """

    /// A pooler between hands one server session to many clients: settings, locks and prepared statements would be shared.
    private func checkSession(_ result: PostgresResult?, _ announced: Int32) throws(PostgresError) {
        guard result?.rows == [[.integer(Int64(announced))]] else {
            throw PostgresError(
                .refusedTarget, "\(target): a connection pooler is in between: connect to PostgreSQL itself")
        }
    }

    private func check(_ rows: [[PostgresValue]], _ wanted: [(String, String)]) throws(PostgresError) {
        var found: [String: String] = [:]
        for row in rows {
            if case .text(let name)? = row.first, case .text(let setting)? = row.last { found[name] = setting }
        }
        for name in ["fsync", "full_page_writes"] where found[name] != "on" {
            throw PostgresError(
                .notDurable,
                "\(target): the server runs with \(name)=\(found[name] ?? "?"), which loses commits when power fails: "
                    + "set \(name)=on in postgresql.conf and reload")
        }
        guard let commit = found["synchronous_commit"], ["on", "remote_apply"].contains(commit) else {
            throw PostgresError(
                .notDurable,
                "\(target): synchronous_commit stays \(found["synchronous_commit"] ?? "?") although it was set to on: "
                    + "let the user set it")
        }
        for (name, value) in wanted where found[name] != value {
            throw PostgresError(
                .refusedTarget, "\(target): the server does not keep \(name)=\(value) but \(found[name] ?? "?")")
        }
    }
}
