// From parsed parts to a decision of the service.

import NIOCore
import NIOHTTP1

/// The request that a connection is receiving or that the service decides.
struct HTTP1RequestInProgress {
    var head: HTTPRequestHead
    var framing: HTTP1BodyFraming
    var closes: Bool
    var body = ByteBuffer()
    /// Bytes taken from the budget for `body`.
    var reserved = 0

    /// Takes what came next of the body.
    ///
    /// A chunk is a slice of the buffer that it was read into. A body that is whole in its first chunk, as nearly all are,
    /// stays there; a piece of one must not pin a buffer many times its size until the rest has come, so it is copied.
    mutating func append(_ chunk: ByteBuffer) {
        let isFirst = reserved == 0
        reserved += chunk.readableBytes
        if isFirst, framing == .length(reserved) || chunk.readableBytes >= chunk.storageCapacity / 2 {
            body = chunk
        } else {
            body.writeImmutableBuffer(chunk)
        }
    }

    /// Bytes of the body still to come, where the head announced a length.
    var bytesExpected: Int? {
        guard case .length(let length) = framing, reserved < length else { return nil }
        return length - reserved
    }
}

extension HTTP1Connection {
    func handle(_ item: Parsed) {
        switch item {
        case .part(.head(let head)): began(head)
        case .part(.body(let chunk)): continued(chunk)
        case .part(.end): ended()
        case .error(HTTPParserError.headerOverflow): refuse(.headersTooLarge)
        case .error: refuse(.malformed("malformed HTTP request"))
        }
    }

    private func began(_ head: NIOHTTP1.HTTPRequestHead) {
        guard let context, phase == .head else { return }
        let now = context.eventLoop.now
        let accepted: HTTP1AcceptedHead
        switch HTTP1RequestRules.judge(head, limit: scope.limits.head) {
        case .success(let value): accepted = value
        case .failure(let error): return refuse(error.refusal)
        }
        let request = HTTP1RequestInProgress(
            head: HTTPRequestHead(
                method: head.method.rawValue, target: accepted.target, headers: accepted.fields, version: .http1,
                peer: peer, arrival: now),
            framing: accepted.framing, closes: accepted.closes)
        self.request = request
        phase = .body
        if let refusal = scope.service.refusal(of: request.head) {
            return answer(refusal, closes: true, bodyIsUnread: accepted.framing != .none)
        }
        if case .length(let length) = accepted.framing {
            guard length <= scope.limits.body else { return refuse(.bodyTooLarge) }
            guard scope.bodies.hasRoom(for: length) else { return refuse(.noRoom) }
        }
        if accepted.expectsContinue { write(HTTP1ResponseWriter.interimContinue) }
        setDeadline(now + scope.limits.bodyTimeout)
    }

    private func continued(_ chunk: ByteBuffer) {
        guard phase == .body else { return }
        let length = chunk.readableBytes
        guard let received = request?.reserved, received + length <= scope.limits.body else {
            return refuse(.bodyTooLarge)
        }
        guard scope.bodies.reserve(length) else { return refuse(.noRoom) }
        request?.append(chunk)
    }

    private func ended() {
        guard phase == .body, let request, let context else { return }
        phase = .deciding
        deadline = .distantFuture
        self.request?.body = ByteBuffer()
        let (scope, reserved) = (scope, request.reserved)
        scope.service.respond(to: HTTPRequest(head: request.head, body: request.body), on: context.eventLoop)
            .hop(to: context.eventLoop).assumeIsolated().whenComplete { result in
                // The service held the body until now, whether or not the client still waits.
                scope.bodies.release(reserved)
                self.decided(result)
            }
    }

    private func decided(_ result: Result<HTTPResponse, any Error>) {
        guard phase == .deciding, let closes = request?.closes else { return }
        let response: HTTPResponse
        switch result {
        case .success(let value): response = value
        case .failure:
            scope.report(.serviceFailed, peer, status: 500, "the service failed to answer")
            response = ResponseRules.internalError
        }
        answer(response, closes: closes || isDraining && hasNoMoreInput, bodyIsUnread: false)
        pump()
    }

    /// Gives the body's memory back, where the service has not taken it over.
    func releaseBody() {
        guard let request, phase != .deciding else { return }
        scope.bodies.release(request.reserved)
        self.request = nil
    }
}
