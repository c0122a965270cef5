// The admin listener: is the server alive, and is it ready. Never on a public listener.

import CallbackProtocol
import HTTPSTransport
import NIOCore

/// `GET /healthz` and `GET /readyz`; `/holds` where the operator lets approvers in.
struct AdminService: HTTPService {
    let readiness: Readiness
    let holds: HoldsService?
    let refusals: RefusalLog

    func refusal(of head: HTTPRequestHead) -> HTTPResponse? {
        if let holds, holds.serves(head) { return holds.refusal(of: head) }
        guard ["/healthz", "/readyz"].contains(head.path) else { return .text(404, "not found") }
        guard head.method == "GET" || head.method == "HEAD" else {
            return .text(405, "only GET is answered here", headers: [("Allow", "GET, HEAD")])
        }
        return nil
    }

    func respond(to request: HTTPRequest, on eventLoop: any EventLoop) -> EventLoopFuture<HTTPResponse> {
        if let holds, holds.serves(request.head) { return holds.respond(to: request, on: eventLoop) }
        if request.head.path == "/healthz" { return eventLoop.makeSucceededFuture(.text(200, "ok")) }
        let reasons = readiness.reasons()
        let body = JSONValue.object(
            JSONObject([
                .init("ready", .bool(reasons.isEmpty)), .init("reasons", .array(reasons.map(JSONValue.string))),
                .init("warnings", .array(readiness.warnings().map(JSONValue.string))),
            ]))
        return eventLoop.makeSucceededFuture(.json(reasons.isEmpty ? 200 : 503, body))
    }

    func transportRefused(_ refusal: TransportRefusal) {
        refusals.log(refusal, listener: "admin")
    }
}

extension HTTPResponse {
    /// A JSON value with a line feed, for the surfaces that scripts read.
    static func json(_ status: Int, _ value: JSONValue) -> HTTPResponse {
        HTTPResponse(
            status: status, headers: HTTPHeaderFields([("Content-Type", "application/json")]),
            body: ByteBuffer(bytes: value.serialized() + [0x0a]))
    }
}
