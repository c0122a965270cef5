// From a caller's request to what NIOHTTP1 writes, without changing order, spelling or bytes.

import NIOCore
import NIOHTTP1

extension HTTPClientRequest {
    /// The head as it is sent. Fails with `request_invalid` where it would not be one well-formed HTTP/1.1 message:
    /// whoever controls a field's value must not be able to add fields or requests.
    func wireHead(isSecure: Bool) throws(TransportError) -> NIOHTTP1.HTTPRequestHead {
        guard !method.isEmpty, method.utf8.allSatisfy(isTokenByte) else {
            throw TransportError(.requestInvalid, "The method of the request is not a token of RFC 9110 section 5.6.2")
        }
        guard target.hasPrefix("/"), target.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x23 }) else {
            throw TransportError(
                .requestInvalid, "The request target must begin with / and hold no space, control character or #")
        }
        for field in headers.fields {
            guard !field.name.isEmpty, field.name.utf8.allSatisfy(isTokenByte),
                field.value.utf8.allSatisfy({ $0 == 0x09 || ($0 >= 0x20 && $0 != 0x7f) })
            else { throw TransportError(.requestInvalid, "A header field has a name or value that HTTP cannot carry") }
        }
        guard headers["Transfer-Encoding"].isEmpty else {
            throw TransportError(.requestInvalid, "Requests are sent with Content-Length; remove Transfer-Encoding")
        }
        var fields = headers.fields.map { ($0.name, $0.value) }
        if headers["Host"].isEmpty {
            let name = host.contains(":") ? "[\(host)]" : host
            fields.insert(("Host", port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"), at: 0)
        }
        let length = String(body.readableBytes)
        if headers["Content-Length"].isEmpty {
            if body.readableBytes > 0 || ["POST", "PUT", "PATCH"].contains(method) {
                fields.append(("Content-Length", length))
            }
        } else if headers["Content-Length"] != [length] {
            throw TransportError(.requestInvalid, "Content-Length differs from the \(length) bytes of the body")
        }
        return NIOHTTP1.HTTPRequestHead(
            version: .http1_1, method: HTTPMethod(rawValue: method), uri: target, headers: NIOHTTP1.HTTPHeaders(fields))
    }
}

/// `tchar` of RFC 9110 section 5.6.2.
private func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
