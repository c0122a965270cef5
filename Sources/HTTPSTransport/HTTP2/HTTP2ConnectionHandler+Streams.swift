// From the events of streams to decisions of the service, and back.

import CNGHTTP2
import NIOCore

extension HTTP2ConnectionHandler {
    func process(_ event: HTTP2Event) {
        switch event {
        case .headReceived(let stream): began(stream)
        case .dataReceived(let stream, let bytes): continued(stream, bytes)
        case .requestEnded(let stream): ended(stream)
        case .streamClosed(let stream, let code): closed(stream, code)
        case .answeredEarly(let stream): answeredEarly(stream)
        case .streamReset: end(ifTooMany: &resets, "more than \(ResetCounter.limit) streams were reset in 10 s")
        case .streamRefused:
            end(ifTooMany: &refusals, "more than \(ResetCounter.refusedLimit) streams too many were opened in 10 s")
        case .malformed(let stream, let reason):
            // What concerns the connection as a whole ends it, and is reported then.
            guard let stream, !stream.isReported else { return }
            stream.isReported = true
            scope.report(.malformedHTTP, peer, status: nil, "HTTP/2: \(reason)")
        case .settingsReceived: prefaceDeadline = nil
        case .pingAnswered:
            if pingDeadline != nil { refuseNewStreams() }
        case .connectionFailed(let code):
            guard !isTerminated else { return }
            isTerminated = true
            scope.report(
                .malformedHTTP, peer, status: nil, "HTTP/2: \(String(cString: nghttp2_http2_strerror(code)))")
        }
    }

    private func began(_ stream: HTTP2Stream) {
        guard !stream.isClosed, !isTerminated, let session else { return }
        idleDeadline = nil
        stream.phase = .body
        guard !stream.headIsTooLarge else { return refuse(stream, .headersTooLarge) }
        // A peer may hold a hundred heads open on one connection, so they count like bodies.
        guard scope.bodies.reserve(stream.headSize) else { return refuse(stream, .noRoom) }
        stream.reserved = stream.headSize
        let head = stream.takeHead(peer: peer, arrival: later(.zero))
        stream.requestHead = head
        if let refusal = scope.service.refusal(of: head) { return answerEarly(stream, refusal) }
        if let length = stream.contentLength {
            guard length <= scope.limits.body else { return refuse(stream, .bodyTooLarge) }
            guard scope.bodies.hasRoom(for: length) else { return refuse(stream, .noRoom) }
        }
        if stream.expectsContinue { session.submitContinue(stream: stream.id) }
        stream.deadline = later(scope.limits.bodyTimeout)
        arm(stream.deadline)
    }

    private func continued(_ stream: HTTP2Stream, _ bytes: Int) {
        if !stream.isClosed, !stream.discardsInput, stream.phase == .body {
            if stream.bodySize + bytes > scope.limits.body {
                refuse(stream, .bodyTooLarge)
            } else if scope.bodies.reserve(bytes) {
                stream.bodySize += bytes
                stream.reserved += bytes
            } else {
                refuse(stream, .noRoom)
            }
        }
        if stream.discardsInput {
            session?.discard(bytes)
        } else {
            session?.consume(bytes, stream: stream.id)
        }
    }

    private func ended(_ stream: HTTP2Stream) {
        guard !stream.isClosed, !stream.discardsInput, stream.phase == .body, !isTerminated,
            let head = stream.requestHead, let context
        else { return }
        stream.phase = .deciding
        stream.deadline = .distantFuture
        let request = HTTPRequest(head: head, body: stream.body)
        stream.dropInput()
        let (scope, reserved) = (scope, stream.reserved)
        stream.reserved = 0
        scope.service.respond(to: request, on: context.eventLoop)
            .hop(to: context.eventLoop).assumeIsolated().whenComplete { result in
                // The service held head and body until now, whether or not the client still waits.
                scope.bodies.release(reserved)
                self.decided(stream, result)
            }
    }

    private func decided(_ stream: HTTP2Stream, _ result: Result<HTTPResponse, any Error>) {
        guard !stream.isClosed, session != nil else { return }
        switch result {
        case .success(let response): answer(stream, response)
        case .failure:
            scope.report(.serviceFailed, peer, status: 500, "the service failed to answer")
            answer(stream, ResponseRules.internalError)
        }
        scheduleFlush()
    }

    private func answer(_ stream: HTTP2Stream, _ proposed: HTTPResponse) {
        var response = proposed
        if !ResponseRules.isSendable(proposed) {
            scope.report(.serviceFailed, peer, status: 500, "the service's response cannot be sent")
            response = ResponseRules.internalError
        }
        stream.phase = .responding
        // A peer that opens no window must not keep the answer here for ever.
        stream.deadline = later(scope.limits.idleTimeout)
        arm(stream.deadline)
        session?.submit(response, date: scope.date.now(), stream: stream)
    }

    func refuse(_ stream: HTTP2Stream, _ refusal: Refusal) {
        scope.report(refusal.cause, peer, status: refusal.status, refusal.line)
        answerEarly(stream, refusal.response)
    }

    /// Answers before the request has ended; `answeredEarly` says what follows.
    private func answerEarly(_ stream: HTTP2Stream, _ response: HTTPResponse) {
        release(stream)
        stream.discardsInput = true
        stream.isReported = true
        answer(stream, response)
    }

    /// After an early answer the peer is told to stop, without error (RFC 9113 section 8.1), but not in the same breath:
    /// clients that see both at once take the reset for the end and lose the answer (curl 7.88 does).
    private func answeredEarly(_ stream: HTTP2Stream) {
        stream.isAnswered = true
        stream.deadline = later(.milliseconds(500))
        arm(stream.deadline)
    }

    private func closed(_ stream: HTTP2Stream, _ code: UInt32) {
        release(stream)
        guard !stream.isReported, !isTerminated else { return }
        if code == NGHTTP2_PROTOCOL_ERROR.rawValue {
            scope.report(.malformedHTTP, peer, status: nil, "HTTP/2: stream error")
        } else if stream.phase != .responding || code != NGHTTP2_NO_ERROR.rawValue {
            scope.report(.clientVanished, peer, status: nil, stream.phase.vanishedDetail)
        }
    }

    private func end(ifTooMany counter: inout ResetCounter, _ detail: String) {
        guard counter.isTooMany(at: later(.zero)), !isTerminated else { return }
        isTerminated = true
        scope.report(.resetFlood, peer, status: nil, detail)
        session?.terminate(NGHTTP2_ENHANCE_YOUR_CALM)
    }

    private func release(_ stream: HTTP2Stream) {
        scope.bodies.release(stream.reserved)
        stream.reserved = 0
        stream.dropInput()
    }

    /// All that streams hold here; the service still has what it is deciding on.
    func releaseBodies() {
        for stream in (session?.streams ?? [:]).values { release(stream) }
    }

    func reportVanishedStreams() {
        for stream in (session?.streams ?? [:]).values where !stream.isReported {
            scope.report(.clientVanished, peer, status: nil, stream.phase.vanishedDetail)
        }
    }
}

extension HTTP2Stream.Phase {
    fileprivate var vanishedDetail: String {
        switch self {
        case .head: "inside a request head"
        case .body: "inside a request body"
        case .deciding: "before its answer was ready"
        case .responding: "before it had read its answer"
        }
    }
}
