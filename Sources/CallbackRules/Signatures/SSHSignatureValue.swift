// The innermost part of a signature: numbers of the algorithm, and what a FIDO2 token adds (PROTOCOL.u2f).

import SystemCrypto

/// What a FIDO2 token states beside its signature, and signs.
package struct TokenTouch: Sendable, Hashable {
    /// WebAuthn section 6.1: bit 0 is user present, bit 2 user verified.
    package let flags: UInt8
    package let counter: UInt32

    /// Somebody touched the token.
    package var userPresent: Bool { flags & 0x01 != 0 }
    /// The token checked who: by PIN or fingerprint.
    package var userVerified: Bool { flags & 0x04 != 0 }
}

struct SSHSignatureValue: Sendable {
    private enum Numbers: Sendable {
        case ed25519([UInt8])
        case ecdsa(r: [UInt8], s: [UInt8])
    }

    private let numbers: Numbers
    let touch: TokenTouch?

    /// Reads a signature blob to its last byte. Its type must be the key's.
    init(_ blob: [UInt8], type: OpenSSHPublicKey.KeyType) throws(SignatureError) {
        var reader = SSHReader(blob)
        guard let name = reader.string() else { throw Self.damaged }
        guard name == Array(type.rawValue.utf8) else {
            throw SignatureError(
                .unsupportedSignature, "The signature is of another type than its key, \(type.rawValue)")
        }
        guard let body = reader.string() else { throw Self.damaged }
        switch type {
        case .ed25519, .tokenEd25519:
            guard body.count == 64 else { throw Self.damaged }
            numbers = .ed25519(body)
        case .ecdsa, .tokenECDSA:
            var pair = SSHReader(body)
            guard let r = pair.positiveInteger(limit: 32), let s = pair.positiveInteger(limit: 32), pair.isAtEnd else {
                throw Self.damaged
            }
            numbers = .ecdsa(r: r, s: s)
        }
        if type.isToken {
            guard let flags = reader.byte(), let counter = reader.uint32() else { throw Self.damaged }
            touch = TokenTouch(flags: flags, counter: counter)
        } else {
            touch = nil
        }
        guard reader.isAtEnd else { throw Self.damaged }
    }

    func isValid(for data: [UInt8], by key: OpenSSHPublicKey) -> Bool {
        var signed = data
        if let touch {
            signed =
                SHA256Digest.hash(key.application) + [touch.flags] + SSHWire.uint32(touch.counter)
                + SHA256Digest.hash(data)
        }
        return switch (numbers, key.material) {
        case (.ed25519(let signature), .ed25519(let key)): key.isValid(signature: signature, for: signed)
        case (.ecdsa(let r, let s), .p256(let key)): key.isValid(r: r, s: s, for: signed)
        default: false
        }
    }

    private static let damaged = SignatureError(
        .unreadableSignature, "The signature's innermost part is cut short, or not in the form that OpenSSH writes")
}
