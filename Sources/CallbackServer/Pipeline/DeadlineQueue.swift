// Exchanges that wait for the ledger, and what happens to those that wait too long.

import HTTPSTransport
import NIOCore

/// The unanswered exchanges of one event loop in the order of their deadlines, with one timer for all of them.
///
/// Not `Sendable`: used on its event loop only.
final class DeadlineQueue {
    private let eventLoop: any EventLoop
    private let expired: (PendingExchange) -> Void
    private var waiting = CircularBuffer<PendingExchange>()
    private lazy var timer = DeadlineTimer(eventLoop: eventLoop) { self.takeExpired() }

    /// - Parameter expired: called once for each exchange that is unanswered at its deadline.
    init(eventLoop: any EventLoop, expired: @escaping (PendingExchange) -> Void) {
        self.eventLoop = eventLoop
        self.expired = expired
    }

    func add(_ exchange: PendingExchange) {
        // A request whose body came slowly has an earlier deadline than those that overtook it.
        var index = waiting.endIndex
        while index > waiting.startIndex, waiting[waiting.index(before: index)].deadline > exchange.deadline {
            index = waiting.index(before: index)
        }
        if index == waiting.endIndex {
            waiting.append(exchange)
        } else {
            waiting.insert(exchange, at: index)
        }
        timer.arm(noLaterThan: exchange.deadline)
    }

    /// Forgets what is answered. Exchanges end almost in the order in which they began, so it looks at the front only.
    func dropAnswered() {
        while waiting.first?.isAnswered == true { waiting.removeFirst() }
    }

    private func takeExpired() -> NIODeadline? {
        let now = eventLoop.now
        while let first = waiting.first, first.isAnswered || first.deadline <= now {
            waiting.removeFirst()
            if !first.isAnswered { expired(first) }
        }
        return waiting.first?.deadline
    }
}
