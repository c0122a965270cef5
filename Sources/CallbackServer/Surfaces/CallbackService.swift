// The public endpoints of one listener.

import CallbackProtocol
import HTTPSTransport
import Logging
import NIOCore

/// `POST {base_path}/v2/tx_sign_request` and its siblings, for one listener in one mode.
struct CallbackService: HTTPService {
    private let listener: String
    private let mode: ServerConfiguration.Mode
    private let routes: [String: RequestKind]
    private let pipeline: DecisionPipeline
    private let refusals: RefusalLog

    init(_ listener: ServerConfiguration.Listener, pipeline: DecisionPipeline, refusals: RefusalLog) {
        let prefix = listener.basePath + (listener.mode == .publicKey ? "/v2" : "")
        self.listener = listener.address.description
        self.mode = listener.mode
        self.routes = [
            prefix + "/tx_sign_request": .transaction, prefix + "/config_change_sign_request": .configuration,
        ]
        self.pipeline = pipeline
        self.refusals = refusals
    }

    func refusal(of head: HTTPRequestHead) -> HTTPResponse? {
        let response: HTTPResponse
        if routes[head.target] == nil {
            response = .text(404, "not found")
        } else if head.method != "POST" {
            response = .text(405, "only POST is answered here", headers: [("Allow", "POST")])
        } else if head.headers["Content-Encoding"].contains(where: { $0.lowercased() != "identity" }) {
            response = .text(415, "send the body without Content-Encoding")
        } else {
            return nil
        }
        refusals.refused(
            "request refused", peer: head.peer, listener: listener,
            fields: [
                "status": .stringConvertible(response.status), "method": "\(printable(head.method))",
                "target": "\(printable(head.target))",
            ])
        return response
    }

    func respond(to request: HTTPRequest, on eventLoop: any EventLoop) -> EventLoopFuture<HTTPResponse> {
        guard let kind = routes[request.head.target] else {
            return eventLoop.makeSucceededFuture(.text(404, "not found"))
        }
        let answered = eventLoop.makePromise(of: HTTPResponse.self)
        let arrived = ArrivedRequest(
            body: request.body, kind: kind, mode: mode, listener: listener, arrival: request.head.arrival,
            promise: answered
        ) { [peer = request.head.peer, bytes = request.body.readableBytes] error in
            refusal(of: error, peer: peer, bytes: bytes)
        }
        pipeline.answer(arrived, on: eventLoop)
        return answered.futureResult
    }

    private func refusal(of error: ProtocolError, peer: PeerAddress, bytes: Int) -> HTTPResponse {
        let status = error.code.isAuthentication ? 401 : 400
        refusals.refused(
            "request refused", peer: peer, listener: listener,
            fields: [
                "status": .stringConvertible(status), "code": "\(error.code.rawValue)", "reason": "\(error.message)",
                "path": "\(error.path)", "bytes": .stringConvertible(bytes),
            ])
        return .text(status, status == 401 ? "not authenticated" : "malformed request")
    }

    func transportRefused(_ refusal: TransportRefusal) {
        refusals.log(refusal, listener: listener)
    }
}

extension RefusalLog {
    /// Logs what the transport refused.
    func log(_ refusal: TransportRefusal, listener: String) {
        var fields: Logger.Metadata = ["code": "\(refusal.cause.rawValue)", "reason": "\(refusal.detail)"]
        if let status = refusal.status { fields["status"] = .stringConvertible(status) }
        refused("request refused by the transport", peer: refusal.peer, listener: listener, fields: fields)
    }
}

/// At most 100 characters of hostile text, for the log.
private func printable(_ text: String) -> String {
    visible(String(text.unicodeScalars.prefix(100)))
}
