// Signatures put together by hand, for tests of our reader.

import Foundation
import TestSupport

@testable import CallbackRules

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
