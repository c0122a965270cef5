// Looks at a ledger beside the servers that write it.

import CallbackProtocol

/// Reads a ledger in short pages, so that it never holds up the writer.
package final class LedgerReader: Sendable {
    let source: any LedgerSource
    private static let pageSize = 500

    package init(_ source: any LedgerSource) {
        self.source = source
    }

    /// Opens an existing SQLite ledger of a schema that this version knows.
    package static func open(path: String) throws(LedgerError) -> LedgerReader {
        LedgerReader(try SQLiteSource(path: path))
    }

    /// Copies a SQLite ledger to a new file while it is written to, and returns how many entries the copy has.
    package static func copy(_ path: String, to destination: String) throws(LedgerError) -> Int64 {
        try SQLiteSource(path: path).copy(to: destination)
        return try open(path: destination).lastSequence()
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
        try fetch(DecisionFilter(), "AND sequence = ?", [.integer(sequence)], withPayloads: true).first
    }

    /// Every decision of a requestId (its stages, its retries, its conflicts), oldest first, with payloads.
    package func show(requestId: String) throws(LedgerError) -> [RecordedDecision] {
        var filter = DecisionFilter()
        filter.requestId = requestId
        return try fetch(filter, "ORDER BY sequence", withPayloads: true)
    }

    /// Every decision and hold event so far.
    package func lastSequence() throws(LedgerError) -> Int64 {
        try source.read { try $0.first("SELECT size FROM ledger_head WHERE id = 1")?.integer(0) ?? 0 }
    }

    /// The files of a rules version that decided something here: the rules file first. Empty where none is kept.
    package func rulesTexts(digest: String) throws(LedgerError) -> [(name: String, content: [UInt8])] {
        try source.read { session in
            try session.all(
                "SELECT name, content FROM rules_texts WHERE digest = ? ORDER BY position", [.text(digest)]
            ).map { (try $0.text(0), try $0.blob(1)) }
        }
    }

    /// Every hold, oldest first; with `open`, only those that wait for people.
    package func holds(open: Bool = false) throws(LedgerError) -> [Hold] {
        try source.read {
            try Hold.load($0, where: open ? LedgerTransaction.openStates : "1 = 1", [])
        }
    }

    package func hold(_ number: Int64) throws(LedgerError) -> Hold? {
        try source.read { try Hold.load($0, where: "hold = ?", [.integer(number)]).first }
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
        try fetch(
            filter, "AND sequence BETWEEN ? AND ? ORDER BY sequence LIMIT \(Self.pageSize)",
            [.integer(first), .integer(last)], withPayloads: withPayloads)
    }

    /// Where the newest `limit` matches begin.
    private func start(_ filter: DecisionFilter, _ limit: Int) throws(LedgerError) -> Int64 {
        guard limit > 0 else { return .max }
        return try source.read { session in
            let clause = filter.clause(session.dialect)
            let sql = """
                SELECT coalesce(min(sequence), \(Int64.max)) FROM
                (SELECT sequence FROM decisions WHERE \(clause.sql) ORDER BY sequence DESC LIMIT \(limit)) AS newest
                """
            return try session.first(sql, clause.arguments)?.integer(0) ?? .max
        }
    }

    private func fetch(
        _ filter: DecisionFilter, _ rest: String, _ arguments: [SQLValue] = [], withPayloads: Bool
    ) throws(LedgerError) -> [RecordedDecision] {
        let columns = withPayloads ? RecordedDecision.columnsWithPayload : RecordedDecision.columns
        return try source.read { session in
            let clause = filter.clause(session.dialect)
            return try session.all(
                "SELECT \(columns) FROM decisions WHERE \(clause.sql) \(rest)", clause.arguments + arguments
            ).map { try RecordedDecision(row: $0) }
        }
    }
}
