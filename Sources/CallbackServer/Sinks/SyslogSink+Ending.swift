// The end of a sink: what waits is sent if that can be done soon.

import Logging
import NIOConcurrencyHelpers
import NIOCore

extension SyslogSink {
    /// How long a collector may take to close after everything was sent.
    private static let goodbyeTime = TimeAmount.milliseconds(500)

    private enum Step {
        case wait, end
        case sayGoodbye(any Channel)
    }

    /// Sends what waits for at most `time`, closes the connection, and logs the last counts. What was not sent by then counts
    /// as dropped. Decisions must not be offered any more.
    func finish(within time: TimeAmount) async {
        let finished = eventLoop.makePromise(of: Void.self)
        eventLoop.execute { self.beginEnding(finished, time) }
        try? await finished.futureResult.get()
    }

    private func beginEnding(_ finished: EventLoopPromise<Void>, _ time: TimeAmount) {
        let connectsNow = state.withLockedValue { state -> Bool? in
            if case .ended = state.phase { return nil }
            guard state.finished == nil else { return nil }
            state.finished = finished
            guard case .pausing(let task) = state.phase, state.queue.waiting > 0 else { return false }
            task.cancel()
            return true
        }
        guard let connectsNow else { return finished.succeed() }
        eventLoop.scheduleTask(in: time) { self.end() }
        if connectsNow { connect() } else { pump() }
        endIfAllIsSent()
    }

    /// Says goodbye when the server stops and nothing waits: the end of our stream, then the collector's.
    func endIfAllIsSent() {
        let step = state.withLockedValue { state -> Step in
            guard state.finished != nil, state.queue.waiting == 0, !state.saidGoodbye else { return .wait }
            state.saidGoodbye = true
            switch state.phase {
            case .ended: return .wait
            case .connected(let channel, _): return .sayGoodbye(channel)
            case .idle, .connecting, .pausing: return .end
            }
        }
        switch step {
        case .wait: break
        case .end: end()
        case .sayGoodbye(let channel):
            channel.closeFuture.whenComplete { _ in self.end() }
            channel.close(mode: .output, promise: nil)
            eventLoop.scheduleTask(in: Self.goodbyeTime) { self.end() }
        }
    }

    private func end() {
        var channel: (any Channel)?
        let last = state.withLockedValue { state -> SinkStatus? in
            switch state.phase {
            case .ended: return nil
            case .connected(let current, _): channel = current
            case .pausing(let task): task.cancel()
            case .idle, .connecting: break
            }
            state.queue.dropAll()
            state.report?.cancel()
            defer { state.phase = .ended }
            return self.status(state)
        }
        guard let last else { return }
        logger.log(level: last.dropped == 0 ? .info : .warning, "a sink has ended", metadata: last.fields)
        channel?.close(promise: nil)
        state.withLockedValue(\.finished)?.succeed()
    }
}
