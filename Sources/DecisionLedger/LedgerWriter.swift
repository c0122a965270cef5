// The one writer: takes what waits, commits it in one transaction, then tells the waiters.

import Foundation
import Synchronization

/// A dedicated thread that owns the engine. It outlives every failure: nothing of a failed transaction is recorded, and
/// the waiters are told so.
final class LedgerWriter: Sendable {
    let queue: LedgerQueue
    private let engine: any LedgerEngine
    private let options: LedgerOptions
    private let clock: LedgerClock
    private let notary: CheckpointNotary?
    private let continuity = LogContinuity()
    private let failure = Mutex<LedgerError?>(nil)
    private let running = DispatchGroup()

    init(_ engine: any LedgerEngine, notary: CheckpointNotary?, options: LedgerOptions, clock: LedgerClock) {
        queue = LedgerQueue(options)
        self.engine = engine
        self.notary = notary
        self.options = options
        self.clock = clock
    }

    var lastError: LedgerError? { failure.withLock { $0 } }

    func start() {
        running.enter()
        let thread = Thread { self.run() }
        thread.name = "decision-ledger"
        thread.start()
    }

    /// Returns once everything that waited is recorded and the store is closed.
    func join() { running.wait() }

    private func run() {
        loop: while true {
            switch queue.take(idleAfter: pause) {
            case .record(let entries): record(entries)
            case .perform(let task): task.perform(self)
            case .idle: idle()
            case .end: break loop
            }
        }
        if let notary, notary.isBehind {
            notary.hurry()
            idle()
        }
        engine.close()
        running.leave()
    }

    /// How long nothing may happen before something is to be done, in milliseconds.
    private var pause: Int? {
        if lastError != nil { return options.recoveryIntervalMilliseconds }
        return notary?.isBehind == true || notary?.watchesHolds == true ? options.checkpointIntervalMilliseconds : nil
    }

    private func record(_ entries: [LedgerQueue.Entry]) {
        let results: [Result<RecordedDecision, LedgerError>]
        do throws(LedgerError) {
            results = try commit { transaction in
                try transaction.look(for: entries.map(\.draft))
                return try entries.map { .success(try transaction.record($0.draft)) }
            }
        } catch {
            // Of a batch with one that cannot be stored, the others must not suffer for it.
            if error.concernsOneRecord, entries.count > 1 { return entries.forEach { record([$0]) } }
            results = entries.map { _ in .failure(error) }
        }
        for (entry, result) in zip(entries, results) { entry.completion(result) }
        engine.tidy()
    }

    /// Nothing came for a while: signs what is not signed yet, records what has expired, and finds out whether writing
    /// works again after a failure.
    private func idle() {
        try? commit { transaction in
            try transaction.expireHolds()
            if lastError != nil { try transaction.touch() }
        }
    }

    /// Runs `work` in one durable transaction. An error means that nothing of it may be reported as recorded.
    func commit<Value>(_ work: (inout LedgerTransaction) throws -> Value) throws(LedgerError) -> Value {
        do throws(LedgerError) {
            let now = clock.now()
            let (value, known, signed) = try engine.transact { session in
                var transaction = try LedgerTransaction(session, clock: now)
                try continuity.check(transaction)
                let value = try work(&transaction)
                try transaction.finish()
                let signed = try notary?.sign(&transaction)
                return ((value, LogContinuity.Known(transaction), signed), transaction.head.size)
            }
            failure.withLock { $0 = nil }
            continuity.remember(known)
            if let signed { notary?.remember(signed) }
            return value
        } catch {
            if !error.concernsCaller { failure.withLock { $0 = error } }
            throw error
        }
    }
}
