// What libpq is told when it connects.

import CPostgreSQL

/// Keywords and values of PQconnectStartParams (PostgreSQL manual, section 34.1.2), in the order they are given.
struct ConnectionParameters {
    private let pairs: [(keyword: String, value: String)]

    init(_ target: PostgresTarget, _ options: PostgresOptions) {
        let seconds = max(1, options.silence / 1_000)
        var pairs = [
            ("port", String(target.port)), ("dbname", target.database), ("sslmode", target.sslMode.rawValue),
            ("application_name", "countersign"), ("client_encoding", "UTF8"),
            // Kerberos encryption would be negotiated before TLS and needs nobody's certificate.
            ("gssencmode", "disable"), ("ssl_min_protocol_version", "TLSv1.2"),
            ("keepalives", "1"), ("keepalives_idle", String(seconds)), ("keepalives_interval", "1"),
            ("keepalives_count", "3"), ("tcp_user_timeout", String(options.silence)),
        ]
        switch target.host {
        case .network(let name): pairs.append(("host", name))
        case .socket(let directory): pairs.append(("host", directory))
        }
        if let user = target.user { pairs.append(("user", user)) }
        if let password = options.password { pairs.append(("password", password.text)) }
        pairs += target.parameters.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        // Without one, OpenSSL would ask a terminal for the passphrase of an encrypted key, and wait.
        if target.parameters["sslkey"] != nil { pairs.append(("sslpassword", "-")) }
        self.pairs = pairs
    }

    /// A connection attempt that has begun; libpq may give none when memory is short.
    func start() -> OpaquePointer? {
        withCStrings(pairs.map(\.keyword)) { keywords in
            withCStrings(pairs.map(\.value)) { values in PQconnectStartParams(keywords, values, 0) }
        }
    }

    /// Refuses settings of the environment that would lead the connection elsewhere than the URL says.
    static func checkEnvironment() throws(PostgresError) {
        guard let defaults = PQconndefaults() else { return }
        defer { PQconninfoFree(defaults) }
        var entry = defaults
        while let keyword = entry.pointee.keyword {
            let name = String(cString: keyword)
            if ["hostaddr", "service", "options"].contains(name), let value = entry.pointee.val, value.pointee != 0 {
                let variable = entry.pointee.envvar.map { String(cString: $0) } ?? name
                throw PostgresError(
                    .refusedTarget, "\(variable) in the environment would change the PostgreSQL connection: unset it")
            }
            entry = entry.successor()
        }
    }
}

/// Calls `body` with a null-terminated array of C strings that lives as long as the call.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> Result
) -> Result {
    let block = strings.map { Array($0.utf8CString) }
    var offsets: [Int] = []
    var flat: [CChar] = []
    for string in block {
        offsets.append(flat.count)
        flat.append(contentsOf: string)
    }
    return flat.withUnsafeBufferPointer { characters in
        var pointers: [UnsafePointer<CChar>?] = offsets.map { characters.baseAddress?.advanced(by: $0) }
        pointers.append(nil)
        return pointers.withUnsafeBufferPointer { array in
            // An array that holds at least the terminator has a base address.
            array.baseAddress.map(body) ?? withUnsafePointer(to: nil) { body($0) }
        }
    }
}
