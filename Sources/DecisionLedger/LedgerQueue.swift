// Decisions that wait for the writer. Bounded in number and bytes; adding never blocks.

import Dispatch
import Synchronization

/// The queue between event loops and the one writer.
final class LedgerQueue: Sendable {
    /// An object, so that moving it through the queue copies one reference.
    final class Entry: Sendable {
        let draft: DecisionDraft
        let completion: @Sendable (Result<RecordedDecision, LedgerError>) -> Void

        init(draft: DecisionDraft, completion: @escaping @Sendable (Result<RecordedDecision, LedgerError>) -> Void) {
            self.draft = draft
            self.completion = completion
        }
    }

    /// What the writer does next.
    enum Work: Sendable {
        case record([Entry])
        /// Nothing came within the time asked for.
        case idle
        /// Closed, and everything that waited was taken.
        case end
    }

    private struct State {
        var waiting: [Entry] = []
        var bytes = 0
        var isClosed = false
        /// How many the writer took last.
        var lastBatch = 0
        /// The writer gathers until so many wait; 0 while it does not.
        var gatherTarget = 0
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let gathered = DispatchSemaphore(value: 0)
    private let options: LedgerOptions
    private static let largestGathering = 16

    init(_ options: LedgerOptions) {
        self.options = options
    }

    var depth: Int { state.withLock { $0.waiting.count } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Why a decision with this many payload bytes would not be taken now.
    func refusal(bytes: Int) -> LedgerError? {
        state.withLock { refusal($0, bytes) }
    }

    /// Takes the entry, or says why not.
    func add(_ entry: Entry) -> LedgerError? {
        let (refused, first, enough) = state.withLock { state -> (LedgerError?, Bool, Bool) in
            if let refused = refusal(state, entry.draft.payloadSize) { return (refused, false, false) }
            state.waiting.append(entry)
            state.bytes += entry.draft.payloadSize
            return (nil, state.waiting.count == 1, state.waiting.count == state.gatherTarget)
        }
        if first { wake.signal() }
        if enough { gathered.signal() }
        return refused
    }

    private func refusal(_ state: State, _ bytes: Int) -> LedgerError? {
        if state.isClosed { return LedgerError(.closed, "the ledger is closed") }
        guard state.waiting.count < options.queueCapacity,
            state.waiting.isEmpty || state.bytes + bytes <= options.queueBytes
        else {
            return LedgerError(
                .queueFull, "\(state.waiting.count) decisions wait for the disk: the server is overloaded or it is slow"
            )
        }
        return nil
    }

    /// Blocks the writer until there is something to do, at most `idleAfter` milliseconds where given.
    func take(idleAfter: Int?) -> Work {
        while true {
            gather()
            if let work = takeNow() { return work }
            if let idleAfter {
                if wake.wait(timeout: .now() + .milliseconds(idleAfter)) == .timedOut { return takeNow() ?? .idle }
            } else {
                wake.wait()
            }
        }
    }

    /// Under load, lets more come than came last, for at most three milliseconds: one sync of the disk serves them all.
    /// Where decisions come one at a time none of them waits.
    private func gather() {
        let waits = state.withLock { state -> Bool in
            let target = min(state.lastBatch * 4, Self.largestGathering)
            guard state.lastBatch > 1, !state.isClosed, !state.waiting.isEmpty, state.waiting.count < target else {
                return false
            }
            state.gatherTarget = target
            return true
        }
        guard waits else { return }
        _ = gathered.wait(timeout: .now() + .milliseconds(3))
        state.withLock { $0.gatherTarget = 0 }
    }

    private func takeNow() -> Work? {
        state.withLock { state in
            guard !state.waiting.isEmpty else { return state.isClosed ? .end : nil }
            let batch: [Entry]
            if state.waiting.count <= options.batchLimit {
                batch = state.waiting
                state.waiting = []
            } else {
                batch = Array(state.waiting.prefix(options.batchLimit))
                state.waiting.removeFirst(batch.count)
            }
            state.lastBatch = batch.count
            state.bytes -= batch.reduce(0) { $0 + $1.draft.payloadSize }
            return .record(batch)
        }
    }

    /// Nothing is taken any more; what waits is still recorded.
    func close() {
        state.withLock { $0.isClosed = true }
        wake.signal()
        gathered.signal()
    }
}
