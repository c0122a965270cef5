// A FIDO2 token in software: Python's `cryptography` signs what a token would, as OpenSSH's PROTOCOL.u2f lays it out.

import Foundation
import SystemCrypto
import TestSupport

/// A token's key line, and its signatures of `SSHKeygen.message`, one for each value of flags asked for.
struct SoftwareToken {
    let line: String
    /// Signature files, not armored.
    let blobs: [[UInt8]]

    init(
        type: String, flags: [UInt8], namespace: String = SSHKeygen.namespace, message: [UInt8] = SSHKeygen.message
    ) async throws {
        let result = try await run(
            "python3", ["-c", Self.script, type, namespace] + flags.map { String($0) }, stdin: Data(message))
        let lines = result.text.split(separator: "\n").map { String($0) }
        guard result.status == 0, lines.count == flags.count + 1 else { throw ToolFailure(text: result.errorText) }
        line = lines[0]
        blobs = lines.dropFirst().compactMap { Hexadecimal.decode($0) }
    }

    private static let script = """
        import base64, hashlib, sys
        from cryptography.hazmat.primitives import hashes, serialization
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils

        def string(data): return len(data).to_bytes(4, 'big') + data
        def mpint(number): return string(number.to_bytes(number.bit_length() // 8 + 1, 'big'))

        kind, namespace, message = sys.argv[1], sys.argv[2].encode(), sys.stdin.buffer.read()
        application, counter = b'ssh:', (7).to_bytes(4, 'big')
        raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
        if kind == 'sk-ssh-ed25519@openssh.com':
            private = ed25519.Ed25519PrivateKey.generate()
            fields = string(private.public_key().public_bytes(*raw))
        else:
            private = ec.generate_private_key(ec.SECP256R1())
            point = private.public_key().public_bytes(
                serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
            fields = string(b'nistp256') + string(point)
        key = string(kind.encode()) + fields + string(application)
        print(kind, base64.b64encode(key).decode(), 'token of a test')
        for word in sys.argv[3:]:
            flags = bytes([int(word)])
            head = b'SSHSIG' + string(namespace) + string(b'') + string(b'sha512')
            data = head + string(hashlib.sha512(message).digest())
            signed = hashlib.sha256(application).digest() + flags + counter + hashlib.sha256(data).digest()
            if kind == 'sk-ssh-ed25519@openssh.com':
                value = private.sign(signed)
            else:
                r, s = utils.decode_dss_signature(private.sign(signed, ec.ECDSA(hashes.SHA256())))
                value = mpint(r) + mpint(s)
            signature = string(kind.encode()) + string(value) + flags + counter
            print((b'SSHSIG' + (1).to_bytes(4, 'big') + string(key) + string(namespace) + string(b'')
                + string(b'sha512') + string(signature)).hex())
        """
}
