// One entry of `sinks` in callback-server.yaml.

/// Where decisions are sent as they are recorded, beside the ledger.
struct SinkConfiguration: Sendable, Equatable {
    enum Transport: Sendable, Equatable {
        /// In the clear: loopback addresses, or whatever the operator calls insecure.
        case tcp
        /// TLS with the certificates of this file as the only trust, or with the host's trust.
        case tls(ca: String?)
    }

    /// What the message carries behind its syslog header.
    enum Format: String, Sendable, CaseIterable {
        case syslog, cef, ecs
    }

    var transport: Transport
    var host: String
    /// 1 to 65535.
    var port: Int
    var format: Format
    /// Decisions that may wait, 1 to 1,000,000.
    var queue: Int
    var facility: SyslogFacility

    /// As the operator wrote it; names the sink in log and `/readyz`.
    var name: String {
        let scheme = transport == .tcp ? "tcp" : "tls"
        return "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
