// What the head of an HTTP/1.1 request must say before anything is done with it (RFC 9112).

import NIOCore
import NIOHTTP1

/// How the body of a request is delimited (RFC 9112 section 6.3).
enum HTTP1BodyFraming: Equatable {
    case none
    case length(Int)
    case chunked
}

/// A head that may be served.
struct HTTP1AcceptedHead {
    var fields: HTTPHeaderFields
    var target: String
    var framing: HTTP1BodyFraming
    /// The client waits for `100 Continue` before it sends the body (RFC 9110 section 10.1.1).
    var expectsContinue: Bool
    /// The connection cannot carry another request after this one.
    var closes: Bool
}

/// Judges heads. The parser below has refused most of what is malformed; what is left here are the rules that decide
/// where one request ends and the next begins, so that no intermediary can disagree with us about it.
enum HTTP1RequestRules {
    static func judge(_ head: NIOHTTP1.HTTPRequestHead, limit: Int) -> Result<HTTP1AcceptedHead, RefusalError> {
        var size = head.method.rawValue.utf8.count + head.uri.utf8.count + 12
        var fields = HTTPHeaderFields()
        fields.reserveCapacity(head.headers.count)
        var hosts = 0
        var lengths: [String] = []
        var encodings: [String] = []
        var expectations: [String] = []
        var upgrades = false
        for (name, value) in head.headers {
            size += name.utf8.count + value.utf8.count + 4
            fields.append(name, value)
            switch name.utf8.count {
            case 4 where ResponseRules.matches(name, "host"): hosts += 1
            case 6 where ResponseRules.matches(name, "expect"): expectations.append(value)
            case 7 where ResponseRules.matches(name, "upgrade"): upgrades = true
            case 14 where ResponseRules.matches(name, "content-length"): lengths.append(value)
            case 17 where ResponseRules.matches(name, "transfer-encoding"): encodings.append(value)
            default: break
            }
        }
        guard size <= limit else { return .failure(.init(.headersTooLarge)) }
        let isOld = head.version.minor == 0
        guard isOld || hosts == 1 else { return .failure(.init(.malformed("exactly one Host field is needed"))) }
        let framing: HTTP1BodyFraming
        switch bodyFraming(lengths: lengths, encodings: encodings, isOld: isOld) {
        case .success(let found): framing = found
        case .failure(let error): return .failure(error)
        }
        var expectsContinue = false
        if !isOld, let expectation = expectations.first {
            guard expectations.count == 1, ResponseRules.matches(expectation, "100-continue") else {
                return .failure(
                    .init(Refusal(status: 417, cause: .malformedHTTP, line: "only 100-continue can be expected")))
            }
            expectsContinue = framing != .none
        }
        // After an upgrade request or CONNECT the parser stops, because other bytes may follow. We never upgrade.
        let closes = isOld || !head.isKeepAlive || upgrades || head.method == .CONNECT
        return .success(
            HTTP1AcceptedHead(
                fields: fields, target: originForm(head.uri), framing: framing, expectsContinue: expectsContinue,
                closes: closes))
    }

    private static func bodyFraming(
        lengths: [String], encodings: [String], isOld: Bool
    ) -> Result<HTTP1BodyFraming, RefusalError> {
        guard encodings.isEmpty else {
            guard lengths.isEmpty, !isOld, encodings.count == 1, ResponseRules.matches(encodings[0], "chunked") else {
                return .failure(.init(.malformed("bad Transfer-Encoding")))
            }
            return .success(.chunked)
        }
        guard let text = lengths.first else { return .success(.none) }
        guard lengths.count == 1, !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let length = Int(text)
        else { return .failure(.init(.malformed("bad Content-Length"))) }
        return .success(length == 0 ? .none : .length(length))
    }

    /// Servers must accept the absolute form (RFC 9112 section 3.2.2); the service sees the origin form.
    private static func originForm(_ target: String) -> String {
        for scheme in ["http://", "https://"] where target.hasPrefix(scheme) {
            let rest = target.dropFirst(scheme.count)
            guard let slash = rest.firstIndex(where: { $0 == "/" || $0 == "?" }) else { return "/" }
            return rest[slash] == "/" ? String(rest[slash...]) : "/" + rest[slash...]
        }
        return target
    }
}

/// A refusal as an error, for `Result`.
struct RefusalError: Error {
    var refusal: Refusal

    init(_ refusal: Refusal) {
        self.refusal = refusal
    }
}
