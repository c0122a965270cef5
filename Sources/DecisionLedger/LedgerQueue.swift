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

    /// Something else for the writer's thread: a signature, the text of new rules. Rare, and in a transaction of its own.
    struct Task: Sendable {
        let perform: @Sendable (LedgerWriter) -> Void
        /// Called instead, where the ledger is closed.
        let refuse: @Sendable (LedgerError) -> Void
    }

    /// What the writer does next.
    enum Work: Sendable {
        case record([Entry])
        case perform(Task)
        /// Nothing came within the time asked for.
        case idle
        /// Closed, and everything that waited was taken.
        case end
    }

    private struct State {
        var waiting: [Entry] = []
        var tasks: [Task] = []
        var bytes = 0
        var isClosed = false
        /// The writer may take what waits, and was told so.
        var isReady = false
    }

    private let state = Mutex(State())
    private let wake = DispatchSemaphore(value: 0)
    private let options: LedgerOptions
    /// From so many on a queue is long: it is not left to wait for a `flush`, and one commit takes half of it.
    private static let long = 32

    init(_ options: LedgerOptions) {
        self.options = options
    }

    var depth: Int { state.withLock { $0.waiting.count } }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Why a decision with this many payload bytes would not be taken now.
    func refusal(bytes: Int) -> LedgerError? {
        state.withLock { refusal($0, bytes) }
    }

    /// Takes the entry, or says why not. Where it is `deferred`, the writer hears of it with the next `flush`, or once
    /// enough wait: one sync of the disk serves them all.
    func add(_ entry: Entry, deferred: Bool) -> LedgerError? {
        let (refused, starts) = state.withLock { state -> (LedgerError?, Bool) in
            if let refused = refusal(state, entry.draft.payloadSize) { return (refused, false) }
            state.waiting.append(entry)
            state.bytes += entry.draft.payloadSize
            return (nil, (!deferred || state.waiting.count >= Self.long) && becomeReady(&state))
        }
        if starts { wake.signal() }
        return refused
    }

    /// Takes the task; it runs before the decisions that wait.
    func add(_ task: Task) {
        let isTaken = state.withLock { state in
            guard !state.isClosed, state.tasks.count < options.queueCapacity else { return false }
            state.tasks.append(task)
            return true
        }
        if isTaken { wake.signal() } else { task.refuse(Self.closed) }
    }

    /// Lets the writer have what waits.
    func flush() {
        if state.withLock({ !$0.waiting.isEmpty && becomeReady(&$0) }) { wake.signal() }
    }

    private func becomeReady(_ state: inout State) -> Bool {
        defer { state.isReady = true }
        return !state.isReady
    }

    private static let closed = LedgerError(.closed, "the ledger is closed")

    private func refusal(_ state: State, _ bytes: Int) -> LedgerError? {
        if state.isClosed { return Self.closed }
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
        let end = idleAfter.map { DispatchTime.now() + .milliseconds($0) }
        while true {
            if let work = takeNow() { return work }
            if let end {
                if wake.wait(timeout: end) == .timedOut { return takeNow() ?? .idle }
            } else {
                wake.wait()
            }
        }
    }

    /// Of a long queue half is taken: while it is synced, its callers' answers and the rest keep the processor busy. A short
    /// one is taken whole, as a few that are left would cost a sync of their own.
    private func takeNow() -> Work? {
        state.withLock { state in
            if !state.tasks.isEmpty { return .perform(state.tasks.removeFirst()) }
            guard state.isReady || state.isClosed else { return nil }
            guard !state.waiting.isEmpty else { return state.isClosed ? .end : nil }
            let waiting = state.waiting.count
            let count = min(waiting < Self.long ? waiting : waiting / 2, options.batchLimit)
            let batch = Array(state.waiting.prefix(count))
            state.waiting.removeFirst(count)
            state.isReady = !state.waiting.isEmpty
            state.bytes -= batch.reduce(0) { $0 + $1.draft.payloadSize }
            return .record(batch)
        }
    }

    /// Nothing is taken any more; what waits is still recorded.
    func close() {
        state.withLock { $0.isClosed = true }
        wake.signal()
    }
}
