// Collects one response, within bounds, and judges its framing (RFC 9112 section 6.3). No I/O.

import NIOCore
import NIOHTTP1

struct HTTPResponseCollector {
    private let isHeadRequest: Bool
    private let options: HTTPClientOptions
    private var head: NIOHTTP1.HTTPResponseHead?
    private var body = ByteBuffer()

    init(method: String, options: HTTPClientOptions) {
        self.isHeadRequest = method == "HEAD"
        self.options = options
    }

    var hasBegun: Bool { head != nil }

    /// Whether the connection can carry another exchange after this one.
    var allowsReuse: Bool {
        guard let head, head.isKeepAlive else { return false }
        return !head.headers["content-length"].isEmpty || !head.headers["transfer-encoding"].isEmpty || isHeadRequest
            || head.status.code == 204 || head.status.code == 304
    }

    mutating func receive(_ head: NIOHTTP1.HTTPResponseHead) throws(TransportError) {
        guard head.version.major == 1, head.status.code >= 200, head.status.code <= 599 else {
            throw malformed("\(head.version) and status \(head.status.code) are not an answer to this request")
        }
        let lengths = head.headers["content-length"]
        let codings = head.headers["transfer-encoding"]
        guard lengths.isEmpty || codings.isEmpty else {
            throw malformed("it has both Content-Length and Transfer-Encoding, so its end is ambiguous")
        }
        guard lengths.count <= 1 else { throw malformed("it has several Content-Length fields") }
        if let coding = codings.first {
            guard codings.count == 1, coding.utf8.elementsEqualIgnoringASCIICase("chunked".utf8),
                head.version == .http1_1
            else { throw malformed("its Transfer-Encoding is not `chunked`") }
        }
        if let text = lengths.first {
            guard let length = Int(text), text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw malformed("its Content-Length is not a number")
            }
            guard length <= options.maximumResponseBody || isHeadRequest else { throw tooLarge() }
        }
        self.head = head
    }

    mutating func receive(_ part: ByteBuffer) throws(TransportError) {
        guard body.readableBytes + part.readableBytes <= options.maximumResponseBody else { throw tooLarge() }
        body.writeImmutableBuffer(part)
    }

    func response(elapsed: TimeAmount, tlsObservations: [String]) -> HTTPClientResponse? {
        guard let head else { return nil }
        return HTTPClientResponse(
            status: Int(head.status.code), headers: HTTPHeaderFields(head.headers.map { ($0.name, $0.value) }),
            body: body, elapsed: elapsed, tlsObservations: tlsObservations)
    }

    private func malformed(_ problem: String) -> TransportError {
        TransportError(.malformedResponse, "The response is malformed: \(problem)")
    }

    private func tooLarge() -> TransportError {
        TransportError(
            .responseTooLarge, "The response's body is longer than \(options.maximumResponseBody) bytes")
    }
}
