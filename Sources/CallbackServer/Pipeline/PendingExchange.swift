// One request between its decision and its answer.

import CallbackProtocol
import HTTPSTransport
import NIOConcurrencyHelpers
import NIOCore

/// A request that was decided and is not answered yet. Used on one event loop.
final class PendingExchange: Sendable {
    let request: AuthenticatedRequest
    let arrival: NIODeadline
    let deadline: NIODeadline
    let keys: ResponseKeys
    let promise: EventLoopPromise<HTTPResponse>
    private let answered = NIOLockedValueBox(false)

    init(
        request: AuthenticatedRequest, arrival: NIODeadline, deadline: NIODeadline, keys: ResponseKeys,
        promise: EventLoopPromise<HTTPResponse>
    ) {
        self.request = request
        self.arrival = arrival
        self.deadline = deadline
        self.keys = keys
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
