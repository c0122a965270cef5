// What the ledger made of requests, on its way back to the event loop that answers them.

import DecisionLedger
import NIOConcurrencyHelpers
import NIOCore

/// The outcomes of one event loop, in the order of the ledger: those of one commit are taken together, by one task.
final class AnswerQueue: Sendable {
    struct Outcome: Sendable {
        let exchange: PendingExchange
        let result: Result<RecordedDecision, LedgerError>
    }

    private let eventLoop: any EventLoop
    private let waiting = NIOLockedValueBox<[Outcome]>([])

    init(eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// Takes an outcome, on any thread.
    ///
    /// - Parameter answer: the same each time. Runs on the event loop; every outcome is handed over once.
    func add(_ outcome: Outcome, answer: @escaping @Sendable ([Outcome]) -> Void) {
        let isFirst = waiting.withLockedValue { waiting in
            waiting.append(outcome)
            return waiting.count == 1
        }
        if isFirst { eventLoop.execute { answer(self.takeAll()) } }
    }

    private func takeAll() -> [Outcome] {
        waiting.withLockedValue { waiting in
            defer { waiting = [] }
            return waiting
        }
    }
}
