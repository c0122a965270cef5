// Moves committed pages from the write-ahead log to the main file, beside the writer.

import Dispatch
import GRDB
import Synchronization
import SystemSQLite

/// Checkpoints in the background. SQLite would do it within the commit that makes the log long enough, and let everyone
/// who waits for that commit wait for two syncs of the disk and thousands of pages more.
///
/// The bulk is copied on a thread of its own while the writer goes on. What the writer appended meanwhile is little; it
/// copies that itself between two batches (`follow`), which lets SQLite start the log anew. A failed or hindered
/// checkpoint loses nothing: the pages stay in the log, and the next one takes them.
final class LogCopier: Sendable {
    private enum Phase {
        case idle, copying, copied
    }

    private struct State {
        var phase = Phase.idle
        /// Pages appended to the log since the last copy began.
        var pages = 0
    }

    private let file: LedgerFile
    private let threshold: Int
    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "countersign.ledger.checkpoint", qos: .utility)

    init(_ file: LedgerFile, options: LedgerOptions) {
        self.file = file
        threshold = options.checkpointPages
    }

    /// On the writer's thread, between transactions: counts what they appended, and begins a copy when that is enough. After
    /// one, copies what came since it began.
    func follow(_ db: Database) throws {
        guard let connection = db.sqliteConnection else { return }
        let appended = ConnectionStatus(connection).takePagesWritten()
        let ended: Phase? = state.withLock { state in
            state.pages += appended
            switch state.phase {
            case .idle where state.pages >= threshold:
                state = State(phase: .copying)
                return .idle
            case .copied:
                state.phase = .idle
                return .copied
            case .idle, .copying: return nil
            }
        }
        switch ended {
        case .idle: queue.async { self.copy() }
        case .copied: try Self.checkpoint(db)
        case .copying, nil: break
        }
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
