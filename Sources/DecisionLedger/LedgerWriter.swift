// The one writer: takes what waits, commits it in one transaction, then tells the waiters.

import Foundation
import GRDB
import Synchronization

/// A dedicated thread that owns the writing connection. It outlives every failure: the transaction is rolled back, the
/// connection opened again where SQLite would not recover by itself, and the waiters are told that nothing was recorded.
final class LedgerWriter: Sendable {
    let file: LedgerFile
    let queue: LedgerQueue
    private let options: LedgerOptions
    private let clock: LedgerClock
    private let lock: LedgerLock
    private let identity: LedgerFile.Identity?
    private let checkpointer: LedgerCheckpointer
    private let connection: Mutex<LedgerConnection?>
    private let failure = Mutex<LedgerError?>(nil)
    private let running = DispatchGroup()

    init(_ connection: LedgerConnection, lock: LedgerLock, options: LedgerOptions, clock: LedgerClock) {
        file = connection.file
        queue = LedgerQueue(options)
        identity = connection.identity
        checkpointer = LedgerCheckpointer(connection.file, options: options)
        self.options = options
        self.clock = clock
        self.lock = lock
        self.connection = Mutex(connection)
    }

    var lastError: LedgerError? { failure.withLock { $0 } }

    func start() {
        running.enter()
        let thread = Thread { self.run() }
        thread.name = "decision-ledger"
        thread.start()
    }

    /// Returns once everything that waited is recorded and the file is closed.
    func join() { running.wait() }

    private func run() {
        loop: while true {
            switch queue.take(idleAfter: lastError == nil ? nil : options.recoveryIntervalMilliseconds) {
            case .record(let entries): record(entries)
            case .idle: probe()
            case .end: break loop
            }
        }
        checkpointer.wait()
        dropConnection()
        lock.release()
        running.leave()
    }

    private func record(_ entries: [LedgerQueue.Entry]) {
        let results: [Result<RecordedDecision, LedgerError>]
        do throws(LedgerError) {
            results = try commit { db in
                var recorder = try DecisionRecorder(db, now: self.clock.now())
                return try entries.map { try self.record($0.draft, with: &recorder, db) }
            }
        } catch {
            results = entries.map { _ in .failure(error) }
        }
        for (entry, result) in zip(entries, results) { entry.completion(result) }
        checkpointer.committed(rows: entries.count, payloadBytes: entries.reduce(0) { $0 + $1.draft.payloadSize })
        if let open = connection.withLock({ $0 }) { checkpointer.finishIfDue(open) }
    }

    /// One decision of a batch. Only where it alone is at fault does the batch go on without it.
    private func record(
        _ draft: DecisionDraft, with recorder: inout DecisionRecorder, _ db: Database
    ) throws -> Result<RecordedDecision, LedgerError> {
        do {
            return .success(try recorder.record(draft))
        } catch {
            let failure = LedgerError(error, path: file.path)
            guard failure.concernsOneRecord, db.isInsideTransaction else { throw error }
            return .failure(failure)
        }
    }

    /// Finds out whether writing works again, while nothing comes that would.
    private func probe() {
        try? commit { db in
            // Writes a page and changes nothing.
            try db.execute(sql: "PRAGMA user_version = \(LedgerSchema.version)")
        }
    }

    /// Runs `work` in one durable transaction. An error means that nothing of it may be reported as recorded.
    private func commit<Value>(_ work: (Database) throws -> Value) throws(LedgerError) -> Value {
        do {
            let connection = try openConnection()
            let value = try connection.queue.writeWithoutTransaction { db in try transact(db, work) }
            try connection.assertInPlace()
            failure.withLock { $0 = nil }
            return value
        } catch {
            let failure = LedgerError(error, path: file.path)
            self.failure.withLock { $0 = failure }
            if failure.needsReopening { dropConnection() }
            throw failure
        }
    }

    private func transact<Value>(_ db: Database, _ work: (Database) throws -> Value) throws -> Value {
        try db.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
        do {
            let value = try work(db)
            try db.cachedStatement(sql: "COMMIT").execute()
            return value
        } catch {
            // SQLite has rolled back already after some errors.
            if db.isInsideTransaction { try? db.cachedStatement(sql: "ROLLBACK").execute() }
            guard !db.isInsideTransaction else {
                throw LedgerError(.database, "a failed transaction could not be rolled back: \(error)")
            }
            throw error
        }
    }

    private func openConnection() throws(LedgerError) -> LedgerConnection {
        if let open = connection.withLock({ $0 }) { return open }
        let opened = try LedgerConnection.open(file, options: options, expecting: identity)
        connection.withLock { $0 = opened }
        return opened
    }

    private func dropConnection() {
        let dropped = connection.withLock { connection in
            defer { connection = nil }
            return connection
        }
        try? dropped?.queue.close()
    }

    /// For tests: the writing connection, between transactions.
    func withDatabase<Value>(_ body: (Database) throws -> Value) throws -> Value? {
        try connection.withLock { $0 }?.queue.writeWithoutTransaction(body)
    }
}
