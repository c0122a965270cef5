// What the connections of one listener share.

import NIOCore

/// The surroundings of a connection: whom it serves, within which limits.
final class ConnectionScope: Sendable {
    let service: any HTTPService
    let limits: ServerLimits
    let bodies: BodiesBudget
    let date: HTTPDateCache

    init(service: any HTTPService, limits: ServerLimits, bodies: BodiesBudget, date: HTTPDateCache) {
        self.service = service
        self.limits = limits
        self.bodies = bodies
        self.date = date
    }

    func report(_ cause: TransportRefusal.Cause, _ peer: PeerAddress, status: Int?, _ detail: String) {
        service.transportRefused(TransportRefusal(cause: cause, peer: peer, status: status, detail: detail))
    }
}

/// A refusal that the transport itself sends.
struct Refusal {
    var status: Int
    var cause: TransportRefusal.Cause
    /// The line that the peer gets; the log gets it too.
    var line: String

    var response: HTTPResponse {
        .text(status, line, headers: status == 503 ? [("Retry-After", "1")] : [])
    }

    static func malformed(_ line: String) -> Refusal { Refusal(status: 400, cause: .malformedHTTP, line: line) }
    static let headersTooLarge = Refusal(status: 431, cause: .headersTooLarge, line: "request head too large")
    static let bodyTooLarge = Refusal(status: 413, cause: .bodyTooLarge, line: "request body too large")
    static let noRoom = Refusal(
        status: 503, cause: .bodiesBudgetExhausted, line: "too many requests in memory, try again")
    static let headerTimeout = Refusal(status: 408, cause: .headerTimeout, line: "request head took too long")
    static let bodyTimeout = Refusal(status: 408, cause: .bodyTimeout, line: "request body took too long")
}

/// Sent down the pipeline of every connection when a shutdown begins.
enum ServerEvent: Sendable {
    case drain
}
