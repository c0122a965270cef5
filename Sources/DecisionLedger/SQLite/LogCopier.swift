// Moves committed pages from the write-ahead log to the main file, beside the writer.

import Dispatch
import GRDB
import Synchronization

/// Checkpoints in the background. SQLite would do it within the commit that makes the log long enough, and let everyone
/// who waits for that commit wait for two syncs of the disk and thousands of pages more.
///
/// The bulk is copied on a thread of its own while the writer goes on. What the writer appended meanwhile is little; it
/// copies that itself between two batches (`finishIfDue`), which lets SQLite start the log anew. A failed or hindered
/// checkpoint loses nothing: the pages stay in the log, and the next one takes them.
final class LogCopier: Sendable {
    private enum Phase {
        case idle, copying, copied
    }

    private struct State {
        var phase = Phase.idle
        var bytes = 0
    }

    private let file: LedgerFile
    private let threshold: Int
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "countersign.ledger.checkpoint", qos: .utility)
    /// What a row costs in the log beside its payload: its page of the index and the unused rest of its own.
    private static let rowOverhead = 12 << 10

    init(_ file: LedgerFile, options: LedgerOptions) {
        self.file = file
        threshold = options.checkpointBytes
    }

    /// Tells of a committed batch. Starts a checkpoint when enough was written since the last one.
    func committed(rows: Int, payloadBytes: Int) {
        let starts = state.withLock { state in
            state.bytes += rows * Self.rowOverhead + payloadBytes
            guard state.phase == .idle, state.bytes >= threshold else { return false }
            state = State(phase: .copying, bytes: 0)
            return true
        }
        if starts { queue.async { self.copy() } }
    }

    /// On the writer's thread, between transactions: copies what came since the background copy began.
    func finishIfDue(_ connection: LedgerConnection) {
        let isDue = state.withLock { state in
            guard state.phase == .copied else { return false }
            state.phase = .idle
            return true
        }
        if isDue { try? connection.queue.writeWithoutTransaction(Self.checkpoint) }
    }

    /// Returns when no background copy runs.
    func wait() { queue.sync {} }

    private func copy() {
        defer { state.withLock { $0.phase = .copied } }
        guard let queue = try? DatabaseQueue(path: file.path) else { return }
        // Twice: the second time there is little left, and so little for the writer.
        for _ in 0..<2 { try? queue.writeWithoutTransaction(Self.checkpoint) }
        try? queue.close()
    }

    private static func checkpoint(_ db: Database) throws {
        // FULL, SQLite's default, also syncs the log before and the main file after pages are copied.
        try db.execute(sql: "PRAGMA synchronous = FULL")
        _ = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(PASSIVE)")
    }
}
