// Timeouts, graceful shutdown and the peer's own end of an HTTP/2 connection.

import CNGHTTP2
import NIOCore

extension HTTP2ConnectionHandler {
    /// Called by the timer; returns when to look again.
    func deadlinePassed() -> NIODeadline? {
        guard let context, let session else { return nil }
        let now = context.eventLoop.now
        if let lingerDeadline {
            guard now >= lingerDeadline else { return lingerDeadline }
            context.close(promise: nil)
            return nil
        }
        var mustEnd = true
        if hasPassed(prefaceDeadline, now) || hasPassed(headerBlockDeadline, now) {
            prefaceDeadline = nil
            headerBlockDeadline = nil
            scope.report(.headerTimeout, peer, status: nil, "HTTP/2 preface or header block took too long")
            isTerminated = true
            session.terminate(NGHTTP2_NO_ERROR)
        } else if hasPassed(idleDeadline, now) {
            idleDeadline = nil
            isTerminated = true
            session.terminate(NGHTTP2_NO_ERROR)
        } else {
            mustEnd = false
            if hasPassed(pingDeadline, now) { refuseNewStreams() }
        }
        for stream in session.streams.values where now >= stream.deadline {
            if tooSlow(stream, session) { mustEnd = true }
        }
        flushOutput()
        // A peer that does not read would never be sent the end of it, and would keep its connection for ever.
        if mustEnd, !context.channel.isWritable {
            if !isTerminated { reportVanishedStreams() }
            finish()
        }
        return nextDeadline(session)
    }

    /// Whether something was queued that the peer must be sent.
    private func tooSlow(_ stream: HTTP2Stream, _ session: HTTP2Session) -> Bool {
        switch stream.phase {
        case .body:
            refuse(stream, .bodyTimeout)
            return true
        case .responding:
            stream.deadline = .distantFuture
            session.reset(stream.id, stream.isAnswered ? NGHTTP2_NO_ERROR : NGHTTP2_CANCEL)
            return true
        case .head, .deciding:
            stream.deadline = .distantFuture
            return false
        }
    }

    private func nextDeadline(_ session: HTTP2Session) -> NIODeadline? {
        if let lingerDeadline { return lingerDeadline }
        let own = [prefaceDeadline, headerBlockDeadline, idleDeadline, pingDeadline].compactMap(\.self)
        let next = (own + session.streams.values.map(\.deadline)).min()
        return next == .distantFuture ? nil : next
    }

    private func hasPassed(_ deadline: NIODeadline?, _ now: NIODeadline) -> Bool {
        deadline.map { now >= $0 } ?? false
    }

    /// A header block that a peer leaves open keeps every other stream of its connection waiting.
    func watchHeaderBlock(_ session: HTTP2Session) {
        guard session.openHeaderBlock != headerBlockStream else { return }
        headerBlockStream = session.openHeaderBlock
        headerBlockDeadline = headerBlockStream.map { _ in later(scope.limits.headerTimeout) }
        if let headerBlockDeadline { arm(headerBlockDeadline) }
    }

    /// A connection without streams is idle from the moment when the last one closed.
    func watchIdleness() {
        guard let session, linger == nil else { return }
        guard session.hasNoStreams else {
            idleDeadline = nil
            return
        }
        if inputClosed { return finish() }
        if idleDeadline == nil {
            let deadline = later(scope.limits.idleTimeout)
            idleDeadline = deadline
            arm(deadline)
        }
    }

    /// A shutdown began. The peer gets a round trip, at most a second, in which streams on their way are still taken.
    func drain() {
        guard let session, let context, pingDeadline == nil else { return }
        guard prefaceDeadline == nil else { return context.close(promise: nil) }
        session.announceShutdown()
        let deadline = later(.seconds(1))
        pingDeadline = deadline
        arm(deadline)
        scheduleFlush()
    }

    func refuseNewStreams() {
        pingDeadline = nil
        session?.refuseNewStreams()
        scheduleFlush()
    }

    /// The peer will send nothing more: unfinished requests are over, whole ones are still answered.
    func peerClosedInput() {
        guard let session else { return }
        inputClosed = true
        linger?.peerClosedInput()
        for stream in session.streams.values where stream.phase == .head || stream.phase == .body {
            session.reset(stream.id, NGHTTP2_CANCEL)
        }
        scheduleFlush()
    }
}
