// One log line per refused request, without letting a peer flood the log.

import HTTPSTransport
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// Logs requests that were refused before a decision, each peer's up to a bound. What is left out is counted, and the count is
/// logged when the peer's window is over, whether or not that peer comes again.
final class RefusalLog: Sendable {
    private struct State {
        var windows: RefusalWindows
        /// Set while there are windows.
        var timer: Scheduled<Void>?
        var isFinished = false
    }

    private let logger: Logger
    private let eventLoop: any EventLoop
    private let state: NIOLockedValueBox<State>

    /// - Parameter eventLoop: the clock, and where counts are logged from when windows end.
    init(logger: Logger, eventLoop: any EventLoop, windows: RefusalWindows = RefusalWindows()) {
        self.logger = logger
        self.eventLoop = eventLoop
        self.state = NIOLockedValueBox(State(windows: windows))
    }

    /// Logs one refusal, or counts it.
    func refused(_ message: Logger.Message, peer: PeerAddress, listener: String, fields: Logger.Metadata) {
        let (summaries, isLogged) = state.withLockedValue { state in
            let instant = eventLoop.now
            let summaries = state.windows.close(endedAt: instant)
            let isLogged = state.windows.admit(peer.network, at: instant)
            if state.timer == nil { setTimer(&state, noEarlierThan: instant) }
            return (summaries, isLogged)
        }
        log(summaries)
        guard isLogged else { return }
        var metadata = fields
        metadata["event"] = "refused"
        metadata["peer"] = "\(peer)"
        metadata["listener"] = "\(listener)"
        logger.warning(message, metadata: metadata)
    }

    /// Logs every count that is still open. Later refusals are logged or counted, and those counts are lost.
    func finish() {
        log(
            state.withLockedValue { state in
                state.isFinished = true
                state.timer?.cancel()
                return state.windows.close(endedAt: .distantFuture)
            })
    }

    private func windowEnded() {
        log(
            state.withLockedValue { state in
                let instant = eventLoop.now
                let summaries = state.windows.close(endedAt: instant)
                // Windows that end soon after one another are closed together.
                setTimer(&state, noEarlierThan: instant + .nanoseconds(state.windows.length.nanoseconds / 10))
                return summaries
            })
    }

    private func setTimer(_ state: inout State, noEarlierThan instant: NIODeadline) {
        state.timer = nil
        guard !state.isFinished, let end = state.windows.nextEnd else { return }
        state.timer = eventLoop.scheduleTask(deadline: max(end, instant)) { self.windowEnded() }
    }

    private func log(_ summaries: [RefusalWindows.Summary]) {
        for summary in summaries {
            logger.warning(
                "refusals left out of the log",
                metadata: [
                    "event": "refusals_left_out", "peer": "\(summary.peer)",
                    "leftOut": .stringConvertible(summary.leftOut),
                ])
        }
    }
}
