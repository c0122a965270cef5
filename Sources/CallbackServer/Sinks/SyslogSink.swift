// Sends recorded decisions to a syslog collector, beside the decision path and never in it.
// This file: what a sink is and what others call. Beside it: +Connection and +Ending.

import DecisionLedger
import HTTPSTransport
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// A collector, a bounded queue before it, and a connection that is made again when it breaks.
///
/// `offer` takes a lock for a moment and never waits for the network, whatever the collector does. All else happens on one
/// event loop that decides nothing.
final class SyslogSink: Sendable {
    /// Patience, in the order in which it is needed.
    struct Times: Sendable {
        /// TCP, and then TLS.
        var connect = TimeAmount.seconds(10)
        /// A collector that takes nothing for this long is left.
        var stall = TimeAmount.seconds(30)
        var firstPause = TimeAmount.milliseconds(500)
        var longestPause = TimeAmount.seconds(30)
        /// A connection that lived this long was a good one: the next pause is the first one again.
        var goodConnection = TimeAmount.seconds(10)
        /// Between two lines in the log.
        var report = TimeAmount.seconds(60)
    }

    enum Phase {
        case idle
        case connecting
        case connected(any Channel, since: NIODeadline)
        case pausing(Scheduled<Void>)
        case ended
    }

    struct State {
        var queue: SendQueue<RecordedDecision>
        var phase = Phase.idle
        var backoff: Backoff
        var problem: String?
        /// The event loop knows that there is something to send.
        var isWoken = false
        var lastProgress = NIODeadline.uptimeNanoseconds(0)
        var report: Scheduled<Void>?
        var nextReport = NIODeadline.uptimeNanoseconds(0)
        var reportedDropped = 0
        /// Set when the server stops.
        var finished: EventLoopPromise<Void>?
        var saidGoodbye = false
    }

    let configuration: SinkConfiguration
    let tls: TLSClientContext?
    let encoder: SyslogEncoder
    let eventLoop: any EventLoop
    let times: Times
    let logger: Logger
    let state: NIOLockedValueBox<State>

    /// What waits costs at most this many bytes.
    private static let byteCapacity = 64 << 20

    /// - Parameter tls: for `tls://`, and only there.
    init(
        _ configuration: SinkConfiguration, tls: TLSClientContext?, origin: EventOrigin, eventLoop: any EventLoop,
        logger: Logger, times: Times = Times()
    ) {
        self.configuration = configuration
        self.tls = tls
        self.encoder = SyslogEncoder(format: configuration.format, origin: origin)
        self.eventLoop = eventLoop
        self.times = times
        self.logger = logger
        state = NIOLockedValueBox(
            State(
                queue: SendQueue(capacity: configuration.queue, byteCapacity: Self.byteCapacity),
                backoff: Backoff(first: times.firstPause, longest: times.longestPause)))
    }

    /// Begins to connect, in the background.
    func start() {
        eventLoop.execute { self.connect() }
    }

    /// Takes a decision that is durable. Cheap, and safe on any thread.
    func offer(_ decision: RecordedDecision) {
        let wakes = state.withLockedValue { state -> Bool in
            if case .ended = state.phase {
                state.queue.refuse()
                return false
            }
            let dropped = state.queue.dropped
            state.queue.offer(decision, cost: decision.memoryCost)
            if state.queue.dropped > dropped { noteChange(&state) }
            guard case .connected = state.phase, !state.isWoken else { return false }
            state.isWoken = true
            return true
        }
        if wakes { eventLoop.execute { self.pump() } }
    }

    var status: SinkStatus {
        state.withLockedValue { status($0) }
    }

    func status(_ state: State) -> SinkStatus {
        var isConnected = false
        if case .connected = state.phase { isConnected = true }
        return SinkStatus(
            name: configuration.name, sent: state.queue.sent, dropped: state.queue.dropped,
            waiting: state.queue.waiting, isConnected: isConnected, problem: state.problem)
    }

    /// Sees to a line in the log: now, or when a minute has passed since the last one.
    func noteChange(_ state: inout State) {
        guard state.report == nil else { return }
        state.report = eventLoop.scheduleTask(deadline: max(state.nextReport, .now())) { self.report() }
    }

    private func report() {
        let (status, isFine) = state.withLockedValue { state -> (SinkStatus, Bool) in
            state.report = nil
            state.nextReport = .now() + times.report
            defer { state.reportedDropped = state.queue.dropped }
            let status = self.status(state)
            return (status, status.isConnected && status.dropped == state.reportedDropped)
        }
        logger.log(level: isFine ? .info : .warning, "decisions sent to a sink", metadata: status.fields)
    }
}
