// The real ssh-keygen: keys and signatures for tests of what reads them.

import Foundation

/// Keys and signatures in a directory of their own, made and judged by ssh-keygen.
package struct SSHKeygen: Sendable {
    package static let namespace = "countersign-hold"
    package static let message = Array("approve: pay 1.5 ETH\n".utf8)

    package let directory: TemporaryDirectory

    package init() throws { directory = try TemporaryDirectory() }

    /// A new key pair in files `name` and `name.pub`; returns the public line.
    package func makeKey(_ name: String, type: String = "ed25519", comment: String = "someone") async throws -> String {
        let size = type == "ecdsa" ? ["-b", "256"] : []
        let made = try await run(
            "ssh-keygen", ["-q", "-t", type] + size + ["-N", "", "-C", comment, "-f", directory.file(name).path])
        guard made.status == 0 else { throw ToolFailure(text: made.errorText) }
        return try String(contentsOf: directory.file(name + ".pub"), encoding: .utf8)
    }

    /// A new key of each type under these names, as the `keys` of a group of approvers in a rules file.
    package func approvers(_ types: KeyValuePairs<String, String>) async throws -> String {
        var lines = ""
        for (name, type) in types {
            let key = try await makeKey(name, type: type, comment: name)
            lines += "      \(name): \"\(key.trimmingCharacters(in: .whitespacesAndNewlines))\"\n"
        }
        return lines
    }

    /// The armored signature of `message`.
    package func sign(
        _ message: [UInt8] = SSHKeygen.message, key: String, namespace: String = SSHKeygen.namespace,
        hash: String = "sha512"
    ) async throws -> [UInt8] {
        let signed = try await run(
            "ssh-keygen",
            ["-q", "-Y", "sign", "-n", namespace, "-f", directory.file(key).path, "-O", "hashalg=\(hash)"],
            stdin: Data(message))
        guard signed.status == 0 else { throw ToolFailure(text: signed.errorText) }
        return Array(signed.output)
    }

    /// Whether ssh-keygen accepts the signature; in Tokyo, so that local times are not UTC.
    package func accepts(
        _ signature: [UInt8], of message: [UInt8] = SSHKeygen.message, by principal: String,
        namespace: String = SSHKeygen.namespace, allowed: String, at time: String? = nil
    ) async throws -> Bool {
        let name = UUID().uuidString
        try Data(signature).write(to: directory.file(name + ".sig"))
        let list = try directory.write(name + ".allowed", allowed)
        let verified = try await run(
            "ssh-keygen",
            ["-q", "-Y", "verify", "-I", principal, "-n", namespace, "-f", list]
                + ["-s", directory.file(name + ".sig").path] + (time.map { ["-O", "verify-time=\($0)"] } ?? []),
            stdin: Data(message), environment: ["TZ": "Asia/Tokyo"])
        return verified.status == 0
    }
}

/// A program that is not ours failed; its own words.
package struct ToolFailure: Error {
    package var text: String

    package init(text: String) { self.text = text }
}
