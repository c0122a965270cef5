// What a response of the service must be before it goes on the wire.

/// Checks and completes responses for both versions of HTTP.
enum ResponseRules {
    static let internalError = HTTPResponse.text(500, "internal error")

    /// Whether a response can be sent as it is: a final status, names that are tokens, values without CR, LF or NUL
    /// (RFC 9110 section 5.5). One bad byte here would let an attacker's text write fields of its own.
    static func isSendable(_ response: HTTPResponse) -> Bool {
        (200...599).contains(response.status)
            && response.headers.fields.allSatisfy { field in
                !field.name.isEmpty && field.name.utf8.allSatisfy(isTokenByte)
                    && field.value.utf8.allSatisfy { $0 != 0x0d && $0 != 0x0a && $0 != 0 }
            }
    }

    /// Fields that only the transport writes; the service's are left out.
    static func belongsToTransport(_ name: String) -> Bool {
        switch name.utf8.count {
        case 4: matches(name, "date")
        case 6: matches(name, "server")
        case 7: matches(name, "upgrade") || matches(name, "trailer")
        case 10: matches(name, "connection") || matches(name, "keep-alive")
        case 14: matches(name, "content-length")
        case 16: matches(name, "proxy-connection")
        case 17: matches(name, "transfer-encoding")
        default: false
        }
    }

    /// Statuses that have no body and no Content-Length (RFC 9110 sections 15.3.5 and 15.4.5).
    static func hasNoContent(_ status: Int) -> Bool {
        status == 204 || status == 304
    }

    /// Compares a field's name with a lower-case one.
    static func matches(_ name: String, _ lowercase: StaticString) -> Bool {
        name.utf8.count == lowercase.utf8CodeUnitCount
            && lowercase.withUTF8Buffer { expected in
                zip(name.utf8, expected).allSatisfy { byte, other in lowercased(byte) == other }
            }
    }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x5e...0x7a, 0x7c, 0x7e, 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e: true
        default: false
        }
    }
}
