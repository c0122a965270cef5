// Holds over HTTP: what waits for people, what they sign, and what they said.

import CallbackProtocol
import CallbackRules
import DecisionLedger
import HTTPSTransport
import Logging
import NIOCore

/// `GET /holds[?open=true]`, `GET /holds/N`, `GET /holds/N/statement?verdict=approve|refuse`, and `POST /holds/N/approve`
/// or `/holds/N/refuse` with an SSHSIG file as body. Whoever reaches this may look; only an approver's signature counts.
struct HoldsService: Sendable {
    let ledger: DecisionLedger
    let snapshot: CurrentSnapshot
    let logger: Logger

    private enum Route {
        case list(open: Bool)
        case show(Int64)
        case statement(Int64, HoldVerdict)
        case sign(Int64, HoldVerdict)

        var method: String { if case .sign = self { "POST" } else { "GET" } }

        init?(_ target: String) {
            let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let query = parts.count > 1 ? parts[1] : nil
            let path = parts[0].split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
            switch (path.count, path.count > 1 ? Int64(path[1]) : nil, path.count > 2 ? path[2] : nil, query) {
            case (1, nil, nil, nil): self = .list(open: false)
            case (1, nil, nil, "open=true"?): self = .list(open: true)
            case (2, let number?, nil, nil): self = .show(number)
            case (3, let number?, "statement"?, "verdict=approve"?): self = .statement(number, .approve)
            case (3, let number?, "statement"?, "verdict=refuse"?): self = .statement(number, .refuse)
            case (3, let number?, "approve"?, nil): self = .sign(number, .approve)
            case (3, let number?, "refuse"?, nil): self = .sign(number, .refuse)
            default: return nil
            }
        }
    }

    func serves(_ head: HTTPRequestHead) -> Bool { head.path == "/holds" || head.path.hasPrefix("/holds/") }

    func refusal(of head: HTTPRequestHead) -> HTTPResponse? {
        guard let route = Route(head.target) else { return .text(404, "not found") }
        guard head.method == route.method else {
            return .text(405, "only \(route.method) is answered here", headers: [("Allow", route.method)])
        }
        return nil
    }

    func respond(to request: HTTPRequest, on eventLoop: any EventLoop) -> EventLoopFuture<HTTPResponse> {
        guard let route = Route(request.head.target) else {
            return eventLoop.makeSucceededFuture(.text(404, "not found"))
        }
        let body = Array(request.body.readableBytesView)
        let answered = eventLoop.makePromise(of: HTTPResponse.self)
        answered.completeWithTask {
            do throws(LedgerError) {
                return try await respond(route, body)
            } catch {
                return .json(
                    Self.status(error.code),
                    .object(
                        JSONObject([
                            .init("code", .string(error.code.rawValue)), .init("message", .string(error.message)),
                        ])))
            }
        }
        return answered.futureResult
    }

    private func respond(_ route: Route, _ body: [UInt8]) async throws(LedgerError) -> HTTPResponse {
        switch route {
        case .list(let open): return .json(200, .array(try await ledger.holds(open: open).map(\.json)))
        case .show(let number): return .json(200, try await hold(number).json)
        case .statement(let number, let verdict):
            return HTTPResponse(
                status: 200, headers: HTTPHeaderFields([("Content-Type", "text/plain; charset=utf-8")]),
                body: ByteBuffer(bytes: try await hold(number).statement.bytes(verdict)))
        case .sign(let number, let verdict): return .json(200, try await sign(number, verdict, body).json)
        }
    }

    private func hold(_ number: Int64) async throws(LedgerError) -> Hold {
        guard let hold = try await ledger.hold(number) else {
            throw LedgerError.noHold(number)
        }
        return hold
    }

    private func sign(
        _ number: Int64, _ verdict: HoldVerdict, _ signature: [UInt8]
    ) async throws(LedgerError) -> Hold {
        let rules = snapshot.value.rules
        do throws(LedgerError) {
            let hold = try await ledger.sign(number, verdict, signature: signature) { rules.approvers(of: $0) }
            logger.notice(
                "a hold was signed",
                metadata: [
                    "event": "hold_signed", "hold": .stringConvertible(number), "verdict": "\(verdict.rawValue)",
                    "approver": "\(hold.voices.last?.name ?? "")", "key": "\(hold.voices.last?.key ?? "")",
                    "requestId": "\(hold.requestId)", "state": "\(hold.state.rawValue)",
                ])
            return hold
        } catch {
            logger.warning(
                "a signature for a hold was refused",
                metadata: [
                    "event": "hold_signature_refused", "hold": .stringConvertible(number),
                    "code": "\(error.code.rawValue)", "reason": "\(error.message)",
                ])
            throw error
        }
    }

    private static func status(_ code: LedgerError.Code) -> Int {
        switch code {
        case .noSuchHold: 404
        case .holdOver: 409
        case .signatureRefused: 403
        default: 503
        }
    }
}

extension Hold {
    /// As `holds list --json` prints it.
    var json: JSONValue {
        .object(
            JSONObject([
                .init("hold", .number(String(number))), .init("state", .string(state.rawValue)),
                .init("requestId", .string(requestId)), .init("rule", .string(rule)),
                .init("limit", limit.map(JSONValue.string) ?? .null), .init("openedAt", .string(opened.description)),
                .init("expiresAt", .string(expires.description)),
                .init("approvers", .string(approvers.name)), .init("required", .number(String(approvers.required))),
                .init(
                    "signatures",
                    .array(
                        voices.map { voice in
                            .object(
                                JSONObject([
                                    .init("verdict", .string(voice.verdict.rawValue)),
                                    .init("approver", .string(voice.name)), .init("key", .string(voice.key)),
                                    .init("at", .string(voice.at.description)),
                                ]))
                        })),
            ]))
    }
}
