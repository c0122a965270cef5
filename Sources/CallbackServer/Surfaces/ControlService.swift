// The control socket: what the operator's verbs ask of a running server. Only the server's own user can open it.

import CallbackProtocol
import HTTPSTransport
import NIOCore

/// `POST /rules/reload` and `/holds` over the Unix socket `data/control.sock`.
struct ControlService: HTTPService {
    let reloader: RulesReloader
    let holds: HoldsService
    let refusals: RefusalLog

    func refusal(of head: HTTPRequestHead) -> HTTPResponse? {
        if holds.serves(head) { return holds.refusal(of: head) }
        guard head.path == "/rules/reload" else { return .text(404, "not found") }
        return head.method == "POST" ? nil : .text(405, "only POST is answered here", headers: [("Allow", "POST")])
    }

    func respond(to request: HTTPRequest, on eventLoop: any EventLoop) -> EventLoopFuture<HTTPResponse> {
        if holds.serves(request.head) { return holds.respond(to: request, on: eventLoop) }
        let answered = eventLoop.makePromise(of: HTTPResponse.self)
        reloader.reload { result in answered.succeed(.json(result.loaded ? 200 : 409, result.json)) }
        return answered.futureResult
    }

    func transportRefused(_ refusal: TransportRefusal) {
        refusals.log(refusal, listener: "control")
    }
}

/// What a reload did. Where the new file has problems, the rules in force stay.
struct RulesReload: Sendable {
    var loaded: Bool
    var rulesDigest: String
    /// Diagnostics, one line each.
    var problems: [String]

    var json: JSONValue {
        .object(
            JSONObject([
                .init("loaded", .bool(loaded)), .init("rulesDigest", .string(rulesDigest)),
                .init("problems", .array(problems.map(JSONValue.string))),
            ]))
    }
}
