// One connection without sockets, where time passes only when the test says so.

import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import Testing

@testable import HTTPSTransport

final class EmbeddedConnection {
    let channel = EmbeddedChannel()
    let service: TestService
    let bodies: BodiesBudget

    init(_ service: TestService, limits: ServerLimits = ServerLimits()) throws {
        self.service = service
        bodies = BodiesBudget(limit: limits.bodies)
        let scope = ConnectionScope(service: service, limits: limits, bodies: bodies, date: HTTPDateCache())
        let selector = ProtocolSelector(scope: scope, peer: PeerAddress(host: "192.0.2.1", port: 7), isSecure: false)
        try channel.pipeline.syncOperations.addHandler(selector)
        channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 7), promise: nil)
    }

    deinit {
        _ = try? channel.finish(acceptAlreadyClosed: true)
    }

    /// - Parameter capacity: the size of the buffer that the text was read into.
    func receive(_ text: String, capacity: Int = 0) {
        var buffer = channel.allocator.buffer(capacity: capacity)
        buffer.writeString(text)
        channel.pipeline.fireChannelRead(buffer)
        channel.pipeline.fireChannelReadComplete()
    }

    func advance(_ time: TimeAmount) {
        channel.embeddedEventLoop.advanceTime(by: time)
    }

    /// Everything that was written since the last look.
    func sent() throws -> String {
        var text = ""
        while var buffer = try channel.readOutbound(as: ByteBuffer.self) {
            text += buffer.readString(length: buffer.readableBytes) ?? ""
        }
        return text
    }

    /// The statuses of the responses in a text.
    static func statuses(_ text: String) -> [Int] {
        text.components(separatedBy: "HTTP/1.1 ").dropFirst().compactMap { Int($0.prefix(3)) }
    }
}

/// An answer that the test gives later, on the event loop that asked for it.
final class PendingAnswer: Sendable {
    private let promise = NIOLockedValueBox<EventLoopPromise<HTTPResponse>?>(nil)

    func future(on eventLoop: any EventLoop) -> EventLoopFuture<HTTPResponse> {
        promise.withLockedValue { promise in
            let pending = promise ?? eventLoop.makePromise()
            promise = pending
            return pending.futureResult
        }
    }

    func succeed(_ response: HTTPResponse) {
        promise.withLockedValue(\.self)?.succeed(response)
    }
}
