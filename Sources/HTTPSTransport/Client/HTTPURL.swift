// The part of RFC 3986 that an endpoint needs: scheme, host, port, path. Everything else is refused, not ignored.

import NIOCore

/// An `http` or `https` URL without user information, query and fragment.
package struct HTTPURL: Sendable, Hashable, CustomStringConvertible {
    package enum Scheme: String, Sendable {
        case http, https

        package var defaultPort: Int { self == .https ? 443 : 80 }
    }

    package let scheme: Scheme
    /// Lowercase DNS name, IPv4 address, or IPv6 address without brackets.
    package let host: String
    package let port: Int
    /// As written: empty, or beginning with `/`.
    package let path: String

    /// Parses strictly. Fails with `url_invalid` and a sentence that says which part is wrong.
    package init(_ text: String) throws(TransportError) {
        func invalid(_ problem: String) -> TransportError {
            TransportError(.urlInvalid, "The URL \(shown(text)) is not usable: \(problem)")
        }
        guard text.utf8.count <= 2048 else { throw invalid("it is longer than 2,048 bytes") }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw invalid("it has spaces, control characters or characters outside ASCII; write those percent-encoded")
        }
        guard let schemeEnd = text.range(ofFirst: "://"),
            let scheme = Scheme(rawValue: text[..<schemeEnd.lowerBound].lowercased())
        else { throw invalid("it must begin with https:// or http://") }
        let rest = text[schemeEnd.upperBound...]
        if rest.contains("#") { throw invalid("a fragment (#) cannot be sent to a server") }
        if rest.contains("?") { throw invalid("a query (?) is not allowed here") }
        let authority = rest.prefix { $0 != "/" }
        if authority.contains("@") { throw invalid("user names and passwords (@) are not allowed") }
        let (host, port) = try Self.split(authority, invalid)
        let path = rest[authority.endIndex...]
        guard isPath(path) else {
            throw invalid("its path has characters that RFC 3986 does not allow there, or `.` or `..` segments")
        }
        self.scheme = scheme
        self.host = host
        self.port = port ?? scheme.defaultPort
        self.path = String(path)
    }

    private static func split(
        _ authority: Substring, _ invalid: (String) -> TransportError
    ) throws(TransportError) -> (String, Int?) {
        let host: Substring
        let portText: Substring?
        let isBracketed = authority.hasPrefix("[")
        if isBracketed {
            guard let end = authority.firstIndex(of: "]") else {
                throw invalid("the [ before its IPv6 address has no ]")
            }
            host = authority[authority.index(after: authority.startIndex)..<end]
            let after = authority[authority.index(after: end)...]
            guard after.isEmpty || after.hasPrefix(":") else {
                throw invalid("something stands between ] and the port")
            }
            portText = after.isEmpty ? nil : after.dropFirst()
        } else {
            host = authority.prefix { $0 != ":" }
            portText = host.endIndex == authority.endIndex ? nil : authority[host.endIndex...].dropFirst()
        }
        guard isBracketed ? isAddress(host, .inet6) : isName(host) || isAddress(host, .inet) else {
            throw invalid(
                host.isEmpty ? "it names no host" : "\(shown(String(host))) is neither a host name nor an IP address")
        }
        guard let portText else { return (host.lowercased(), nil) }
        guard portText.utf8.allSatisfy({ (0x30...0x39).contains($0) }), !portText.hasPrefix("0"),
            let port = Int(portText), (1...65_535).contains(port)
        else { throw invalid("its port must be a number from 1 to 65535") }
        return (host.lowercased(), port)
    }

    /// The host as it stands in a URL or Host field.
    package var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }

    package var description: String {
        "\(scheme.rawValue)://\(bracketedHost)\(port == scheme.defaultPort ? "" : ":\(port)")\(path)"
    }
}

private func isAddress(_ text: Substring, _ family: NIOBSDSocket.ProtocolFamily) -> Bool {
    guard !text.contains("%"), let address = try? SocketAddress(ipAddress: String(text), port: 0) else { return false }
    return address.protocol == family
}

/// Labels of letters, digits, `-` and `_`; the last one not of digits only, which an address would be (RFC 1123 section
/// 2).
private func isName(_ text: Substring) -> Bool {
    guard text.utf8.count <= 253 else { return false }
    let labels = text.split(separator: ".", omittingEmptySubsequences: false)
    guard let last = labels.last, last.utf8.contains(where: { !(0x30...0x39).contains($0) }) else { return false }
    return labels.allSatisfy { label in
        (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.utf8.allSatisfy { isLetterOrDigit($0) || $0 == 0x2d || $0 == 0x5f }
    }
}

/// `pchar` of RFC 3986 section 3.3, and slashes.
private func isPath(_ text: Substring) -> Bool {
    let bytes = Array(text.utf8)
    for (index, byte) in bytes.enumerated() {
        if byte == 0x25 {
            guard index + 2 < bytes.count, isHexadecimal(bytes[index + 1]), isHexadecimal(bytes[index + 2]) else {
                return false
            }
        } else if !isLetterOrDigit(byte), !"-._~!$&'()*+,;=:@/".utf8.contains(byte) {
            return false
        }
    }
    return text.split(separator: "/").allSatisfy { $0 != "." && $0 != ".." }
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
}

private func isHexadecimal(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x46).contains(byte) || (0x61...0x66).contains(byte)
}

/// What the operator wrote, fit for one line of a terminal.
private func shown(_ text: String) -> String {
    let ascii = text.unicodeScalars.prefix(100).map { $0.value >= 0x20 && $0.value != 0x7f ? Character($0) : "?" }
    return "\"\(String(ascii))\""
}

extension String {
    fileprivate func range(ofFirst needle: String) -> Range<Index>? {
        var start = startIndex
        while start < endIndex {
            if self[start...].hasPrefix(needle) { return start..<index(start, offsetBy: needle.count) }
            start = index(after: start)
        }
        return nil
    }
}
