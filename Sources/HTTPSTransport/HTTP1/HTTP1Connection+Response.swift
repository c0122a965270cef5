// From a response, or from trouble, to bytes on the wire and perhaps the end of the connection.

import NIOCore

extension HTTP1Connection {
    /// Refuses what the peer sends and ends the connection after the answer.
    func refuse(_ refusal: Refusal) {
        guard phase == .head || phase == .body else { return }
        scope.report(refusal.cause, peer, status: refusal.status, refusal.line)
        answer(refusal.response, closes: true, bodyIsUnread: true)
    }

    func answer(_ proposed: HTTPResponse, closes: Bool, bodyIsUnread: Bool) {
        guard let context else { return }
        var response = proposed
        if !ResponseRules.isSendable(proposed) {
            scope.report(.serviceFailed, peer, status: 500, "the service's response cannot be sent")
            response = ResponseRules.internalError
        }
        let bytes = HTTP1ResponseWriter.bytes(
            response, date: scope.date.now(), closes: closes, omitsBody: request?.head.method == "HEAD",
            allocator: ByteBufferAllocator())
        if phase == .deciding { request = nil } else { releaseBody() }
        guard closes else {
            write(bytes)
            return awaitNextRequest(context)
        }
        let written = context.eventLoop.makePromise(of: Void.self)
        write(bytes, promise: written)
        phase = .lingering
        // Long enough for a client that reads only after it has written a whole body of nearly any size.
        let linger = LingeringClose(context: context, bytes: 2 * scope.limits.body, inputClosed: inputClosed)
        self.linger = linger
        linger.begin(after: written.futureResult)
        let patience = bodyIsUnread ? TimeAmount.seconds(5) : .seconds(1)
        setDeadline(context.eventLoop.now + min(patience, scope.limits.bodyTimeout))
        flushIfDue()
    }

    // MARK: Events

    /// Called by the timer; returns when to look again.
    func deadlinePassed() -> NIODeadline? {
        guard let context else { return nil }
        guard context.eventLoop.now >= deadline else { return deadline }
        switch phase {
        case .head where isIdle: context.close(promise: nil)
        case .head where hasReceivedNothingYet:
            scope.report(.headerTimeout, peer, status: nil, "no request came")
            context.close(promise: nil)
        case .head: refuse(.headerTimeout)
        case .body: refuse(.bodyTimeout)
        case .lingering: context.close(promise: nil)
        case .deciding, .closed: return nil
        }
        flushIfDue()
        return deadline > context.eventLoop.now ? deadline : nil
    }

    /// A shutdown began: nothing new, but what was received is finished (RFC 9112 section 9.6).
    func drain() {
        isDraining = true
        guard phase == .head, hasReceivedNothingYet else { return }
        closeWhenWritten()
    }

    func peerClosedInput() {
        inputClosed = true
        linger?.peerClosedInput()
        pump()
    }

    /// The peer will send nothing more and all it sent is used up.
    func inputEnded() {
        switch phase {
        case .head:
            if !hasReceivedNothingYet { scope.report(.clientVanished, peer, status: nil, "inside a request head") }
            closeWhenWritten()
        case .body:
            scope.report(.clientVanished, peer, status: nil, "inside a request body")
            releaseBody()
            phase = .lingering
            context?.close(promise: nil)
        case .deciding, .lingering, .closed: break
        }
    }

    /// The channel is gone.
    func vanished() {
        guard phase != .closed else { return }
        switch phase {
        case .body: scope.report(.clientVanished, peer, status: nil, "inside a request body")
        case .deciding: scope.report(.clientVanished, peer, status: nil, "before its answer was ready")
        case .head where !hasReceivedNothingYet:
            scope.report(.clientVanished, peer, status: nil, "inside a request head")
        case .head, .lingering, .closed: break
        }
        releaseBody()
        phase = .closed
        detach()
    }

    private func closeWhenWritten() {
        guard let context else { return }
        phase = .lingering
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        setDeadline(context.eventLoop.now + .seconds(1))
        write(ByteBuffer(), promise: written)
        flushIfDue()
    }
}
