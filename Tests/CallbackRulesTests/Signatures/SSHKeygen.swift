// The real ssh-keygen, and signatures put together by hand, for tests of our reader.

import Foundation
import TestSupport

@testable import CallbackRules

/// Keys and signatures in a directory of their own, made and judged by ssh-keygen.
struct SSHKeygen {
    static let namespace = "countersign-hold"
    static let message = Array("approve: pay 1.5 ETH\n".utf8)

    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A new key pair in files `name` and `name.pub`; returns the public line.
    func makeKey(_ name: String, type: String = "ed25519", comment: String = "someone") async throws -> String {
        let size = type == "ecdsa" ? ["-b", "256"] : []
        let made = try await run(
            "ssh-keygen", ["-q", "-t", type] + size + ["-N", "", "-C", comment, "-f", directory.file(name).path])
        guard made.status == 0 else { throw ToolFailure(text: made.errorText) }
        return try String(contentsOf: directory.file(name + ".pub"), encoding: .utf8)
    }

    /// The armored signature of `message`.
    func sign(
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
    func accepts(
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

struct ToolFailure: Error {
    var text: String
}

/// Signature files from their bytes, as OpenSSH lays them out.
enum Forge {
    static func armor(_ blob: [UInt8], width: Int = 70, lineEnd: String = "\n") -> [UInt8] {
        let text = Array(Data(blob).base64EncodedString())
        var lines = stride(from: 0, to: text.count, by: width).map { String(text[$0..<min($0 + width, text.count)]) }
        lines = ["-----BEGIN SSH SIGNATURE-----"] + lines + ["-----END SSH SIGNATURE-----"]
        return Array(lines.map { $0 + lineEnd }.joined().utf8)
    }

    static func string(_ bytes: [UInt8]) -> [UInt8] { SSHWire.string(bytes) }

    static func string(_ text: String) -> [UInt8] { SSHWire.string(Array(text.utf8)) }

    static func blob(
        magic: String = "SSHSIG", version: UInt32 = 1, key: [UInt8], namespace: String = SSHKeygen.namespace,
        reserved: String = "", hash: String = "sha512", signature: [UInt8], trailer: [UInt8] = []
    ) -> [UInt8] {
        Array(magic.utf8) + SSHWire.uint32(version) + string(key) + string(namespace) + string(reserved) + string(hash)
            + string(signature) + trailer
    }

    /// The first strings in some bytes.
    static func strings(_ count: Int, in bytes: some Sequence<UInt8>) throws -> [[UInt8]] {
        var reader = SSHReader(bytes)
        let strings = (0..<count).compactMap { _ in reader.string() }
        guard strings.count == count else { throw ToolFailure(text: "fewer than \(count) strings") }
        return strings
    }

    /// The key blob and the signature blob inside a signature.
    static func parts(of blob: [UInt8]) throws -> (key: [UInt8], signature: [UInt8]) {
        let strings = try strings(5, in: blob.dropFirst(10))
        return (strings[0], strings[4])
    }
}

/// Whether we accept the signature, by whichever key it says.
func weAccept(
    _ blob: [UInt8], of message: [UInt8] = SSHKeygen.message, namespace: String = SSHKeygen.namespace
) -> Bool {
    (try? OpenSSHSignature(armored: Forge.armor(blob)).verify(message: message, namespace: namespace)) != nil
}
