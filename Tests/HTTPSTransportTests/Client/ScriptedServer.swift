// A server that answers with exactly the bytes of a script, and remembers exactly the bytes that it was sent.

import HTTPSTransport
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// One answer: bytes, then perhaps the end of the connection.
struct Script: Sendable {
    enum End: Sendable { case keep, close }

    var bytes: String
    var end: End

    init(_ bytes: String, _ end: End = .close) {
        self.bytes = bytes
        self.end = end
    }
}

/// What the server saw, for the test that runs it.
final class Sightings: Sendable {
    private let state = NIOLockedValueBox<(requests: [String], connections: Int)>(([], 0))

    var requests: [String] { state.withLockedValue { $0.requests } }
    var connections: Int { state.withLockedValue { $0.connections } }

    func connected() { state.withLockedValue { $0.connections += 1 } }
    func saw(_ request: String) { state.withLockedValue { $0.requests.append(request) } }
}

/// Answers each whole request (head, and as many bytes as Content-Length says) with the script.
final class ScriptedAnswer: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let script: Script
    private let sightings: Sightings
    private var bytes = ""

    init(_ script: Script, _ sightings: Sightings) {
        self.script = script
        self.sightings = sightings
    }

    func channelActive(context: ChannelHandlerContext) {
        sightings.connected()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        bytes += String(buffer: unwrapInboundIn(data))
        guard let head = bytes.components(upTo: "\r\n\r\n") else { return }
        let length = head.split(separator: "\r\n").compactMap { line in
            line.lowercased().hasPrefix("content-length: ") ? Int(line.dropFirst(16)) : nil
        }
        guard bytes.utf8.count >= head.utf8.count + 4 + (length.first ?? 0) else { return }
        sightings.saw(bytes)
        bytes = ""
        let promise = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(NIOAny(ByteBuffer(string: script.bytes)), promise: promise)
        if case .close = script.end {
            promise.futureResult.assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}

extension String {
    fileprivate func components(upTo end: String) -> String? {
        guard let range = firstRange(of: end) else { return nil }
        return String(self[..<range.lowerBound])
    }
}

/// Runs `body` with a server of the script, with TLS where a context is given.
func withScript<Result>(
    _ script: Script, tls: TLSServerContext? = nil, _ body: (Int, Sightings) async throws -> Result
) async throws -> Result {
    let sightings = Sightings()
    return try await withLoopbackServer(
        { channel in
            if let tls {
                try channel.pipeline.syncOperations.addHandler(TLSHandler(server: tls, handshakeTimeout: .seconds(10)))
            }
            try channel.pipeline.syncOperations.addHandler(ScriptedAnswer(script, sightings))
        },
        { port in try await body(port, sightings) })
}

let testGroup: any EventLoopGroup = MultiThreadedEventLoopGroup.singleton

extension HTTPClientRequest {
    static func get(_ port: Int, host: String = "127.0.0.1") -> HTTPClientRequest {
        HTTPClientRequest(host: host, port: port, method: "GET", target: "/")
    }

    static func post(_ port: Int, _ body: String, host: String = "127.0.0.1") -> HTTPClientRequest {
        HTTPClientRequest(host: host, port: port, method: "POST", target: "/v2/ask", body: ByteBuffer(string: body))
    }
}

/// The code of the error that a call fails with; `nil` where it does not fail.
func failureCode(_ body: () async throws -> Void) async -> String? {
    do {
        try await body()
        return nil
    } catch {
        return (error as? TransportError)?.code.rawValue ?? "\(error)"
    }
}
