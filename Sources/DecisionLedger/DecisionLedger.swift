// The ledger's face: record before answer.

import CallbackProtocol
package import CallbackRules
import GRDB

/// Decisions, durable and counted once (invariants 1 to 3 of the architecture), in one SQLite file.
///
/// One process writes; any number may read beside it (`LedgerReader`). Every commit is synced to the disk before
/// its waiters hear of it. Failures end in a `LedgerError`, never in a hang: a locked database is given up after
/// `lockWaitMilliseconds`, and a device that blocks is the caller's deadline to bear, which must answer RETRY. A commit
/// that finishes after that stands and is the next answer.
package final class DecisionLedger: Sendable {
    private let writer: LedgerWriter
    private let options: LedgerOptions
    private let clock: LedgerClock

    private init(_ writer: LedgerWriter, options: LedgerOptions, clock: LedgerClock) {
        self.writer = writer
        self.options = options
        self.clock = clock
    }

    /// Opens the ledger, creating (mode 0600) or migrating it. Its directory must exist.
    ///
    /// Refuses a ledger that another server writes (`in_use`), a newer schema, another program's database, damage, and
    /// a file system on which SQLite is not durable.
    package static func open(
        path: String, options: LedgerOptions = LedgerOptions(), clock: LedgerClock = .system
    ) throws(LedgerError) -> DecisionLedger {
        let file = LedgerFile(path: path)
        let lock = try LedgerLock(file)
        let connection = try LedgerConnection.open(file, options: options)
        let writer = LedgerWriter(connection, lock: lock, options: options, clock: clock)
        writer.start()
        return DecisionLedger(writer, options: options, clock: clock)
    }

    deinit { writer.queue.close() }

    /// Records a decision, or finds the stored answer of the same request. Never blocks the caller.
    ///
    /// The answer to send is the one in the result, which may differ from `decision`: a stored one, or a REJECT because
    /// another payload was decided under this identity (`isConflict`: raise an alarm).
    ///
    /// - Parameters:
    ///   - receivedAt: when the request came; now where `nil`.
    ///   - deferred: the decision waits for the caller's `flush`, so that it shares a sync of the disk with others that
    ///     the caller has at hand. For callers that always flush soon.
    ///   - completion: called exactly once: on the writer's thread after the commit, or at once on the caller's thread
    ///     with `queue_full`, `closed` or `unstorable`. It must not block nor call `close`.
    package func record(
        _ decision: Decision, receivedAt: LedgerInstant? = nil, deferred: Bool = false,
        completion: @escaping @Sendable (Result<RecordedDecision, LedgerError>) -> Void
    ) {
        if let refusal = refusal(decision) { return completion(.failure(refusal)) }
        let draft = DecisionDraft(decision, receivedAt: receivedAt ?? clock.now())
        let entry = LedgerQueue.Entry(draft: draft, completion: completion)
        if let refusal = writer.queue.add(entry, deferred: deferred) { completion(.failure(refusal)) }
    }

    /// Lets the writer have the decisions whose recording was deferred. Cheap where there are none.
    package func flush() { writer.queue.flush() }

    /// As `record(_:receivedAt:deferred:completion:)`, for callers that can wait.
    package func record(
        _ decision: Decision, receivedAt: LedgerInstant? = nil
    ) async throws(LedgerError) -> RecordedDecision {
        let result = await withCheckedContinuation { continuation in
            record(decision, receivedAt: receivedAt) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Refused before any work is spent on it.
    private func refusal(_ decision: Decision) -> LedgerError? {
        guard RequestIdentity.isUsable(decision.request.requestId) else {
            return LedgerError(
                .unstorable, "a requestId must be 1 to \(RequestIdentity.longestId) printable ASCII characters")
        }
        return writer.queue.refusal(bytes: decision.request.payload.count)
    }

    /// Takes no more decisions, records what waits, and closes the file. Returns when that is done; calling it again is
    /// harmless.
    package func close() {
        writer.queue.close()
        writer.join()
    }

    /// How the ledger is, for `/readyz`. Cheap, and never waits for the disk's queue.
    package var status: LedgerStatus {
        LedgerStatus(
            lastError: writer.lastError, isClosed: writer.queue.isClosed, queueDepth: writer.queue.depth,
            queueCapacity: options.queueCapacity, freeBytes: writer.file.freeBytes(),
            minimumFreeBytes: options.minimumFreeBytes)
    }

    /// For tests: runs on the writing connection between transactions; `nil` while it is not open.
    func withDatabase<Value>(_ body: (Database) throws -> Value) throws -> Value? {
        try writer.withDatabase(body)
    }
}
