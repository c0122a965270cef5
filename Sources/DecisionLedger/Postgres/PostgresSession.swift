// PostgreSQL behind the session that the ledger's logic uses.

import SystemPostgres

/// One transaction on a connection. BEGIN and statements whose result nobody needs wait, and go with the next one in the
/// same round trip. Not for several threads.
final class PostgresSession: SQLSession {
    private typealias Statement = (sql: String, arguments: [PostgresValue])

    let connectionNumber: Int
    private let connection: PostgresConnection
    private let end: Deadline?
    private var waiting: [Statement]
    private var recent = RecentAnswers()
    /// So many rows are sent without waiting for more.
    private static let fullBatch = 128

    var dialect: SQLDialect { .postgres }

    /// - Parameters:
    ///   - begin: the statement that opens the transaction.
    ///   - end: after which no further statement is sent, and no answer waited for much longer.
    init(_ connection: PostgresConnection, number: Int, begin: String, end: Deadline? = nil) {
        self.connection = connection
        connectionNumber = number
        self.end = end
        waiting = [(begin, [])]
    }

    @discardableResult
    func execute(_ sql: String, _ arguments: [SQLValue]) throws -> Int {
        recent.forget()
        return try run(sql, arguments).affected
    }

    func write(_ sql: String, _ arguments: [SQLValue]) throws {
        recent.forget()
        waiting.append((sql, arguments.map(PostgresValue.init)))
        if waiting.count >= Self.fullBatch { _ = try send() }
    }

    func query(_ sql: String, _ arguments: [SQLValue], _ body: (SQLRow) throws -> Void) throws {
        let rows = try recent.find(sql, arguments) ?? ask(sql, arguments)
        for row in rows { try body(row) }
    }

    /// Sends what waits and commits, in one round trip.
    ///
    /// COMMIT has no time limit on the server: statement_timeout is over before the wait for a standby begins. The client
    /// gives up waiting all the same, and then the outcome is unknown.
    func commit() throws {
        waiting.append(("COMMIT", []))
        _ = try send()
    }

    /// Whether the server heard of the transaction.
    var hasBegun: Bool { connection.isInTransaction }

    private func ask(_ sql: String, _ arguments: [SQLValue]) throws -> [SQLRow] {
        let rows = try run(sql, arguments).rows.map { SQLRow($0.map(SQLValue.init)) }
        recent.keep(sql, arguments, rows)
        return rows
    }

    private func run(_ sql: String, _ arguments: [SQLValue]) throws -> PostgresResult {
        waiting.append((sql, arguments.map(PostgresValue.init)))
        return try send().last ?? PostgresResult()
    }

    private func send() throws -> [PostgresResult] {
        if let end, end.remaining == 0 {
            throw LedgerError(
                .unreachable, "the database took too long over this transaction: it was rolled back, look at its load")
        }
        defer { waiting.removeAll() }
        return try connection.executeBatch(waiting, before: end)
    }
}

extension PostgresValue {
    fileprivate init(_ value: SQLValue) {
        switch value {
        case .null: self = .null
        case .integer(let value): self = .integer(value)
        case .text(let value): self = .text(value)
        case .blob(let value): self = .blob(value)
        }
    }
}

extension SQLValue {
    fileprivate init(_ value: PostgresValue) {
        switch value {
        case .null: self = .null
        case .integer(let value): self = .integer(value)
        case .text(let value): self = .text(value)
        case .blob(let value): self = .blob(value)
        }
    }
}
