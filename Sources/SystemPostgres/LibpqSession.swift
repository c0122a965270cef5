// The owner of one PGconn. No pointer leaves the module, and every call of libpq with it goes through here.

import CPostgreSQL
import Glibc
import Synchronization

/// Owns a `PGconn` in non-blocking pipeline mode, freed in `close` or `deinit`. Not for several threads at once:
/// `PostgresConnection` sees to that.
final class LibpqSession {
    /// Nil after the connection was lost or closed.
    private(set) var connection: OpaquePointer?
    let target: PostgresTarget
    let options: PostgresOptions
    var cache = StatementCache()
    /// Set by another thread: whatever waits gives up.
    let abandoned = Atomic<Bool>(false)
    /// What the server warned of since the last batch was sent.
    var warning: String?
    /// Until when the connection must be of use.
    let opening: Deadline
    /// Why there is no connection any more.
    private var end: PostgresError?

    /// Connects and authenticates. Settings are checked by `applySettings`.
    init(_ target: PostgresTarget, _ options: PostgresOptions) throws(PostgresError) {
        self.target = target
        self.options = options
        opening = Deadline(milliseconds: options.connectTimeout)
        try options.check()
        try target.checkSecurity(insecure: options.insecure)
        try ConnectionParameters.checkEnvironment()
        guard let started = ConnectionParameters(target, options).start() else {
            throw PostgresError(.connectionFailed, "\(target): no memory for a connection")
        }
        connection = started
        // Verbose messages hold the SQLSTATE, which libpq gives in no other way before the connection stands.
        PQsetErrorVerbosity(started, PQERRORS_VERBOSE)
        // By default, libpq writes the server's notices to standard error. It calls the receiver only inside of calls that
        // this object makes, so the object is there.
        _ = PQsetNoticeReceiver(
            started,
            { owner, notice in
                guard let owner, let notice else { return }
                Unmanaged<LibpqSession>.fromOpaque(owner).takeUnretainedValue().hear(notice)
            }, Unmanaged.passUnretained(self).toOpaque())
        try connect(started)
        PQsetErrorVerbosity(started, PQERRORS_DEFAULT)
        guard PQsetnonblocking(started, 1) == 0, PQenterPipelineMode(started) == 1 else {
            throw PostgresError(.connectionFailed, "\(target): libpq cannot enter pipeline mode")
        }
    }

    deinit {
        PQfinish(connection)
    }

    func close(because error: PostgresError) {
        if end == nil { end = error }
        PQfinish(connection)
        connection = nil
    }

    /// The connection, or the reason why there is none.
    func live() throws(PostgresError) -> OpaquePointer {
        guard let connection else {
            throw end ?? PostgresError(.connectionLost, "\(target): the connection is closed")
        }
        return connection
    }

    private func hear(_ notice: OpaquePointer) {
        if warning == nil { warning = PostgresError.warning(notice) }
    }

    /// Takes the reason from libpq, closes the connection, and returns the reason.
    func lost(_ during: String) -> PostgresError {
        let said = connection.map { String(cString: PQerrorMessage($0)) } ?? ""
        let error = PostgresError(
            .connectionLost,
            "\(target): the connection was lost \(during), and what was under way may have been committed or not "
                + "(\(PostgresError.shortened(said)))")
        close(because: error)
        return error
    }

    private func connect(_ connection: OpaquePointer) throws(PostgresError) {
        var step = PQstatus(connection) == CONNECTION_BAD ? PGRES_POLLING_FAILED : PGRES_POLLING_WRITING
        while step == PGRES_POLLING_READING || step == PGRES_POLLING_WRITING {
            let events = step == PGRES_POLLING_READING ? POLLIN : POLLOUT
            guard try wait(PQsocket(connection), events, opening) else {
                throw PostgresError(
                    .connectionFailed,
                    "\(target): no connection within \(options.connectTimeout) ms: check address, port and firewall")
            }
            step = PQconnectPoll(connection)
        }
        guard step == PGRES_POLLING_OK else { throw connectionError(String(cString: PQerrorMessage(connection))) }
    }

    /// From the message of a failed attempt: `connection to server at ... failed: FATAL:  28P01: password ...`.
    private func connectionError(_ message: String) -> PostgresError {
        let reason = PostgresError.shortened(message)
        let words = reason.split(separator: " ")
        let state = zip(words, words.dropFirst()).first { severity, word in
            ["FATAL:", "ERROR:", "PANIC:"].contains(severity) && word.count == 6 && word.last == ":"
        }.map { String($1.dropLast()) }
        if let state {
            let error = PostgresError.server(sqlState: state, said: reason)
            let code: PostgresError.Code =
                error.code == .authenticationFailed ? .authenticationFailed : .connectionFailed
            return PostgresError(code, "\(target): \(error.message)", sqlState: state)
        }
        if reason.contains("no password supplied") {
            return PostgresError(
                .authenticationFailed,
                "\(target): PostgreSQL asks for a password: set `password_file` or PGPASSWORD")
        }
        return PostgresError(
            .connectionFailed, "\(target): no connection to PostgreSQL: check that it runs and is reachable (\(reason))"
        )
    }
}
