// The event loop: all connections on one thread, at full load or on a schedule.

import Glibc

/// Sends every token once and collects what comes back.
///
/// Full load (closed loop): each connection sends the next token as soon as it may. Fixed rate (open loop): token i
/// is due at `i / rate` on connection `i % connections`, whether or not the one before it was answered, and its latency
/// counts from that instant; a slow server cannot slow the schedule down (no coordinated omission).
final class LoadRun {
    private let tokens: TokenFile
    private let connections: [LoadConnection]
    private let concurrency: Int
    /// Nanoseconds between requests over all connections; `nil` at full load.
    private let interval: Double?

    private(set) var answers: [Answer?]
    private var startedAt: [Int]
    private var latencies: [Int] = []
    private var statuses: [Int: Int] = [:]
    private var errors = 0
    private var done = 0
    private var next = 0
    private var begin = 0
    private var greatestDelay = 0

    /// A run without one answer for this long is broken, in nanoseconds.
    private let patience = 30_000_000_000

    /// `rate`: requests in a second over all connections.
    init(tokens: TokenFile, connections: [LoadConnection], concurrency: Int, rate: Double?) {
        self.tokens = tokens
        self.connections = connections
        self.concurrency = concurrency
        interval = rate.map { 1e9 / $0 }
        answers = Array(repeating: nil, count: tokens.count)
        startedAt = Array(repeating: 0, count: tokens.count)
        latencies.reserveCapacity(tokens.count)
        for (position, connection) in connections.enumerated() { connection.nextDue = position }
    }

    func run() throws(LoadError) -> LoadResult {
        begin = MonotonicClock.now()
        var lastAnswer = begin
        while done < tokens.count {
            let now = MonotonicClock.now()
            for connection in connections where connection.isOpen { startWhatIsDue(on: connection, now: now) }
            guard connections.contains(where: canStillAnswer), now - lastAnswer < patience else { break }
            let before = done
            try wait(until: nextInstant(now: now))
            if done > before { lastAnswer = MonotonicClock.now() }
        }
        let end = lastAnswer
        errors += tokens.count - done
        return LoadResult(
            requests: tokens.count, nanoseconds: end - begin, latencies: latencies, statuses: statuses, errors: errors,
            greatestDelay: greatestDelay)
    }

    private func canStillAnswer(_ connection: LoadConnection) -> Bool {
        let hasMore = (interval == nil ? next : connection.nextDue) < tokens.count
        return connection.isOpen && (hasMore || !connection.inFlight.isEmpty)
    }

    private func startWhatIsDue(on connection: LoadConnection, now: Int) {
        while connection.isOpen, connection.inFlight.count < concurrency {
            let index: Int
            if let interval {
                index = connection.nextDue
                guard index < tokens.count else { return }
                startedAt[index] = begin + Int(Double(index) * interval)
                guard startedAt[index] <= now else { return }
                greatestDelay = max(greatestDelay, now - max(startedAt[index], connection.freeSince))
                connection.nextDue += connections.count
            } else {
                guard next < tokens.count else { return }
                index = next
                next += 1
                startedAt[index] = MonotonicClock.now()
            }
            connection.start(index: index, body: tokens[index])
            collectLosses(of: connection)
        }
    }

    /// The next scheduled start on a connection that may take it; `nil` where only answers can move the run.
    private func nextInstant(now: Int) -> Int? {
        guard let interval else { return nil }
        let due = connections.filter {
            $0.isOpen && $0.inFlight.count < concurrency && $0.nextDue < tokens.count
        }
        return due.map { begin + Int(Double($0.nextDue) * interval) }.min()
    }

    private func wait(until instant: Int?) throws(LoadError) {
        var sockets = connections.map { connection in
            pollfd(
                fd: connection.isOpen ? connection.descriptor : -1,
                events: Int16(POLLIN) | (connection.hasOutput ? Int16(POLLOUT) : 0), revents: 0)
        }
        // poll(2) counts milliseconds: the rest of the last one is spent asking again, on a core of our own.
        let pause = max(0, min(1_000_000_000, (instant ?? .max) - MonotonicClock.now()))
        guard poll(&sockets, nfds_t(sockets.count), Int32(pause / 1_000_000)) >= 0 || errno == EINTR else {
            throw LoadError(.connection, "poll: \(systemReason())")
        }
        for (socket, connection) in zip(sockets, connections) where socket.revents != 0 {
            if socket.revents & Int16(POLLOUT) != 0 { connection.flush() }
            let answered = connection.receive()
            let now = MonotonicClock.now()
            for (index, answer) in answered { finish(index, answer, at: now) }
            if !answered.isEmpty { connection.freeSince = now }
            collectLosses(of: connection)
            // At once, so that a busy connection never waits for the others' turn.
            startWhatIsDue(on: connection, now: now)
        }
    }

    private func finish(_ index: Int, _ answer: Answer, at instant: Int) {
        answers[index] = answer
        done += 1
        statuses[answer.status, default: 0] += 1
        if answer.status == 200 {
            latencies.append(instant - startedAt[index])
        } else {
            errors += 1
        }
    }

    private func collectLosses(of connection: LoadConnection) {
        guard let reason = connection.failure else { return }
        for index in connection.inFlight { finish(index, Answer(status: 0, body: Array(reason.utf8)), at: 0) }
        connection.inFlight.removeAll()
    }
}
