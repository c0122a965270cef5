// One HTTP/1.1 connection: requests one after the other, answered in order.

import NIOCore
import NIOHTTP1

/// Drives one connection on its event loop.
///
/// Bytes are handed to the parser piecewise and only while a request is wanted, so that at most one request is being
/// served and what a pipelining peer sends on waits as raw bytes: in one read buffer here, then in the kernel, then in
/// the peer. Not `Sendable`; every method runs on the event loop of the channel.
final class HTTP1Connection {
    enum Phase {
        /// Between requests, or inside a head.
        case head
        case body
        /// The service has the whole request.
        case deciding
        /// The last answer is written; see `LingeringClose`.
        case lingering
        case closed
    }

    enum Parsed {
        case part(HTTPServerRequestPart)
        case error(HTTPParserError)
    }

    let scope: ConnectionScope
    let peer: PeerAddress
    /// When the connection was ready for its first request.
    private let established: NIODeadline
    private(set) var context: ChannelHandlerContext?
    private(set) var timer: DeadlineTimer?

    var phase = Phase.head
    var request: HTTP1RequestInProgress?
    var deadline = NIODeadline.distantFuture
    var linger: LingeringClose?
    var isDraining = false
    var inputClosed = false

    /// Bytes that the parser has not been given yet.
    private var held = ByteBuffer()
    /// What the parser delivered beyond the end of the request in progress; normally nothing.
    private var queued: [Parsed] = []
    /// Bytes given to the parser since it last delivered something; bounds heads, chunk extensions and trailers.
    private var bytesWithoutProgress = 0
    private var hasProgressed = false
    private var headStarted = true
    private var isPumping = false
    private var isInReadCycle = false
    private var readWanted = false
    private var needsFlush = false

    init(scope: ConnectionScope, peer: PeerAddress, established: NIODeadline) {
        self.scope = scope
        self.peer = peer
        self.established = established
    }

    var hasReceivedNothingYet: Bool { bytesWithoutProgress == 0 && held.readableBytes == 0 && queued.isEmpty }
    /// Between two requests, with not one byte of the next.
    var isIdle: Bool { !headStarted }
    var hasNoMoreInput: Bool { held.readableBytes == 0 && queued.isEmpty }

    // MARK: The channel

    func attach(_ context: ChannelHandlerContext) {
        self.context = context
        let timer = DeadlineTimer(eventLoop: context.eventLoop) { self.deadlinePassed() }
        self.timer = timer
        setDeadline(established + scope.limits.headerTimeout)
    }

    func detach() {
        timer?.stop()
        timer = nil
        context = nil
        linger = nil
        held = ByteBuffer()
        queued = []
    }

    func received(bytes: ByteBuffer) {
        isInReadCycle = true
        switch phase {
        case .closed: return
        case .lingering: linger?.discard(bytes.readableBytes)
        case .head, .body, .deciding:
            if held.readableBytes == 0 {
                held = bytes
            } else {
                held.writeImmutableBuffer(bytes)
            }
            pump()
            // An idle connection must not keep the storage of what it read last.
            if held.readableBytes == 0 { held = ByteBuffer() }
        }
    }

    func readCycleEnded() {
        isInReadCycle = false
        flushIfDue()
    }

    func readRequested() {
        readWanted = true
        if !isPumping { passReadOn() }
    }

    func write(_ bytes: ByteBuffer, promise: EventLoopPromise<Void>? = nil) {
        context?.write(NIOAny(bytes), promise: promise)
        needsFlush = true
    }

    func flushIfDue() {
        guard needsFlush, !isInReadCycle else { return }
        needsFlush = false
        context?.flush()
    }

    func setDeadline(_ deadline: NIODeadline) {
        self.deadline = deadline
        timer?.arm(noLaterThan: deadline)
    }

    // MARK: From bytes to parts

    func parsed(_ item: Parsed) {
        hasProgressed = true
        guard queued.isEmpty, phase == .head || phase == .body else {
            if phase == .deciding || !queued.isEmpty { queued.append(item) }
            return
        }
        handle(item)
    }

    /// Moves on as far as the phase allows; safe to call at any time.
    func pump() {
        guard !isPumping else { return }
        isPumping = true
        while let context, wantsRequest(context) {
            if !queued.isEmpty {
                handle(queued.removeFirst())
            } else if let slice = nextSlice() {
                feed(slice, context)
            } else {
                break
            }
        }
        isPumping = false
        if phase == .lingering || phase == .closed {
            held = ByteBuffer()
            queued = []
        }
        if inputClosed, hasNoMoreInput { inputEnded() }
        flushIfDue()
        passReadOn()
    }

    private func wantsRequest(_ context: ChannelHandlerContext) -> Bool {
        // A peer that does not read its answers gets no further requests served.
        phase == .body || (phase == .head && context.channel.isWritable)
    }

    private func passReadOn() {
        guard readWanted, let context else { return }
        // While a request is decided, one read goes ahead: what it brings waits here, and the selector is left alone.
        guard phase == .lingering || (phase == .deciding || wantsRequest(context)) && hasNoMoreInput else { return }
        readWanted = false
        context.read()
    }

    /// The next bytes for the parser: up to the end of the head or of the body where that is known, else few.
    private func nextSlice() -> ByteBuffer? {
        guard held.readableBytes > 0 else { return nil }
        let length =
            switch (phase, request?.bytesExpected) {
            case (.body, let expected?): expected
            case (.body, nil): 4096
            default: held.withUnsafeReadableBytes { Self.headEnd(in: $0.prefix(2048)) }
            }
        return held.readSlice(length: min(length, held.readableBytes))
    }

    private static func headEnd(in bytes: Slice<UnsafeRawBufferPointer>) -> Int {
        let bytes = UnsafeRawBufferPointer(rebasing: bytes)
        var index = 3
        while index < bytes.count {
            switch bytes[index] {
            case 0x0a where bytes[index - 1] == 0x0d && bytes[index - 2] == 0x0a && bytes[index - 3] == 0x0d:
                return index + 1
            case 0x0a: index += 2
            case 0x0d: index += 1
            default: index += 4
            }
        }
        return bytes.count
    }

    private func feed(_ slice: ByteBuffer, _ context: ChannelHandlerContext) {
        hasProgressed = false
        let length = slice.readableBytes
        let wasHead = phase == .head
        context.fireChannelRead(NIOAny(slice))
        bytesWithoutProgress = hasProgressed ? 0 : bytesWithoutProgress + length
        guard !hasProgressed else { return }
        if bytesWithoutProgress > scope.limits.head {
            refuse(wasHead ? .headersTooLarge : .malformed("chunk framing too long"))
        } else if wasHead, !headStarted {
            headStarted = true
            setDeadline(context.eventLoop.now + scope.limits.headerTimeout)
        }
    }

    /// The answer is on its way and the connection stays: wait for the next request.
    func awaitNextRequest(_ context: ChannelHandlerContext) {
        phase = .head
        headStarted = false
        setDeadline(context.eventLoop.now + scope.limits.idleTimeout)
    }
}
