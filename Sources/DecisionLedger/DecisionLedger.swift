// The ledger's face: record before answer.

import CallbackProtocol
package import CallbackRules
import GRDB

/// Decisions, durable and counted once (invariants 1 to 3 of the architecture), in a log that can be proven.
///
/// Every commit is durable before its waiters hear of it. Failures end in a `LedgerError`, never in a hang: a locked
/// database is given up after `lockWaitMilliseconds`, and a device that blocks is the caller's deadline to bear, which
/// must answer RETRY. A commit that finishes after that stands and is the next answer.
package final class DecisionLedger: Sendable {
    private let engine: any LedgerEngine
    private let writer: LedgerWriter
    private let options: LedgerOptions
    private let clock: LedgerClock

    /// Takes an engine whose tables are there.
    ///
    /// - Parameters:
    ///   - signer: signs checkpoints; without one nothing is signed. Its name is the origin of the log.
    ///   - memory: the file that remembers the newest checkpoint. A log that holds less is refused (`rolled_back`).
    package init(
        _ engine: any LedgerEngine, signer: NoteSigner? = nil, memory: String? = nil,
        options: LedgerOptions = LedgerOptions(), clock: LedgerClock = .system
    ) throws(LedgerError) {
        let remembered = memory.map { CheckpointMemory(path: $0) }
        let notary = signer.map { CheckpointNotary($0, memory: remembered, options: options) }
        try engine.transact { session in
            try LedgerHead.prepare(session, origin: signer?.verifierKey.name)
            if let signer { try remembered?.check(session, by: signer.verifierKey) }
            try OpeningCheck(session: session, path: "").end()
            try notary?.begin(session)
            return ((), try LedgerHead.read(session).size)
        }
        self.engine = engine
        self.options = options
        self.clock = clock
        writer = LedgerWriter(engine, notary: notary, options: options, clock: clock)
        writer.start()
    }

    /// Opens a SQLite ledger, creating (mode 0600) or migrating it. Its directory must exist.
    ///
    /// Refuses a ledger that another server writes (`in_use`), a newer schema, another program's database, damage, and
    /// a file system on which SQLite is not durable. What is damaged is left as it was found.
    package static func open(
        path: String, signer: NoteSigner? = nil, options: LedgerOptions = LedgerOptions(), clock: LedgerClock = .system
    ) throws(LedgerError) -> DecisionLedger {
        let engine = try SQLiteEngine(path: path, options: options) { file, recorded throws(LedgerError) in
            try LedgerInspection(file: file, key: signer?.verifierKey, recorded: recorded).check()
        }
        do {
            return try DecisionLedger(
                engine, signer: signer, memory: engine.file.memoryPath, options: options, clock: clock)
        } catch {
            engine.close()
            throw error
        }
    }

    deinit { writer.queue.close() }

    /// Records what the rules say of a request, or finds the stored answer of the same request. Never blocks the caller.
    ///
    /// The answer to send is the one in the result, which may differ from what was proposed: a stored one, what limits and
    /// holds lead to, or a REJECT because another payload was decided under this identity (`isConflict`: raise an alarm).
    ///
    /// - Parameters:
    ///   - receivedAt: when the request came; now where `nil`.
    ///   - deferred: the decision waits for the caller's `flush`, so that it shares a sync of the disk with others that
    ///     the caller has at hand. For callers that always flush soon.
    ///   - completion: called exactly once: on the writer's thread after the commit, or at once on the caller's thread
    ///     with `queue_full`, `closed` or `unstorable`. It must not block nor call `close`.
    package func record(
        _ proposal: Proposal, receivedAt: LedgerInstant? = nil, deferred: Bool = false,
        completion: @escaping @Sendable (Result<RecordedDecision, LedgerError>) -> Void
    ) {
        if let refusal = refusal(proposal.request.requestId, proposal.request.payload.count) {
            return completion(.failure(refusal))
        }
        let draft = DecisionDraft(proposal, receivedAt: receivedAt ?? clock.now(), mask: options.mask)
        let entry = LedgerQueue.Entry(draft: draft, completion: completion)
        if let refusal = writer.queue.add(entry, deferred: deferred) { completion(.failure(refusal)) }
    }

    /// Lets the writer have the decisions whose recording was deferred. Cheap where there are none.
    package func flush() { writer.queue.flush() }

    /// As `record(_:receivedAt:deferred:completion:)`, for callers that can wait.
    package func record(
        _ proposal: Proposal, receivedAt: LedgerInstant? = nil
    ) async throws(LedgerError) -> RecordedDecision {
        let result = await withCheckedContinuation { continuation in
            record(proposal, receivedAt: receivedAt) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    /// Refused before any work is spent on it.
    private func refusal(_ requestId: String, _ bytes: Int) -> LedgerError? {
        guard RequestIdentity.isUsable(requestId) else {
            return LedgerError(
                .unstorable, "a requestId must be 1 to \(RequestIdentity.longestId) printable ASCII characters")
        }
        return writer.queue.refusal(bytes: bytes)
    }

    /// Runs `work` in a transaction of its own, ahead of the decisions that wait. Returns once it is durable.
    func perform<Value: Sendable>(
        _ work: @escaping @Sendable (inout LedgerTransaction) throws -> Value
    ) async throws(LedgerError) -> Value {
        let result: Result<Value, LedgerError> = await withCheckedContinuation { continuation in
            writer.queue.add(
                LedgerQueue.Task(
                    perform: { writer in
                        do throws(LedgerError) {
                            continuation.resume(returning: .success(try writer.commit(work)))
                        } catch {
                            continuation.resume(returning: .failure(error))
                        }
                    },
                    refuse: { continuation.resume(returning: .failure($0)) }))
        }
        return try result.get()
    }

    /// Takes no more decisions, records what waits, signs the end of the log, and closes the store. Returns when that is
    /// done; calling it again is harmless.
    package func close() {
        writer.queue.close()
        writer.join()
    }

    /// How the ledger is, for `/readyz`. Cheap, and never waits for the disk's queue.
    package var status: LedgerStatus {
        LedgerStatus(
            lastError: writer.lastError, isClosed: writer.queue.isClosed, queueDepth: writer.queue.depth,
            queueCapacity: options.queueCapacity, freeBytes: engine.freeBytes(),
            minimumFreeBytes: options.minimumFreeBytes)
    }

    /// For tests: runs on the writing connection of a SQLite ledger between transactions; `nil` while it is not open.
    func withDatabase<Value>(_ body: (Database) throws -> Value) throws -> Value? {
        try (engine as? SQLiteEngine)?.withDatabase(body)
    }
}
