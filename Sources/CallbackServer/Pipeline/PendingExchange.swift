// One request between its decision and its answer.

import CallbackProtocol
import CallbackRules
import HTTPSTransport
import NIOConcurrencyHelpers
import NIOCore

/// A request that was decided and is not answered yet. Used on one event loop.
final class PendingExchange: Sendable {
    let request: AuthenticatedRequest
    let arrival: NIODeadline
    let deadline: NIODeadline
    /// When the request came, as the rules see it.
    let instant: RulesInstant
    /// The keys and rules that the request started with.
    let snapshot: ServerSnapshot
    let promise: EventLoopPromise<HTTPResponse>
    private let answered = NIOLockedValueBox(false)

    init(
        request: AuthenticatedRequest, arrival: NIODeadline, deadline: NIODeadline, instant: RulesInstant,
        snapshot: ServerSnapshot, promise: EventLoopPromise<HTTPResponse>
    ) {
        self.request = request
        self.arrival = arrival
        self.deadline = deadline
        self.instant = instant
        self.snapshot = snapshot
        self.promise = promise
    }

    var isAnswered: Bool { answered.withLockedValue { $0 } }

    /// Whether this call is the first to answer.
    func claim() -> Bool {
        answered.withLockedValue { answered in
            defer { answered = true }
            return !answered
        }
    }

    var elapsedMilliseconds: Int { Int((NIODeadline.now() - arrival).nanoseconds / 1_000_000) }
}
