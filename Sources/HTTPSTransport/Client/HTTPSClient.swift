// An HTTP/1.1 client for one exchange at a time: no redirects, no compression, everything bounded.

import NIOConcurrencyHelpers
package import NIOCore
import NIOHTTP1
import NIOPosix

/// Sends requests exactly as given and returns responses exactly as they came.
///
/// Safe to use from several tasks at once; each call has a connection of its own while it lasts.
package final class HTTPSClient: Sendable {
    private struct Origin: Hashable {
        var host: String
        var port: Int
    }

    /// The handler is held beside its channel: when a connection fails early, the channel forgets the handler, and the
    /// handler still knows why.
    private struct Connection: Sendable {
        var channel: any Channel
        var handler: NIOLoopBound<HTTPExchangeHandler>
    }

    private let group: any EventLoopGroup
    private let tls: TLSClientContext?
    private let options: HTTPClientOptions
    private let socketPath: String?
    private let idle = NIOLockedValueBox<[Origin: Connection]>([:])

    /// - Parameter tls: `nil` speaks plain HTTP, for development only. Its ALPN list is `["http/1.1"]` or empty.
    package convenience init(
        group: any EventLoopGroup, tls: TLSClientContext?, options: HTTPClientOptions = HTTPClientOptions()
    ) {
        self.init(group: group, tls: tls, options: options, socketPath: nil)
    }

    private init(group: any EventLoopGroup, tls: TLSClientContext?, options: HTTPClientOptions, socketPath: String?) {
        self.group = group
        self.tls = tls
        self.options = options
        self.socketPath = socketPath
    }

    /// A client of plain HTTP over a Unix socket; the requests' host and port only fill `Host`.
    package static func unixSocket(
        _ path: String, group: any EventLoopGroup, options: HTTPClientOptions = HTTPClientOptions()
    ) -> HTTPSClient {
        HTTPSClient(group: group, tls: nil, options: options, socketPath: path)
    }

    deinit {
        for connection in idle.withLockedValue({ $0.values }) { connection.channel.close(promise: nil) }
    }

    /// Performs one exchange within `deadline`, which covers name lookup, connecting, TLS and the whole response.
    ///
    /// Nothing is sent twice: where a kept connection turns out to be dead, the call fails with `connection_closed`.
    /// - Throws: `request_invalid`, `connect_failed`, `connect_timeout`, `tls_*`, `response_timeout`,
    ///   `connection_closed`, `response_too_large`, `malformed_response`.
    package func execute(
        _ request: HTTPClientRequest, deadline: TimeAmount
    ) async throws(TransportError) -> HTTPClientResponse {
        let start = NIODeadline.now()
        let end = start + deadline
        let head = try request.wireHead(isSecure: tls != nil)
        let origin = Origin(host: request.host, port: request.port)
        let connection = try await connection(to: origin, before: end)
        do {
            let outcome = try await connection.channel.eventLoop.flatSubmit { [body = request.body] in
                let promise = connection.channel.eventLoop.makePromise(of: HTTPExchangeHandler.Outcome.self)
                connection.handler.value.begin(head, body, start: start, deadline: end, promise: promise)
                return promise.futureResult
            }.get()
            if outcome.isReusable { keep(connection, for: origin) }
            return outcome.response
        } catch let error as TransportError {
            throw error
        } catch {
            throw TransportError(.connectionClosed, "The connection broke: \(error)")
        }
    }

    private func keep(_ connection: Connection, for origin: Origin) {
        let surplus = idle.withLockedValue { $0.updateValue(connection, forKey: origin) }
        surplus?.channel.close(promise: nil)
    }

    private func connection(to origin: Origin, before end: NIODeadline) async throws(TransportError) -> Connection {
        if let kept = idle.withLockedValue({ $0.removeValue(forKey: origin) }), kept.channel.isActive { return kept }
        // Kept beside the pipelines: a connection that broke at once has none any more, but its handler knows why it broke.
        let handlers = NIOLockedValueBox<[ObjectIdentifier: NIOLoopBound<HTTPExchangeHandler>]>([:])
        let bootstrap = ClientBootstrap(group: group)
            .connectTimeout(max(end - .now(), .milliseconds(1)))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { [tls, options] channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = HTTPExchangeHandler(options: options, isSecure: tls != nil)
                    handlers.withLockedValue {
                        $0[ObjectIdentifier(channel)] = NIOLoopBound(handler, eventLoop: channel.eventLoop)
                    }
                    try configure(
                        channel, handler, tls, origin.host, options, handshake: max(end - .now(), .milliseconds(1)))
                }
            }
        do {
            let connected =
                if let socketPath {
                    bootstrap.connect(unixDomainSocketPath: socketPath)
                } else {
                    bootstrap.connect(host: origin.host, port: origin.port)
                }
            let channel = try await connected.get()
            guard let handler = handlers.withLockedValue({ $0[ObjectIdentifier(channel)] }) else {
                throw TransportError(.connectionClosed, "The connection was closed before it was set up")
            }
            return Connection(channel: channel, handler: handler)
        } catch {
            throw explainConnect(error, socketPath ?? "\(origin.host) port \(origin.port)")
        }
    }
}

private func configure(
    _ channel: any Channel, _ handler: HTTPExchangeHandler, _ tls: TLSClientContext?, _ host: String,
    _ options: HTTPClientOptions, handshake: TimeAmount
) throws {
    let pipeline = channel.pipeline.syncOperations
    if let tls { try pipeline.addHandler(TLSHandler(client: tls, serverName: host, handshakeTimeout: handshake)) }
    var encoding = HTTPRequestEncoder.Configuration()
    encoding.automaticallySetFramingHeaders = false
    var limits = NIOHTTPDecoderLimitConfiguration()
    limits.maxHeaderFieldSize = options.maximumResponseHead
    limits.maxHeaderListSize = options.maximumResponseHead
    try pipeline.addHandlers(
        HTTPRequestEncoder(configuration: encoding),
        ByteToMessageHandler(HTTPResponseDecoder(informationalResponseStrategy: .drop, limitConfiguration: limits)))
    try pipeline.addHandler(handler)
}

/// Connecting failed: who was called, and what the network or the resolver said.
func explainConnect(_ error: any Error, _ peer: String) -> TransportError {
    switch error {
    case ChannelError.connectTimeout:
        return TransportError(
            .connectTimeout, "No connection to \(peer) before the deadline; is a firewall in between?")
    case let error as NIOConnectionError:
        if let lookup = error.dnsAError ?? error.dnsAAAAError, error.connectionErrors.isEmpty {
            return TransportError(.connectFailed, "The name \(error.host) cannot be looked up: \(lookup)")
        }
        if error.connectionErrors.contains(where: {
            if case ChannelError.connectTimeout = $0.error { true } else { false }
        }) {
            return TransportError(
                .connectTimeout, "No connection to \(peer) before the deadline; is a firewall in between?")
        }
        let reasons = error.connectionErrors.map { "\($0.error)" }.joined(separator: "; ")
        return TransportError(.connectFailed, "No connection to \(peer): \(reasons)")
    case let error as TransportError:
        return error
    default:
        return TransportError(.connectFailed, "No connection to \(peer): \(error)")
    }
}
