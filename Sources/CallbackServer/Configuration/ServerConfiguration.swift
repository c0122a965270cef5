// The configuration of one callback server, as read from callback-server.yaml.

import Foundation
import HTTPSTransport
import NIOCore

/// Everything that the operator decides. Paths are absolute here: relative ones were joined to the file's folder.
struct ServerConfiguration: Sendable {
    /// How a listener talks; see docs/protocol.md for the co-signer's five security options.
    enum Mode: String, Sendable, CaseIterable {
        /// JWT bodies at `/v2` paths: security options public-key and the two hybrid ones.
        case publicKey = "public-key"
        /// Plain JSON without `/v2`: the peer is not authenticated by the protocol.
        case certificate
    }

    struct TLSFiles: Sendable, Equatable {
        var certificate: String
        var privateKey: String
    }

    struct Listener: Sendable {
        var address: SocketAddressText
        var mode: Mode
        /// Without a trailing slash; empty for `/`.
        var basePath: String
        /// Peers that may connect, in CIDR notation; `nil` lets everybody. Required in certificate mode.
        var allowFrom: [String]?
        var tls: TLSFiles
    }

    struct Cosigner: Sendable {
        var name: String
        var publicKey: String
    }

    struct Admin: Sendable {
        var address: SocketAddressText
        /// Without TLS the address must be a loopback one.
        var tls: TLSFiles?
        /// Whether approvers may read and sign holds here.
        var holds = false
    }

    enum LogFormat: String, Sendable, CaseIterable {
        case json
        case text
    }

    /// The configuration file itself, for messages.
    var file: String
    var deadline: TimeAmount
    var listeners: [Listener]
    var limits: ServerLimits
    var cosigners: [Cosigner]
    var defaultResponseKey: String
    /// signerId to key file.
    var signerResponseKeys: [String: String]
    var rulesFile: String
    /// Who must have signed the rules; `nil` takes them unsigned.
    var rulesSignatures: RulesSignatures?
    /// Rules that are only tried.
    var shadowRulesFile: String?
    var ledger: Ledger
    var admin: Admin?
    /// Collectors that are told of every decision; empty for none.
    var sinks: [SinkConfiguration] = []
    var controlSocket: String
    var logLevel: String
    var logFormat: LogFormat
}

/// `HOST:PORT` as written: an IP address or a name, IPv6 in brackets.
struct SocketAddressText: Sendable, Hashable, CustomStringConvertible {
    var host: String
    var port: Int

    init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
            (0...65_535).contains(port), text[text.index(after: colon)...].allSatisfy(\.isASCIIDigit)
        else { return nil }
        var host = String(text[..<colon])
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = String(host.dropFirst().dropLast())
            guard host.contains(":") else { return nil }
        } else if host.contains(":") {
            return nil
        }
        guard !host.isEmpty, host.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != 0x2f }) else { return nil }
        self.host = host
        self.port = port
    }

    /// Whether only this host can reach the address: `localhost`, `::1`, or an IPv4 address of 127.0.0.0/8.
    var isLoopback: Bool {
        if host == "localhost" || host == "::1" { return true }
        guard case .v4(let address)? = try? SocketAddress(ipAddress: host, port: 0) else { return false }
        return UInt32(bigEndian: address.address.sin_addr.s_addr) >> 24 == 127
    }

    var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
