// Looks at a ledger beside the server that writes it.

import GRDB

/// A read-only connection to a ledger. Reads in short pages, so that it never holds up the writer's checkpoints.
package final class LedgerReader: Sendable {
    private let queue: DatabaseQueue
    private let path: String
    private static let pageSize = 500

    private init(_ queue: DatabaseQueue, path: String) {
        self.queue = queue
        self.path = path
    }

    /// Opens an existing ledger of a schema that this version knows.
    package static func open(path: String) throws(LedgerError) -> LedgerReader {
        let file = LedgerFile(path: path)
        guard LedgerFile.identity(of: file.path) != nil else {
            throw LedgerError(.cannotOpen, "there is no ledger here: serve once, or name its file", path: file.path)
        }
        var configuration = Configuration()
        configuration.label = "LedgerReader"
        configuration.readonly = true
        configuration.busyMode = .timeout(2)
        do {
            let queue = try DatabaseQueue(path: file.path, configuration: configuration)
            let version = try queue.read { try LedgerSchema.inspect($0) }
            guard version == LedgerSchema.version else {
                throw LedgerError(.notALedger, "an empty or older ledger: let callback-server open it once")
            }
            return LedgerReader(queue, path: file.path)
        } catch {
            throw LedgerError(error, path: file.path)
        }
    }

    /// Decisions that meet the filter, oldest first, without payloads; with `limit`, the newest so many of them.
    package func list(
        _ filter: DecisionFilter = DecisionFilter(), limit: Int? = nil
    ) throws(LedgerError) -> [RecordedDecision] {
        var found: [RecordedDecision] = []
        try each(filter, limit: limit) { found.append($0) }
        return found
    }

    /// As `list`, one at a time: a ledger of any length in little memory. Sees what was there when it began.
    package func each(
        _ filter: DecisionFilter = DecisionFilter(), limit: Int? = nil, withPayloads: Bool = false,
        _ body: (RecordedDecision) -> Void
    ) throws(LedgerError) {
        let last = try lastSequence()
        var next = try limit.map { limit throws(LedgerError) in try start(filter, limit) } ?? 1
        while next <= last {
            let page = try page(from: next, to: last, filter, withPayloads: withPayloads)
            page.forEach(body)
            guard page.count == Self.pageSize, let reached = page.last?.sequence else { return }
            next = reached + 1
        }
    }

    /// The decision at a place, with its payload.
    package func show(sequence: Int64) throws(LedgerError) -> RecordedDecision? {
        try fetch("sequence = ?", [sequence], columns: RecordedDecision.columnsWithPayload).first
    }

    /// Every decision of a requestId (its stages, its retries, its conflicts), oldest first, with payloads.
    package func show(requestId: String) throws(LedgerError) -> [RecordedDecision] {
        try fetch(
            "request_id = ? ORDER BY sequence", [requestId], columns: RecordedDecision.columnsWithPayload)
    }

    /// The place of the newest decision, 0 for an empty ledger.
    package func lastSequence() throws(LedgerError) -> Int64 {
        try read { db in try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM decisions") ?? 0 }
    }

    /// Hands over every decision after `sequence` that meets the filter, also those still to come, until the task is
    /// cancelled. Looks for new ones every `interval`.
    package func follow(
        after sequence: Int64, _ filter: DecisionFilter = DecisionFilter(), interval: Duration = .milliseconds(200),
        _ body: (RecordedDecision) async -> Void
    ) async throws(LedgerError) {
        var reached = sequence
        while !Task.isCancelled {
            let last = try lastSequence()
            while reached < last, !Task.isCancelled {
                let page = try page(from: reached + 1, to: last, filter)
                for decision in page { await body(decision) }
                reached = page.count == Self.pageSize ? page.last?.sequence ?? last : last
            }
            do { try await Task.sleep(for: interval) } catch { return }
        }
    }

    private func page(
        from first: Int64, to last: Int64, _ filter: DecisionFilter, withPayloads: Bool = false
    ) throws(LedgerError) -> [RecordedDecision] {
        let clause = filter.clause
        return try fetch(
            "\(clause.sql) AND sequence BETWEEN ? AND ? ORDER BY sequence LIMIT \(Self.pageSize)",
            clause.arguments + [first, last],
            columns: withPayloads ? RecordedDecision.columnsWithPayload : RecordedDecision.columns)
    }

    /// Where the newest `limit` matches begin.
    private func start(_ filter: DecisionFilter, _ limit: Int) throws(LedgerError) -> Int64 {
        guard limit > 0 else { return .max }
        let clause = filter.clause
        let sql = """
            SELECT min(sequence) FROM
            (SELECT sequence FROM decisions WHERE \(clause.sql) ORDER BY sequence DESC LIMIT \(limit))
            """
        return try read { db in try Int64.fetchOne(db, sql: sql, arguments: clause.arguments) ?? .max }
    }

    private func fetch(
        _ condition: String, _ arguments: StatementArguments, columns: String = RecordedDecision.columns
    ) throws(LedgerError) -> [RecordedDecision] {
        try read { db in
            try Row.fetchAll(db, sql: "SELECT \(columns) FROM decisions WHERE \(condition)", arguments: arguments)
                .map { try RecordedDecision(row: $0) }
        }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        do { return try queue.read(body) } catch { throw LedgerError(error, path: path) }
    }
}
