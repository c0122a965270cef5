// The two ends of the HTTP/1.1 parser in a channel's pipeline. Both forward to one `HTTP1Connection`.

import NIOCore
import NIOHTTP1

/// Before the parser: bytes in, bytes out, and the events of the channel.
final class HTTP1ByteHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    let connection: HTTP1Connection

    init(_ connection: HTTP1Connection) {
        self.connection = connection
    }

    func handlerAdded(context: ChannelHandlerContext) {
        connection.attach(context)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connection.vanished()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.received(bytes: unwrapInboundIn(data))
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        connection.readCycleEnded()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        connection.readRequested()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        connection.pump()
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            // The parser must not see the end: requests that came before it are still to be answered.
            connection.peerClosedInput()
        case ServerEvent.drain:
            connection.drain()
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        connection.vanished()
        context.fireChannelInactive()
    }
}

/// After the parser: the parts of requests, and every error.
final class HTTP1PartHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart

    private let connection: HTTP1Connection

    init(_ connection: HTTP1Connection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connection.parsed(.part(unwrapInboundIn(data)))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError {
            connection.parsed(.error(error))
        } else {
            // The socket or TLS failed; the channel's end will be noticed as a vanished client.
            context.close(promise: nil)
        }
    }
}
