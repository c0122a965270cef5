// The last stage: an answer that may leave. There are two ways to one, and only these.

import CallbackProtocol
import DecisionLedger
import HTTPSTransport
import NIOCore

/// An answer in the form of its listener: a signed JWT, or JSON in certificate mode.
///
/// It is made from a decision that the ledger holds, or it is a RETRY; nothing else can be answered.
struct SignedResponse: Sendable {
    let http: HTTPResponse

    /// The answer of a recorded decision.
    init(_ recorded: RecordedDecision, to exchange: PendingExchange) throws(ProtocolError) {
        let reason = recorded.action == .reject ? recorded.reason : nil
        let response = CallbackResponse(
            action: recorded.action, requestId: recorded.requestId, rejectionReason: reason)
        try self.init(response, to: exchange)
    }

    /// The answer where nothing could be recorded in time: ask again.
    static func retry(_ exchange: PendingExchange) throws(ProtocolError) -> SignedResponse {
        try SignedResponse(CallbackResponse(action: .retry, requestId: exchange.request.requestId), to: exchange)
    }

    private init(_ response: CallbackResponse, to exchange: PendingExchange) throws(ProtocolError) {
        switch exchange.request.origin {
        case .cosigner:
            let token = try exchange.snapshot.responseKeys.signer(for: exchange.request.signerId).sign(response)
            http = Self.ok("text/plain; charset=utf-8", token)
        case .listener:
            http = Self.ok("application/json", response.jsonBytes)
        }
    }

    private static func ok(_ contentType: String, _ body: [UInt8]) -> HTTPResponse {
        HTTPResponse(
            status: 200, headers: HTTPHeaderFields([("Content-Type", contentType)]), body: ByteBuffer(bytes: body))
    }
}
