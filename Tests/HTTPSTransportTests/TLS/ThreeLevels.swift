// A root, an intermediate authority and a server certificate, made by OpenSSL's command line.

import Foundation
import TestSupport

struct ThreeLevels {
    let root: String
    let intermediate: String
    let leaf: String
    /// The server's key file.
    let key: String
    private let directory: TemporaryDirectory

    init() async throws {
        let directory = try TemporaryDirectory()
        func path(_ name: String) -> String { directory.file(name).path }
        func text(_ name: String) throws -> String { try String(contentsOf: directory.file(name), encoding: .utf8) }
        func make(_ name: String, issuer: String?, _ extensions: [String]) async throws {
            let parent = issuer.map { ["-CA", path("\($0).pem"), "-CAkey", path("\($0).key")] } ?? []
            let result = try await run(
                "openssl",
                [
                    "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "90",
                    "-keyout", path("\(name).key"), "-out", path("\(name).pem"), "-subj", "/CN=\(name)",
                ] + parent + extensions.flatMap { ["-addext", $0] })
            guard result.status == 0 else { throw CocoaError(.fileWriteUnknown) }
        }
        try await make("root", issuer: nil, ["keyUsage=critical,keyCertSign"])
        try await make("intermediate", issuer: "root", ["keyUsage=critical,keyCertSign"])
        try await make(
            "leaf", issuer: "intermediate", ["basicConstraints=critical,CA:FALSE", "subjectAltName=DNS:localhost"])
        self.directory = directory
        root = try text("root.pem")
        intermediate = try text("intermediate.pem")
        leaf = try text("leaf.pem")
        key = path("leaf.key")
    }

    func file(_ name: String, _ certificates: [String]) throws -> String {
        try directory.write(name, certificates.joined(), mode: 0o644)
    }
}
