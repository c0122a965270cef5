// Reads `sinks` strictly.

import HTTPSTransport
import NIOCore

extension SinkConfiguration {
    /// - Parameters:
    ///   - list: the value of `sinks`.
    ///   - path: makes the path of a file absolute.
    static func read(
        _ list: ConfigurationNode, environment: [String: String],
        path: (ConfigurationNode) throws(ServerError) -> String
    ) throws(ServerError) -> [SinkConfiguration] {
        var sinks: [SinkConfiguration] = []
        for element in try list.elements() {
            let sink = try read(element, environment, path)
            guard !sinks.contains(where: { $0.name == sink.name }) else {
                throw element.problem("a second sink at \(sink.name)")
            }
            sinks.append(sink)
        }
        guard (1...8).contains(sinks.count) else { throw list.problem("must name 1 to 8 sinks; remove it for none") }
        return sinks
    }

    private static func read(
        _ node: ConfigurationNode, _ environment: [String: String],
        _ path: (ConfigurationNode) throws(ServerError) -> String
    ) throws(ServerError) -> SinkConfiguration {
        let members = try node.members(allowed: ["syslog", "ca", "format", "queue", "facility", "insecure"])
        guard let urlNode = members["syslog"] else {
            throw node.problem("syslog is missing: the collector, for example \"tls://siem.example.com:6514\"")
        }
        let text = try urlNode.text(environment: environment)
        let isTLS = text.hasPrefix("tls://")
        guard isTLS || text.hasPrefix("tcp://"), let address = SocketAddressText(String(text.dropFirst(6))),
            address.port > 0, isHost(address.host)
        else {
            throw urlNode.problem("must be tls://HOST:PORT or tcp://HOST:PORT, for example tls://siem.example.com:6514")
        }
        if let ca = members["ca"], !isTLS { throw ca.problem("goes with tls:// only") }
        var isInsecure = false
        if let insecure = members["insecure"] {
            switch try insecure.text(environment: environment) {
            case "true": isInsecure = true
            case "false": break
            default: throw insecure.problem("must be true or false")
            }
            if isTLS { throw insecure.problem("goes with tcp:// only: a tls:// collector is always verified") }
        }
        guard isTLS || address.isLoopback || isInsecure else {
            throw urlNode.problem(
                "tcp:// sends decisions in the clear, so it is for loopback addresses; use tls://, or say insecure: true"
            )
        }
        return SinkConfiguration(
            transport: isTLS ? .tls(ca: try members["ca"].map(path)) : .tcp, host: address.host, port: address.port,
            format: try choice(members["format"], environment) ?? .syslog,
            queue: try count(members["queue"], environment) ?? 10_000,
            facility: try choice(members["facility"], environment) ?? .local0)
    }

    /// A DNS name or an IP address: nothing that a URL could hide in one.
    private static func isHost(_ text: String) -> Bool {
        if (try? SocketAddress(ipAddress: text, port: 0)) != nil { return true }
        return text.utf8.count <= 253 && !text.hasPrefix("-")
            && text.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
                    || byte == 0x2d || byte == 0x2e || byte == 0x5f
            }
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: ConfigurationNode?, _ environment: [String: String]
    ) throws(ServerError) -> Choice? where Choice.RawValue == String {
        guard let node else { return nil }
        guard let choice = Choice(rawValue: try node.text(environment: environment)) else {
            throw node.problem("must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    private static func count(
        _ node: ConfigurationNode?, _ environment: [String: String]
    ) throws(ServerError) -> Int? {
        guard let node else { return nil }
        let text = try node.text(environment: environment)
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let count = Int(text),
            (1...1_000_000).contains(count)
        else { throw node.problem("must be a whole number from 1 to 1000000") }
        return count
    }
}
