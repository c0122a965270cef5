// One HTTP/2 stream: one request and its answer.

import NIOCore

/// What is known of a stream. The callbacks of the library fill it, `HTTP2ConnectionHandler` decides on it; both run
/// on the event loop of the connection.
final class HTTP2Stream {
    enum Phase {
        /// Inside the header block.
        case head
        case body
        /// The service has the whole request.
        case deciding
        /// The answer is with the library.
        case responding
    }

    let id: Int32
    var phase = Phase.head
    /// When the phase must have ended.
    var deadline = NIODeadline.distantFuture

    // The head, as it comes.
    private var method = ""
    private var target = ""
    /// The peer wants the head of the answer only (RFC 9110 section 9.3.2).
    private(set) var omitsBody = false
    private(set) var contentLength: Int?
    private(set) var expectsContinue = false
    private(set) var headIsTooLarge = false
    /// Bytes of the head, counted as RFC 9113 section 6.5.2 says.
    private(set) var headSize = 0
    private var authority: String?
    private var hasHost = false
    private var fields = HTTPHeaderFields()

    /// The head as the service saw it, until the request is whole.
    var requestHead: HTTPRequestHead?
    var body = ByteBuffer()
    /// Bytes of the body that the budget had room for.
    var bodySize = 0
    /// Bytes taken from the budget, for the head and for the body.
    var reserved = 0
    /// The request was refused: what still comes of it is counted and thrown away.
    var discardsInput = false
    /// The whole answer has been sent.
    var isAnswered = false
    /// Its end has been reported, or is no event worth a report.
    var isReported = false
    /// The library has closed it; nothing can be sent on it any more.
    var isClosed = false
    /// What the library has not sent yet of the answer.
    var response = ByteBuffer()

    init(id: Int32) {
        self.id = id
    }

    /// Takes one field of the head; beyond the limit nothing is kept.
    func received(name: UnsafeBufferPointer<UInt8>, value: UnsafeBufferPointer<UInt8>, limit: Int) {
        headSize += name.count + value.count + 32
        guard headSize <= limit else {
            headIsTooLarge = true
            return
        }
        let text = String(decoding: value, as: UTF8.self)
        guard name.first == UInt8(ascii: ":") else {
            let name = String(decoding: name, as: UTF8.self)
            switch name {
            case "content-length": contentLength = Int(text)
            case "expect": expectsContinue = ResponseRules.matches(text, "100-continue")
            case "host": hasHost = true
            default: break
            }
            return fields.append(name, text)
        }
        switch String(decoding: name, as: UTF8.self) {
        case ":method":
            method = text
            omitsBody = text == "HEAD"
        case ":path": target = text
        case ":authority": authority = text
        default: break
        }
    }

    /// Takes the whole head out of the stream; the authority appears as the Host field that HTTP/1.1 would have.
    func takeHead(peer: PeerAddress, arrival: NIODeadline) -> HTTPRequestHead {
        defer { dropHead() }
        if let authority, !hasHost { fields.append("host", authority) }
        return HTTPRequestHead(
            method: method, target: target, headers: fields, version: .http2, peer: peer, arrival: arrival)
    }

    /// Lets go of everything that the peer sent.
    func dropInput() {
        dropHead()
        requestHead = nil
        body = ByteBuffer()
    }

    private func dropHead() {
        (method, target, authority) = ("", "", nil)
        fields = HTTPHeaderFields()
    }
}
