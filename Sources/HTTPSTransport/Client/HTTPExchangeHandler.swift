// The end of a client connection's pipeline: one exchange at a time, with its deadline and its distinct errors.

import NIOCore
import NIOHTTP1

final class HTTPExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    /// What an exchange came to, and whether the connection can be used again.
    struct Outcome: Sendable {
        var response: HTTPClientResponse
        var isReusable: Bool
    }

    private struct Exchange {
        var collector: HTTPResponseCollector
        var promise: EventLoopPromise<Outcome>
        var start: NIODeadline
        var timer: Scheduled<Void>?
        var isSent = false
        var wantsClose: Bool
    }

    private let options: HTTPClientOptions
    /// Whether TLS is still to come.
    private var isSecuring: Bool
    private var observations: [String] = []
    private var exchange: Exchange?
    private var context: ChannelHandlerContext?
    /// Why the connection cannot be used any more; kept for the exchange that may come after it.
    private var end: TransportError?

    init(options: HTTPClientOptions, isSecure: Bool) {
        self.options = options
        self.isSecuring = isSecure
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        self.context = nil
    }

    /// Sends a request and promises its response before `deadline`. On the event loop only.
    func begin(
        _ head: NIOHTTP1.HTTPRequestHead, _ body: ByteBuffer, start: NIODeadline, deadline: NIODeadline,
        promise: EventLoopPromise<Outcome>
    ) {
        guard end == nil, exchange == nil, let context, context.channel.isActive else {
            return promise.fail(end ?? closedEarly)
        }
        let timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) { self.deadlinePassed() }
        exchange = Exchange(
            collector: HTTPResponseCollector(method: head.method.rawValue, options: options), promise: promise,
            start: start, timer: timer, wantsClose: !head.isKeepAlive)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if body.readableBytes > 0 { context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.assumeIsolated().whenSuccess { self.exchange?.isSent = true }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: sent)
    }

    private func deadlinePassed() {
        fail(
            isSecuring
                ? TransportError(.handshakeTimeout, "The TLS handshake did not end before the deadline")
                : TransportError(
                    .responseTimeout,
                    exchange?.collector.hasBegun == true
                        ? "The response began but was not whole before the deadline"
                        : "No response came before the deadline"))
    }

    private var closedEarly: TransportError {
        TransportError(
            .connectionClosed,
            exchange?.collector.hasBegun == true
                ? "The peer closed the connection in the middle of its response"
                : "The peer closed the connection without a response")
    }

    private func fail(_ error: TransportError) {
        end = end ?? error
        if let exchange {
            self.exchange = nil
            exchange.timer?.cancel()
            exchange.promise.fail(error)
        }
        context?.close(promise: nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let applicationProtocol, _)? = event as? TLSUserEvent {
            isSecuring = false
            observations = (try? context.pipeline.syncOperations.handler(type: TLSHandler.self))?.observations ?? []
            if let applicationProtocol, applicationProtocol != "http/1.1" {
                fail(TransportError(.malformedResponse, "The peer chose \(applicationProtocol), not http/1.1"))
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard exchange != nil else { return context.close(promise: nil) }
        do throws(TransportError) {
            switch unwrapInboundIn(data) {
            case .head(let head): try exchange?.collector.receive(head)
            case .body(let part): try exchange?.collector.receive(part)
            case .end: complete(context)
            }
        } catch {
            fail(error)
        }
    }

    private func complete(_ context: ChannelHandlerContext) {
        guard let exchange else { return }
        self.exchange = nil
        exchange.timer?.cancel()
        guard
            let response = exchange.collector.response(
                elapsed: .now() - exchange.start, tlsObservations: observations)
        else { return exchange.promise.fail(closedEarly) }
        let isReusable =
            options.keepsConnections && exchange.isSent && !exchange.wantsClose && exchange.collector.allowsReuse
        exchange.promise.succeed(Outcome(response: response, isReusable: isReusable))
        if !isReusable { context.close(promise: nil) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail(explain(error))
    }

    private func explain(_ error: any Error) -> TransportError {
        switch error {
        case let error as TransportError: error
        case HTTPParserError.headerOverflow:
            TransportError(
                .responseTooLarge, "The response's header fields are longer than \(options.maximumResponseHead) bytes")
        case HTTPParserError.invalidEOFState, HTTPParserError.closedConnection: closedEarly
        case is HTTPParserError, is NIOHTTPDecoderError:
            TransportError(.malformedResponse, "The response is not HTTP/1.1: \(error)")
        default: TransportError(.connectionClosed, "The connection broke: \(error)")
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        fail(closedEarly)
        context.fireChannelInactive()
    }
}
