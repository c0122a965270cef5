// One HTTP/2 connection: a channel handler between bytes and the service, around `HTTP2Session`.

import CNGHTTP2
import NIOCore

/// Drives one connection on its event loop. No stream has a channel, a task or a timer of its own.
final class HTTP2ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = Never
    typealias OutboundOut = ByteBuffer

    let scope: ConnectionScope
    let peer: PeerAddress
    private let established: NIODeadline
    private(set) var context: ChannelHandlerContext?
    private(set) var session: HTTP2Session?
    private var timer: DeadlineTimer?
    private var events: [HTTP2Event] = []

    var resets = ResetCounter()
    var refusals = ResetCounter(most: ResetCounter.refusedLimit)
    /// Deadlines of the connection; those of streams are theirs.
    var prefaceDeadline: NIODeadline?
    var headerBlockDeadline: NIODeadline?
    var headerBlockStream: Int32?
    var idleDeadline: NIODeadline?
    var pingDeadline: NIODeadline?
    var lingerDeadline: NIODeadline?
    var isTerminated = false
    var inputClosed = false
    private(set) var linger: LingeringClose?

    private var isInReadCycle = false
    private var isFlushScheduled = false
    private var isReadDelayed = false

    init(scope: ConnectionScope, peer: PeerAddress, established: NIODeadline) {
        self.scope = scope
        self.peer = peer
        self.established = established
    }

    // MARK: The channel

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        guard let session = try? HTTP2Session(limits: scope.limits) else { return context.close(promise: nil) }
        self.session = session
        timer = DeadlineTimer(eventLoop: context.eventLoop) { self.deadlinePassed() }
        let deadline = established + scope.limits.headerTimeout
        prefaceDeadline = deadline
        arm(deadline)
        scheduleFlush()
    }

    func handlerRemoved(context: ChannelHandlerContext) { tearDown() }

    func channelInactive(context: ChannelHandlerContext) {
        tearDown()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        isInReadCycle = true
        guard let session, linger == nil else {
            linger?.discard(bytes.readableBytes)
            return
        }
        let failure = bytes.withUnsafeReadableBytes { session.receive($0) }
        processEvents()
        if let failure, !isTerminated {
            scope.report(.malformedHTTP, peer, status: nil, "HTTP/2: \(failure)")
            isTerminated = true
        }
        watchHeaderBlock(session)
        if failure != nil { finish() }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isInReadCycle = false
        flushOutput()
        context.fireChannelReadComplete()
    }

    /// A peer that does not read what it asked for is not read either.
    func read(context: ChannelHandlerContext) {
        if linger != nil || context.channel.isWritable {
            context.read()
        } else {
            isReadDelayed = true
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable {
            flushOutput()
            if isReadDelayed {
                isReadDelayed = false
                context.read()
            }
        }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: peerClosedInput()
        case ServerEvent.drain: drain()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    // MARK: Output

    /// Sends soon: after the read cycle, or together with whatever else this turn of the event loop brings.
    func scheduleFlush() {
        guard !isInReadCycle, !isFlushScheduled, let context else { return }
        isFlushScheduled = true
        context.eventLoop.assumeIsolated().execute {
            self.isFlushScheduled = false
            self.flushOutput()
        }
    }

    /// Takes from the library only what the channel has room for; the rest stays there until it has.
    func flushOutput() {
        guard let context, let session, linger == nil else { return }
        var hasWritten = false
        while context.channel.isWritable {
            var buffer = context.channel.allocator.buffer(capacity: 2048)
            guard session.pull(into: &buffer, limit: 32 * 1024) else {
                // Streams that closed until now are released by their events.
                processEvents()
                return finish()
            }
            guard buffer.readableBytes > 0 else { break }
            // Flushed piece by piece: what TLS has not been asked to send does not count against writability.
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
            hasWritten = true
        }
        processEvents()
        if session.isOver { finish() } else { watchIdleness() }
        if hasWritten, session.wantsToSend { scheduleFlush() }
    }

    /// The session is over: let the peer read what was sent, then close.
    func finish() {
        guard let context, linger == nil else { return }
        releaseBodies()
        let linger = LingeringClose(context: context, bytes: 2 * scope.limits.body, inputClosed: inputClosed)
        self.linger = linger
        let written = context.eventLoop.makePromise(of: Void.self)
        linger.begin(after: written.futureResult)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: written)
        let deadline = later(.seconds(1))
        lingerDeadline = deadline
        arm(deadline)
    }

    // MARK: Help

    func arm(_ deadline: NIODeadline) {
        timer?.arm(noLaterThan: deadline)
    }

    func later(_ time: TimeAmount) -> NIODeadline {
        (context?.eventLoop.now ?? .now()) + time
    }

    private func processEvents() {
        guard let session else { return }
        session.takeEvents(into: &events)
        for event in events { process(event) }
        // Events may hold the last reference to a closed stream and its body.
        events.removeAll(keepingCapacity: true)
    }

    private func tearDown() {
        guard context != nil else { return }
        if linger == nil { reportVanishedStreams() }
        releaseBodies()
        timer?.stop()
        timer = nil
        linger = nil
        session = nil
        context = nil
    }
}
