// Reads callback-server.yaml strictly: unknown keys, wrong units and missing parts are errors with their place.

import Foundation
import HTTPSTransport
import NIOCore

extension ServerConfiguration {
    /// Reads a configuration file. `environment` replaces `${NAME}` in values.
    static func read(
        file: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ServerError) -> ServerConfiguration {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: file))
        } catch {
            throw ServerError(
                .configurationUnreadable,
                "The configuration \(file) cannot be read; name it with --config, or make a directory with "
                    + "`callback-server init DIR`")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw ServerError(.configurationInvalid, "\(file): the file is not UTF-8 text")
        }
        return try read(text: text, file: file, environment: environment)
    }

    /// Reads the text of a configuration that stands, or is to stand, in `file`.
    static func read(
        text: String, file: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(ServerError) -> ServerConfiguration {
        let folder = URL(fileURLWithPath: file).standardizedFileURL.deletingLastPathComponent()
        return try ConfigurationReader(file: file, folder: folder, environment: environment).read(text)
    }
}

private struct ConfigurationReader {
    let file: String
    let folder: URL
    let environment: [String: String]

    func read(_ text: String) throws(ServerError) -> ServerConfiguration {
        let root = try ConfigurationNode.root(file: file, text: text)
        let members = try root.members(allowed: [
            "config_version", "deadline", "listeners", "limits", "cosigners", "response_keys", "rules", "ledger",
            "admin", "sinks",
            "control_socket", "log",
        ])
        guard let version = members["config_version"] else { throw root.problem("config_version: 1 is missing") }
        guard try version.text(environment: environment) == "1" else {
            throw version.problem("must be 1: this program knows no other version of the configuration")
        }
        let keys = try responseKeys(try required("response_keys", members, root))
        let ledger = try ledger(try required("ledger", members, root))
        let rules = try rules(try required("rules", members, root))
        let log = try members["log"]?.members(allowed: ["level", "format"]) ?? [:]
        return ServerConfiguration(
            file: file,
            deadline: try deadline(members["deadline"]),
            listeners: try listeners(try required("listeners", members, root)),
            limits: try limits(members["limits"]),
            cosigners: try members["cosigners"].map(cosigners) ?? [],
            defaultResponseKey: keys.default,
            signerResponseKeys: keys.signers,
            rulesFile: rules.file,
            rulesSignatures: rules.signatures,
            shadowRulesFile: rules.shadow,
            ledger: ledger,
            admin: try members["admin"].map(admin),
            sinks: try members["sinks"].map { (node) throws(ServerError) in
                try SinkConfiguration.read(node, environment: environment, path: path)
            } ?? [],
            controlSocket: try members["control_socket"].map(path) ?? controlSocket(beside: ledger),
            logLevel: try log["level"].map(logLevel) ?? "info",
            logFormat: try log["format"].map { (node) throws(ServerError) in try choice(node) } ?? .json)
    }

    /// Beside a ledger that is a file; else in the folder `data`.
    private func controlSocket(beside ledger: ServerConfiguration.Ledger) -> String {
        let data =
            if case .sqlite(let file) = ledger.store {
                URL(fileURLWithPath: file).deletingLastPathComponent()
            } else {
                folder.appendingPathComponent("data")
            }
        return data.appendingPathComponent("control.sock").path
    }

    private func ledger(_ node: ConfigurationNode) throws(ServerError) -> ServerConfiguration.Ledger {
        let members = try node.members(allowed: [
            "sqlite", "postgres", "password_file", "signing_key", "origin", "mask",
        ])
        let store: ServerConfiguration.Ledger.Store
        switch (members["sqlite"], members["postgres"]) {
        case (let file?, nil):
            if let password = members["password_file"] { throw password.problem("belongs to postgres, not to sqlite") }
            store = .sqlite(try path(file))
        case (nil, let url?):
            store = .postgres(url: try text(url), passwordFile: try members["password_file"].map(path))
        default: throw node.problem("needs either sqlite (a file) or postgres (a URL)")
        }
        var mask: [String] = []
        for element in try members["mask"]?.elements() ?? [] {
            let name = try text(element)
            guard !["requestId", "signerId", "type"].contains(name) else {
                throw element.problem("\(name) is part of the record and cannot be masked")
            }
            mask.append(name)
        }
        return ServerConfiguration.Ledger(
            store: store, signingKey: try path(try required("signing_key", members, node)),
            origin: try members["origin"].map(text), mask: mask)
    }

    private func required(
        _ name: String, _ members: [String: ConfigurationNode], _ parent: ConfigurationNode
    ) throws(ServerError) -> ConfigurationNode {
        guard let member = members[name] else { throw parent.problem("\(name) is missing") }
        return member
    }

    private func text(_ node: ConfigurationNode) throws(ServerError) -> String {
        try node.text(environment: environment)
    }

    private func path(_ node: ConfigurationNode) throws(ServerError) -> String {
        let text = try text(node)
        return text.hasPrefix("/") ? text : folder.appendingPathComponent(text).standardizedFileURL.path
    }

    private func choice<Choice: RawRepresentable & CaseIterable>(
        _ node: ConfigurationNode
    ) throws(ServerError) -> Choice where Choice.RawValue == String {
        guard let choice = Choice(rawValue: try text(node)) else {
            throw node.problem("must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return choice
    }

    private func address(_ node: ConfigurationNode) throws(ServerError) -> SocketAddressText {
        guard let address = SocketAddressText(try text(node)) else {
            throw node.problem("must be HOST:PORT, for example \"127.0.0.1:8443\" or \"[::1]:8443\"")
        }
        return address
    }

    private func deadline(_ node: ConfigurationNode?) throws(ServerError) -> TimeAmount {
        guard let node else { return .seconds(20) }
        let deadline = try duration(node)
        guard deadline >= .milliseconds(100), deadline <= .seconds(25) else {
            throw node.problem("must be between 100ms and 25s: the co-signer gives up after 30 s")
        }
        return deadline
    }

    private func duration(_ node: ConfigurationNode) throws(ServerError) -> TimeAmount {
        let text = try text(node)
        let units: [(String, Int64)] = [("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000)]
        for (unit, nanoseconds) in units where text.hasSuffix(unit) {
            if let count = wholeNumber(text.dropLast(unit.count)), count > 0, count <= 86_400_000 {
                return .nanoseconds(Int64(count) * nanoseconds)
            }
        }
        throw node.problem("must be a whole number with a unit, for example 500ms, 5s or 1m")
    }

    private func size(_ node: ConfigurationNode) throws(ServerError) -> Int {
        let text = try text(node)
        for (unit, bytes) in [("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30)] where text.hasSuffix(unit) {
            if let count = wholeNumber(text.dropLast(unit.count)), count > 0, count <= 1 << 20 { return count * bytes }
        }
        throw node.problem("must be a whole number with a unit, for example 64KiB or 8MiB")
    }

    private func wholeNumber(_ text: some StringProtocol) -> Int? {
        text.utf8.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } ? Int(text) : nil
    }

    private func tls(_ node: ConfigurationNode) throws(ServerError) -> ServerConfiguration.TLSFiles {
        let members = try node.members(allowed: ["certificate", "private_key"])
        return ServerConfiguration.TLSFiles(
            certificate: try path(try required("certificate", members, node)),
            privateKey: try path(try required("private_key", members, node)))
    }

    private func listeners(_ node: ConfigurationNode) throws(ServerError) -> [ServerConfiguration.Listener] {
        var listeners: [ServerConfiguration.Listener] = []
        for element in try node.elements() {
            let listener = try listener(element)
            guard listener.address.port == 0 || !listeners.contains(where: { $0.address == listener.address }) else {
                throw element.problem("a second listener at \(listener.address)")
            }
            listeners.append(listener)
        }
        guard !listeners.isEmpty else { throw node.problem("needs at least one listener") }
        return listeners
    }

    private func listener(_ node: ConfigurationNode) throws(ServerError) -> ServerConfiguration.Listener {
        let members = try node.members(allowed: ["address", "mode", "base_path", "allow_from", "tls"])
        let mode: ServerConfiguration.Mode = try choice(try required("mode", members, node))
        let allowFrom = try members["allow_from"].map { (list) throws(ServerError) in try networks(list) }
        if mode == .certificate, allowFrom == nil {
            throw node.problem(
                "allow_from is missing: in certificate mode the protocol does not authenticate the peer, so the list "
                    + "of networks that may ask is required, for example [\"10.1.2.3/32\"]")
        }
        return ServerConfiguration.Listener(
            address: try address(try required("address", members, node)),
            mode: mode,
            basePath: try members["base_path"].map(basePath) ?? "",
            allowFrom: allowFrom,
            tls: try tls(try required("tls", members, node)))
    }

    private func networks(_ node: ConfigurationNode) throws(ServerError) -> [String] {
        var networks: [String] = []
        for element in try node.elements() {
            let text = try text(element)
            do throws(TransportError) {
                _ = try CIDR(text)
            } catch {
                throw element.problem(
                    "must be a network in CIDR notation, like 10.0.0.0/8 or 2001:db8::/32: \(error.message)")
            }
            networks.append(text)
        }
        guard !networks.isEmpty else { throw node.problem("must name at least one network") }
        return networks
    }

    private func basePath(_ node: ConfigurationNode) throws(ServerError) -> String {
        let text = try text(node)
        let allowed = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != 0x3f && $0 != 0x23 && $0 != 0x25 }
        guard text.hasPrefix("/"), allowed, !text.contains("//"), !text.split(separator: "/").contains("..") else {
            throw node.problem("must be a path like / or /fireblocks/callback_handler")
        }
        return text.hasSuffix("/") ? String(text.dropLast()) : text
    }

    private func limits(_ node: ConfigurationNode?) throws(ServerError) -> ServerLimits {
        var limits = ServerLimits()
        guard let node else { return limits }
        let members = try node.members(allowed: [
            "body", "bodies", "handshake_timeout", "header_timeout", "body_timeout", "idle_timeout", "connections",
        ])
        if let body = members["body"] { limits.body = try size(body) }
        if let bodies = members["bodies"] { limits.bodies = try size(bodies) }
        guard limits.bodies >= limits.body else { throw node.problem("bodies must not be smaller than body") }
        if let timeout = members["handshake_timeout"] { limits.handshakeTimeout = try duration(timeout) }
        if let timeout = members["header_timeout"] { limits.headerTimeout = try duration(timeout) }
        if let timeout = members["body_timeout"] { limits.bodyTimeout = try duration(timeout) }
        if let timeout = members["idle_timeout"] { limits.idleTimeout = try duration(timeout) }
        if let connections = members["connections"] {
            guard let count = wholeNumber(try text(connections)), (1...1_000_000).contains(count) else {
                throw connections.problem("must be a whole number from 1 to 1000000")
            }
            limits.connections = count
        }
        return limits
    }

    private func cosigners(_ node: ConfigurationNode) throws(ServerError) -> [ServerConfiguration.Cosigner] {
        var cosigners: [ServerConfiguration.Cosigner] = []
        for element in try node.elements() {
            let members = try element.members(allowed: ["name", "public_key"])
            let cosigner = ServerConfiguration.Cosigner(
                name: try text(try required("name", members, element)),
                publicKey: try path(try required("public_key", members, element)))
            guard !cosigners.contains(where: { $0.name == cosigner.name }) else {
                throw element.problem("a second co-signer with the name \(cosigner.name)")
            }
            cosigners.append(cosigner)
        }
        return cosigners
    }

    private func responseKeys(
        _ node: ConfigurationNode
    ) throws(ServerError) -> (default: String, signers: [String: String]) {
        let members = try node.members(allowed: ["default", "signers"])
        var signers: [String: String] = [:]
        for (signerId, file) in try members["signers"]?.entries() ?? [] { signers[signerId] = try path(file) }
        return (try path(try required("default", members, node)), signers)
    }

    private func rules(
        _ node: ConfigurationNode
    ) throws(ServerError) -> (file: String, signatures: RulesSignatures?, shadow: String?) {
        let members = try node.members(allowed: ["file", "signatures", "shadow"])
        return (
            try path(try required("file", members, node)),
            try members["signatures"].map { (node) throws(ServerError) in try signatures(node) },
            try members["shadow"].map { (node) throws(ServerError) in try path(node) }
        )
    }

    private func signatures(_ node: ConfigurationNode) throws(ServerError) -> RulesSignatures {
        let members = try node.members(allowed: ["allowed_signers", "required"])
        let required = try required("required", members, node)
        guard let count = Int(try required.text(environment: environment)), (1...100).contains(count) else {
            throw required.problem("must be a whole number, 1 to 100")
        }
        return RulesSignatures(
            allowedSigners: try path(try self.required("allowed_signers", members, node)), required: count)
    }

    private func admin(_ node: ConfigurationNode) throws(ServerError) -> ServerConfiguration.Admin {
        let members = try node.members(allowed: ["address", "tls", "holds"])
        let addressNode = try required("address", members, node)
        let admin = ServerConfiguration.Admin(
            address: try address(addressNode),
            tls: try members["tls"].map { (files) throws(ServerError) in try tls(files) },
            holds: try members["holds"].map(flag) ?? false)
        guard admin.tls != nil || admin.address.isLoopback else {
            throw addressNode.problem(
                "without tls the admin listener must be on a loopback address, like 127.0.0.1:9443")
        }
        return admin
    }

    private func flag(_ node: ConfigurationNode) throws(ServerError) -> Bool {
        switch try text(node) {
        case "true": return true
        case "false": return false
        default: throw node.problem("must be true or false")
        }
    }

    private func logLevel(_ node: ConfigurationNode) throws(ServerError) -> String {
        let levels = ["trace", "debug", "info", "notice", "warning", "error", "critical"]
        let level = try text(node)
        guard levels.contains(level) else { throw node.problem("must be one of \(levels.joined(separator: ", "))") }
        return level
    }
}
