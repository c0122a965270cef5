// Where a PostgreSQL server is, and how it proves who it is.

/// A parsed connection URL (PostgreSQL manual, section 34.1.1.2) with an allow-list of parameters. Holds no secret.
package struct PostgresTarget: Sendable, Hashable, CustomStringConvertible {
    /// How the server is reached.
    package enum Host: Sendable, Hashable {
        /// A name or an address.
        case network(String)
        /// The directory of a Unix socket.
        case socket(String)

        /// Whether the connection stays on this machine.
        var isLocal: Bool {
            switch self {
            case .socket: true
            case .network(let name): name == "localhost" || name == "::1" || Self.isLoopback(name)
            }
        }

        /// 127.0.0.0/8 in dotted-decimal form.
        private static func isLoopback(_ name: String) -> Bool {
            let parts = name.split(separator: ".", omittingEmptySubsequences: false)
            return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
        }
    }

    /// libpq's `sslmode`.
    package enum SSLMode: String, Sendable, Hashable {
        case disable, allow, prefer, require
        case verifyCA = "verify-ca"
        case verifyFull = "verify-full"

        /// Whether the server has to prove that it holds a certificate of the named authority.
        var verifies: Bool { self == .verifyCA || self == .verifyFull }
    }

    package let host: Host
    package let port: UInt16
    package let database: String
    /// Without one, libpq takes PGUSER or the name of the operating system's user.
    package let user: String?
    package let sslMode: SSLMode
    /// Other allowed parameters of the URL: sslrootcert, sslcert, sslkey, sslcrl, channel_binding.
    let parameters: [String: String]

    /// `host:port/database`, for logs and errors.
    package var description: String {
        switch host {
        case .network(let name): name.contains(":") ? "[\(name)]:\(port)/\(database)" : "\(name):\(port)/\(database)"
        case .socket(let directory): "\(directory):\(port)/\(database)"
        }
    }

    /// - Throws: `refused_target` where the connection would trust whoever answers.
    func checkSecurity(insecure: Bool) throws(PostgresError) {
        if sslMode.verifies, parameters["sslrootcert"] == nil {
            throw PostgresError(
                .refusedTarget,
                "\(self): sslmode=\(sslMode.rawValue) needs sslrootcert=FILE, the certificate of the server's authority"
            )
        }
        guard !host.isLocal, !sslMode.verifies, !insecure else { return }
        throw PostgresError(
            .refusedTarget,
            "\(self): sslmode=\(sslMode.rawValue) would trust any server that answers; use sslmode=verify-full with "
                + "sslrootcert=FILE")
    }
}
