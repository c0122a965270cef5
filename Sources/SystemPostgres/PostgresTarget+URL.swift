// Reads a connection URL strictly. Errors never repeat the URL: it may hold a password that should not be there.

extension PostgresTarget {
    /// `postgresql://[user@]host[:port]/database[?parameter=value&...]`, or with `host=/directory` for a Unix socket.
    /// - Throws: `refused_target` for everything else, a password included.
    package init(url: String) throws(PostgresError) {
        guard let scheme = ["postgresql://", "postgres://"].first(where: { url.hasPrefix($0) }) else {
            throw Self.refused("does not begin with postgresql://")
        }
        let rest = url.dropFirst(scheme.count)
        guard !rest.contains("#") else { throw Self.refused("contains #; write %23") }
        let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        guard let location = parts.first, let slash = location.firstIndex(of: "/") else {
            throw Self.refused("names no database: postgresql://user@host:port/database")
        }
        let authority = try Self.authority(location[..<slash])
        var query = try Self.query(parts.count > 1 ? parts[1] : "")

        let user = try Self.either(authority.user, query.removeValue(forKey: "user"), "user")
        let port = try Self.either(authority.port, query.removeValue(forKey: "port"), "port")
        let hostName = try Self.either(authority.host, query.removeValue(forKey: "host"), "host")
        guard let hostName else { throw Self.refused("names no host; for a Unix socket add ?host=/directory") }
        let host: Host = hostName.hasPrefix("/") ? .socket(hostName) : .network(hostName)
        guard !hostName.contains(",") else { throw Self.refused("names several hosts; name one") }
        guard !hostName.hasPrefix("@") else { throw Self.refused("names an abstract socket; use a directory") }
        let database = try Self.decoded(location[location.index(after: slash)...])
        guard !database.isEmpty, !database.contains("/") else {
            throw Self.refused("names no database: postgresql://user@host:port/database")
        }
        self.host = host
        self.port = try Self.port(port ?? "5432")
        self.database = database
        self.user = user
        sslMode = try Self.sslMode(query.removeValue(forKey: "sslmode"), host)
        parameters = query
    }

    /// What may stand after `?`. Everything else, `options` and `hostaddr` above all, could undo what is checked here.
    private static let allowed: Set = [
        "host", "port", "user", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl", "channel_binding",
    ]

    private static func authority(_ text: Substring) throws(PostgresError) -> (
        user: String?, host: String?, port: String?
    ) {
        var (user, place): (String?, Substring) = (nil, text)
        if let at = text.lastIndex(of: "@") {
            guard !text[..<at].contains(":") else { throw passwordRefused }
            guard !text[..<at].contains("@") else { throw refused("contains two @; write %40 within the user") }
            user = try decoded(text[..<at])
            guard user != "" else { throw refused("has an empty user") }
            place = text[text.index(after: at)...]
        }
        if place.first == "[" {
            guard let end = place.firstIndex(of: "]") else { throw refused("has a [ without ]") }
            let address = place[place.index(after: place.startIndex)..<end]
            guard !address.isEmpty, address.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else {
                throw refused("has brackets around something that is no IPv6 address")
            }
            let after = place[place.index(after: end)...]
            guard after.isEmpty || after.first == ":" else { throw refused("has something after ] that is no port") }
            return (user, String(address), after.isEmpty ? nil : String(after.dropFirst()))
        }
        let pieces = place.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let host = try decoded(pieces.first ?? "")
        return (user, host.isEmpty ? nil : host, pieces.count > 1 ? String(pieces[1]) : nil)
    }

    private static func query(_ text: Substring) throws(PostgresError) -> [String: String] {
        var found: [String: String] = [:]
        guard !text.isEmpty else { return found }
        for pair in text.split(separator: "&", omittingEmptySubsequences: false) {
            guard let equals = pair.firstIndex(of: "=") else { throw refused("has a parameter without =") }
            let name = String(pair[..<equals])
            guard name != "password", name != "passfile", name != "sslpassword" else { throw passwordRefused }
            guard allowed.contains(name) else {
                throw refused(
                    "has a parameter that is not allowed; allowed are \(allowed.sorted().joined(separator: ", "))")
            }
            let value = try decoded(pair[pair.index(after: equals)...])
            guard !value.isEmpty else { throw refused("gives \(name) no value") }
            guard found.updateValue(value, forKey: name) == nil else { throw refused("gives \(name) twice") }
        }
        return found
    }

    private static func either(_ first: String?, _ second: String?, _ name: String) throws(PostgresError) -> String? {
        guard first == nil || second == nil else { throw refused("gives \(name) twice") }
        return first ?? second
    }

    private static func port(_ text: String) throws(PostgresError) -> UInt16 {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = UInt16(text), port > 0 else {
            throw refused("has a port that is not within 1 and 65535")
        }
        return port
    }

    private static func sslMode(_ text: String?, _ host: Host) throws(PostgresError) -> SSLMode {
        guard let text else {
            return switch host {
            case .socket: .disable
            case .network: host.isLocal ? .prefer : .verifyFull
            }
        }
        guard let mode = SSLMode(rawValue: text) else {
            throw refused("has an unknown sslmode; use verify-full")
        }
        return mode
    }

    /// Percent-decoded (RFC 3986 section 2.1) UTF-8 without control characters.
    private static func decoded(_ text: Substring) throws(PostgresError) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2).compactMap { Character(UnicodeScalar($0)).hexDigitValue }
            guard digits.count == 2 else { throw refused("has a % that is not followed by two hexadecimal digits") }
            bytes.append(UInt8(digits[0] << 4 | digits[1]))
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self),
            decoded.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f })
        else { throw refused("contains control characters or is not UTF-8") }
        return decoded
    }

    private static func refused(_ what: String) -> PostgresError {
        PostgresError(.refusedTarget, "The PostgreSQL URL \(what)")
    }

    private static let passwordRefused = PostgresError(
        .refusedTarget,
        "The PostgreSQL URL contains a password, which logs and process lists would show: use `password_file` or PGPASSWORD"
    )
}
