// Reads the certificate that a server shows, without believing it: an operator compares its fingerprint and then pins
// it.

package import NIOCore
import NIOPosix

/// What a server showed.
package struct FetchedCertificate: Sendable {
    /// The chain as it was sent, PEM, the server's own certificate first.
    package let chainPEM: String
    /// `sha256:` and hexadecimal digits of the server's certificate.
    package let fingerprint: String
    package let pin: SubjectPublicKeyPin
    package let subject: String
    /// `DNS:…`, `IP:…`
    package let alternativeNames: [String]
    /// Seconds since 1970.
    package let notAfter: Int64
}

package enum CertificateFetcher {
    /// Connects, takes the certificate chain of the handshake, and closes without sending anything more.
    ///
    /// Nothing is verified: whoever answers on this address is believed. Fails like `HTTPSClient.execute`.
    package static func fetch(
        host: String, port: Int, group: any EventLoopGroup, deadline: TimeAmount
    ) async throws(TransportError) -> FetchedCertificate {
        let context = try TLSClientContext(believingAnyServer: ())
        let end = NIODeadline.now() + deadline
        let result = group.next().makePromise(of: FetchedCertificate.self)
        let bootstrap = ClientBootstrap(group: group).connectTimeout(deadline).channelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let time = max(end - .now(), .milliseconds(1))
                let handler = TLSHandler(client: context, serverName: host, handshakeTimeout: time)
                try channel.pipeline.syncOperations.addHandlers(handler, ChainReader(handler, result))
            }
        }
        do {
            _ = try await bootstrap.connect(host: host, port: port).get()
        } catch {
            let explained = explainConnect(error, "\(host) port \(port)")
            result.fail(explained)
            throw explained
        }
        do {
            return try await result.futureResult.get()
        } catch let error as TransportError {
            throw error
        } catch {
            throw TransportError(.connectionClosed, "The connection broke: \(error)")
        }
    }
}

private final class ChainReader: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let handler: TLSHandler
    private let result: EventLoopPromise<FetchedCertificate>

    init(_ handler: TLSHandler, _ result: EventLoopPromise<FetchedCertificate>) {
        self.handler = handler
        self.result = result
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event is TLSUserEvent, let chain = handler.session?.shownChain, let leaf = chain.first {
            result.succeed(
                FetchedCertificate(
                    chainPEM: chain.map(\.pem).joined(), fingerprint: leaf.fingerprint, pin: leaf.pin,
                    subject: leaf.subject, alternativeNames: leaf.alternativeNames, notAfter: leaf.notAfter))
            context.close(promise: nil)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        result.fail(error)
        context.close(promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) {
        result.fail(TransportError(.connectionClosed, "The server closed the connection in the TLS handshake"))
        context.fireChannelInactive()
    }
}
