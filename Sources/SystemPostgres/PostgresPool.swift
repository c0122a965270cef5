// A few connections that readers share.

import Dispatch
import Synchronization

/// Lends at most `size` connections, opened when first needed and replaced when broken.
package final class PostgresPool: Sendable {
    private let target: PostgresTarget
    private let options: PostgresOptions
    private let places: DispatchSemaphore
    private let state = Mutex(State())

    private struct State {
        var idle: [PostgresConnection] = []
        var lent: [ObjectIdentifier: PostgresConnection] = [:]
        var isClosed = false
    }

    /// `size` is at least 1.
    package init(_ target: PostgresTarget, _ options: PostgresOptions = PostgresOptions(), size: Int = 4) {
        self.target = target
        self.options = options
        places = DispatchSemaphore(value: max(1, size))
    }

    deinit {
        close()
    }

    /// Calls `body` with a connection that is this caller's alone until it returns. An open transaction is rolled back.
    ///
    /// Blocks the calling thread while all connections are lent, at most for `timeout` milliseconds.
    /// - Throws: `timeout` where no connection became free, what opening one throws, or what `body` throws.
    package func withConnection<Result>(
        timeout: Int, _ body: (PostgresConnection) throws -> Result
    ) throws -> Result {
        guard places.wait(timeout: .now() + .milliseconds(timeout)) == .success else {
            throw PostgresError(.timeout, "\(target): no connection of the pool became free within \(timeout) ms")
        }
        defer { places.signal() }
        let connection = try borrow()
        defer { giveBack(connection) }
        return try body(connection)
    }

    /// Ends what is running and closes all connections; later borrowers are refused.
    package func close() {
        let (idle, lent) = state.withLock { state in
            state.isClosed = true
            defer { state.idle.removeAll() }
            return (state.idle, Array(state.lent.values))
        }
        idle.forEach { $0.close() }
        lent.forEach { $0.abandon() }
    }

    private func borrow() throws(PostgresError) -> PostgresConnection {
        while let known = try takeIdle() {
            if known.isUsable { return try register(known) }
        }
        return try register(PostgresConnection.open(target, options))
    }

    private func takeIdle() throws(PostgresError) -> PostgresConnection? {
        let (connection, isClosed) = state.withLock { ($0.idle.popLast(), $0.isClosed) }
        guard !isClosed else { throw Self.closed(target) }
        return connection
    }

    private func register(_ connection: PostgresConnection) throws(PostgresError) -> PostgresConnection {
        let isClosed = state.withLock { state in
            if !state.isClosed { state.lent[ObjectIdentifier(connection)] = connection }
            return state.isClosed
        }
        guard isClosed else { return connection }
        connection.close()
        throw Self.closed(target)
    }

    private func giveBack(_ connection: PostgresConnection) {
        if connection.isInTransaction, (try? connection.execute("ROLLBACK")) == nil { connection.close() }
        let isUsable = connection.isUsable
        let keep = state.withLock { state in
            state.lent[ObjectIdentifier(connection)] = nil
            if isUsable, !state.isClosed { state.idle.append(connection) }
            return !state.isClosed
        }
        if !keep { connection.close() }
    }

    private static func closed(_ target: PostgresTarget) -> PostgresError {
        PostgresError(.connectionLost, "\(target): the pool of connections is closed")
    }
}
