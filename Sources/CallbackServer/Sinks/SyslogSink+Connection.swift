// A sink's connection: made, used, lost, made again. Everything here runs on the sink's event loop.

import HTTPSTransport
import NIOConcurrencyHelpers
import NIOCore

extension SyslogSink {
    /// Decisions that are handed to the channel between two looks at whether it takes more.
    private static let burst = 64

    func connect() {
        let begins = state.withLockedValue { state -> Bool in
            switch state.phase {
            case .idle, .pausing: state.phase = .connecting
            case .connecting, .connected, .ended: return false
            }
            return true
        }
        guard begins else { return }
        StreamConnection.connect(
            host: configuration.host, port: configuration.port, tls: tls, timeout: times.connect, on: eventLoop
        ) { channel in
            try channel.pipeline.syncOperations.addHandler(SinkHandler(self))
        }.whenComplete { result in
            switch result {
            case .success(let channel): self.opened(channel)
            case .failure(let error): self.lost((error as? TransportError)?.description ?? "\(error)")
            }
        }
    }

    private func opened(_ channel: any Channel) {
        let isWanted = state.withLockedValue { state -> Bool in
            guard case .connecting = state.phase else { return false }
            let now = NIODeadline.now()
            state.phase = .connected(channel, since: now)
            state.lastProgress = now
            state.problem = nil
            noteChange(&state)
            return true
        }
        guard isWanted else { return channel.close(promise: nil) }
        channel.closeFuture.whenComplete { _ in self.lost(nil) }
        watch(channel)
        pump()
    }

    /// Writes what waits while the connection takes it.
    func pump() {
        guard let channel = state.withLockedValue({ connection(&$0) }) else { return }
        while channel.isActive, channel.isWritable {
            var count = 0
            while count < Self.burst, let decision = state.withLockedValue({ $0.queue.take() }) {
                let written = eventLoop.makePromise(of: Void.self)
                written.futureResult.whenComplete { self.written($0, channel) }
                channel.write(ByteBuffer(bytes: encoder.frame(decision)), promise: written)
                count += 1
            }
            guard count > 0 else { break }
            channel.flush()
        }
        endIfAllIsSent()
    }

    private func connection(_ state: inout State) -> (any Channel)? {
        state.isWoken = false
        guard case .connected(let channel, _) = state.phase else { return nil }
        return channel
    }

    private func written(_ result: Result<Void, any Error>, _ channel: any Channel) {
        guard case .success = result else { return channel.close(promise: nil) }
        state.withLockedValue { state in
            guard case .connected(let current, _) = state.phase, current === channel else { return }
            state.queue.confirm()
            state.lastProgress = .now()
            noteChange(&state)
        }
        endIfAllIsSent()
    }

    /// What the connection ends of, for the log. The first reason counts.
    func note(_ problem: String) {
        state.withLockedValue { if $0.problem == nil { $0.problem = problem } }
    }

    /// There is no connection, or none any more: what was not written is kept, and another try follows.
    private func lost(_ problem: String?) {
        state.withLockedValue { state in
            switch state.phase {
            case .idle, .pausing, .ended: return
            case .connecting: state.problem = problem
            // The end that was asked for; `end` follows.
            case .connected where state.saidGoodbye: return
            case .connected(_, let since):
                if NIODeadline.now() - since >= times.goodConnection { state.backoff.reset() }
                state.problem = state.problem ?? "the collector closed the connection"
            }
            state.queue.takeBack()
            state.phase = .pausing(eventLoop.scheduleTask(in: state.backoff.next()) { self.connect() })
            noteChange(&state)
        }
        endIfAllIsSent()
    }

    /// Leaves a collector that takes nothing although something is on its way.
    private func watch(_ channel: any Channel) {
        eventLoop.scheduleTask(in: times.stall) {
            let (isCurrent, isStalled) = self.state.withLockedValue { state -> (Bool, Bool) in
                guard case .connected(let current, _) = state.phase, current === channel else { return (false, false) }
                let isStalled = state.queue.inFlight > 0 && .now() - state.lastProgress >= self.times.stall
                return (true, isStalled)
            }
            guard isCurrent else { return }
            guard isStalled else { return self.watch(channel) }
            self.note("the collector does not read")
            channel.close(promise: nil)
        }
    }
}

/// The end of a sink's pipeline. A collector has nothing to say: what it sends is thrown away, within bounds.
private final class SinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private static let readLimit = 65_536
    private let sink: SyslogSink
    private var readBytes = 0

    init(_ sink: SyslogSink) {
        self.sink = sink
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        readBytes += unwrapInboundIn(data).readableBytes
        guard readBytes > Self.readLimit else { return }
        sink.note("the collector sends data, so it is none")
        context.close(promise: nil)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { sink.pump() }
        context.fireChannelWritabilityChanged()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        sink.note((error as? TransportError)?.description ?? "the connection broke: \(error)")
        context.close(promise: nil)
    }
}
