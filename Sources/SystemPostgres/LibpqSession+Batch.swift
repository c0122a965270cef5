// Statements in libpq's pipeline mode (PostgreSQL manual, section 34.5): everything is sent, then everything is read.

import CPostgreSQL

extension LibpqSession {
    /// Runs statements in one round trip, those included that must be prepared first.
    ///
    /// Outside of BEGIN and COMMIT the whole batch is one transaction. At the first error the server skips the rest.
    /// - Throws: the first error; the connection stays usable unless the error is `connection_lost`.
    func run(
        _ statements: [(sql: String, arguments: [PostgresValue])], _ deadline: Deadline
    ) throws(PostgresError) -> [PostgresResult] {
        let connection = try live()
        let steps = try plan(statements)
        guard !steps.isEmpty else { return [] }
        warning = nil
        for step in steps {
            guard step.send(connection) == 1 else { throw lost("while sending") }
        }
        guard PQpipelineSync(connection) == 1 else { throw lost("while sending") }
        try flush(deadline)

        var results: [PostgresResult] = []
        var failure: PostgresError?
        for step in steps {
            do {
                let result = try read(step, deadline)
                if case .execute = step, let result { results.append(result) }
            } catch {
                if self.connection == nil { throw error }
                if failure == nil { failure = error }
            }
        }
        try readSync(deadline)
        guard let failure else { return results }
        throw failure
    }

    /// Translates and checks everything before anything is sent.
    private func plan(_ statements: [(sql: String, arguments: [PostgresValue])]) throws(PostgresError) -> [PipelineStep]
    {
        var steps: [PipelineStep] = []
        let isFull = cache.count >= StatementCache.capacity && PQtransactionStatus(connection) == PQTRANS_IDLE
        var pending: [(sql: String, types: [UInt32], name: String)] = []
        for (sql, arguments) in statements {
            let text = try cache.text(sql)
            guard text.placeholders == arguments.count else {
                throw PostgresError(
                    .database, "A statement has \(text.placeholders) placeholders and \(arguments.count) arguments")
            }
            let buffer = try ParameterBuffer(arguments)
            let known =
                (isFull ? nil : cache.name(sql, buffer.types))
                ?? pending.first { $0.sql == sql && $0.types == buffer.types }?.name
            if let known {
                steps.append(.execute(known, buffer, mayRollBack: text.mayRollBack))
                continue
            }
            let name = cache.newName()
            pending.append((sql, buffer.types, name))
            steps.append(.prepare(name, source: sql, text.sql, buffer.types))
            steps.append(.execute(name, buffer, mayRollBack: text.mayRollBack))
        }
        if isFull {
            cache.forgetPrepared()
            steps.insert(.forget, at: 0)
        }
        return steps
    }

    /// Reads one step's result and the end mark behind it.
    private func read(_ step: PipelineStep, _ deadline: Deadline) throws(PostgresError) -> PostgresResult? {
        guard let result = try nextResult(deadline) else { throw outOfStep() }
        defer { PQclear(result) }
        let status = PQresultStatus(result)
        var outcome: Result<PostgresResult?, PostgresError> = .success(nil)
        switch status {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY:
            if case .prepare(let name, let source, _, let types) = step { cache.insert(name, source, types) }
            if case .execute(_, _, let mayRollBack) = step {
                if let failure = doubt(String(cString: PQcmdStatus(result)), mayRollBack: mayRollBack) {
                    outcome = .failure(failure)
                    break
                }
                do { outcome = .success(try PostgresResult(result)) } catch { outcome = .failure(error) }
            }
        case PGRES_PIPELINE_ABORTED:
            outcome = .failure(PostgresError(.database, "The statement was skipped after an error before it"))
        case PGRES_FATAL_ERROR:
            let error = PostgresError.server(result)
            // What the server no longer knows under its name, or knows for an older table, is prepared again.
            if error.sqlState == "26000" || error.sqlState == "0A000" { cache.forgetPrepared() }
            if PostgresError.isFatal(result) {
                throw ended(error)
            }
            outcome = .failure(error)
        default: throw outOfStep()
        }
        if let extra = try nextResult(deadline) {
            PQclear(extra)
            throw outOfStep()
        }
        return try outcome.get()
    }

    /// Why a COMMIT that was answered without an error still did not do what it should.
    private func doubt(_ command: String, mayRollBack: Bool) -> PostgresError? {
        // COMMIT of a failed transaction is answered by ROLLBACK.
        if command == "ROLLBACK", !mayRollBack {
            return PostgresError(.database, "Nothing was committed: the transaction had failed before its COMMIT")
        }
        // A wait for the standby that is cancelled, by a timeout or by a person, ends in a warning (manual, section 27.2.8.3).
        if command == "COMMIT", let warning {
            return PostgresError(
                .notDurable, "\(target): PostgreSQL committed, but perhaps not on its standby (it warned: \(warning))")
        }
        return nil
    }

    private func readSync(_ deadline: Deadline) throws(PostgresError) {
        guard let result = try nextResult(deadline) else { throw outOfStep() }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_PIPELINE_SYNC else { throw outOfStep() }
    }

    /// The server ended the connection with an error of its own.
    private func ended(_ error: PostgresError) -> PostgresError {
        let loss = PostgresError(
            .connectionLost,
            "\(target): PostgreSQL ended the connection, and what was under way may have been committed or not "
                + "(\(error.message))", sqlState: error.sqlState)
        close(because: loss)
        return loss
    }

    private func outOfStep() -> PostgresError {
        lost("because answers and statements no longer match (COPY and several statements in one are not supported)")
    }
}

/// One message pair of a pipeline.
private enum PipelineStep {
    case prepare(String, source: String, String, [UInt32])
    case execute(String, ParameterBuffer, mayRollBack: Bool)
    case forget

    /// 1 when libpq queued it.
    func send(_ connection: OpaquePointer) -> Int32 {
        switch self {
        case .prepare(let name, _, let sql, let types):
            PQsendPrepare(connection, name, sql, Int32(types.count), types)
        case .execute(let name, let buffer, _):
            buffer.withPointers { values, lengths, formats in
                PQsendQueryPrepared(connection, name, buffer.count, values, lengths, formats, 1)
            }
        case .forget: PQsendQueryParams(connection, "DEALLOCATE ALL", 0, nil, nil, nil, nil, 1)
        }
    }
}
