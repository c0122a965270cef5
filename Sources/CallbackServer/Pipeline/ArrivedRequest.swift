// One request between its last byte and its decision.

import CallbackProtocol
import HTTPSTransport
import NIOCore

/// A request whose body has come, of which nothing is believed yet. Used on one event loop.
final class ArrivedRequest: Sendable {
    private let body: ByteBuffer
    private let kind: RequestKind
    private let mode: ServerConfiguration.Mode
    /// The configured address of the listener that took it.
    private let listener: String
    let arrival: NIODeadline
    let promise: EventLoopPromise<HTTPResponse>
    private let refusal: @Sendable (ProtocolError) -> HTTPResponse

    /// - Parameter refusal: the answer to what is not proven or cannot be read. Called at most once.
    init(
        body: ByteBuffer, kind: RequestKind, mode: ServerConfiguration.Mode, listener: String, arrival: NIODeadline,
        promise: EventLoopPromise<HTTPResponse>, refusal: @escaping @Sendable (ProtocolError) -> HTTPResponse
    ) {
        self.body = body
        self.kind = kind
        self.mode = mode
        self.listener = listener
        self.arrival = arrival
        self.promise = promise
        self.refusal = refusal
    }

    func authenticate(_ authenticator: RequestAuthenticator) throws(ProtocolError) -> AuthenticatedRequest {
        let bytes = Array(body.readableBytesView)
        return switch mode {
        case .publicKey: try authenticator.authenticate(token: bytes, kind: kind, listener: listener)
        case .certificate:
            try RequestAuthenticator.acceptUnauthenticated(json: bytes, kind: kind, listener: listener)
        }
    }

    func refuse(_ error: ProtocolError) {
        promise.succeed(refusal(error))
    }
}
