// Signatures of files by OpenSSH keys: SSHSIG (OpenSSH's PROTOCOL.sshsig), as `ssh-keygen -Y sign` writes them.

import SystemCrypto

/// A signature as read: well formed, not verified.
package struct OpenSSHSignature: Sendable {
    package enum HashAlgorithm: String, Sendable, Hashable, CaseIterable {
        case sha256, sha512

        func hash(_ bytes: [UInt8]) -> [UInt8] {
            switch self {
            case .sha256: SHA256Digest.hash(bytes)
            case .sha512: SHA512Digest.hash(bytes)
            }
        }
    }

    /// The key that is said to have signed.
    package let publicKey: OpenSSHPublicKey
    /// What the signature is for; visible ASCII, not empty.
    package let namespace: String
    package let hashAlgorithm: HashAlgorithm
    let value: SSHSignatureValue

    /// Reads an armored file.
    package init(armored file: [UInt8]) throws(SignatureError) {
        try self.init(blob: SignatureArmor.decode(file))
    }

    /// Reads the bytes inside the armor to the last.
    init(blob: [UInt8]) throws(SignatureError) {
        var reader = SSHReader(blob)
        guard reader.bytes(6) == Self.magic, let version = reader.uint32() else { throw Self.damaged }
        guard version == 1 else {
            throw SignatureError(
                .unsupportedSignature, "Signatures of version \(version) are not known here, only version 1")
        }
        guard let key = reader.string(), let namespace = reader.string(), let reserved = reader.string(),
            let algorithm = reader.string(), let signature = reader.string(), reader.isAtEnd
        else { throw Self.damaged }
        guard reserved.isEmpty else {
            throw SignatureError(.unsupportedSignature, "The signature's reserved field is not empty")
        }
        guard let hash = HashAlgorithm.allCases.first(where: { Array($0.rawValue.utf8) == algorithm }) else {
            throw SignatureError(.unsupportedSignature, "The signature's hash algorithm is neither sha256 nor sha512")
        }
        guard (1...255).contains(namespace.count), isVisibleASCII(namespace) else {
            throw SignatureError(
                .unsupportedSignature,
                "The signature's namespace is empty, too long, or not of visible ASCII characters")
        }
        publicKey = try OpenSSHPublicKey(blob: key)
        self.namespace = String(decoding: namespace, as: UTF8.self)
        hashAlgorithm = hash
        value = try SSHSignatureValue(signature, type: publicKey.type)
    }

    /// Proves that the holder of `publicKey` signed `message` for `namespace`. Says nothing about who that is.
    package func verify(message: [UInt8], namespace: String) throws(SignatureError) -> VerifiedSignature {
        guard !namespace.isEmpty, Array(namespace.utf8) == Array(self.namespace.utf8) else {
            throw SignatureError(
                .wrongNamespace,
                "The signature is for the namespace \(self.namespace); sign again with `ssh-keygen -Y sign -n \(namespace)`"
            )
        }
        guard value.isValid(for: signedData(message), by: publicKey) else {
            throw SignatureError(
                .invalidSignature,
                "The signature is not one of exactly these bytes by the key \(publicKey.fingerprint)")
        }
        if let touch = value.touch, !touch.userPresent {
            throw SignatureError(.noUserPresence, "The token signed without being touched; sign again and touch it")
        }
        return VerifiedSignature(key: publicKey, namespace: namespace, touch: value.touch)
    }

    /// PROTOCOL.sshsig section 3.
    private func signedData(_ message: [UInt8]) -> [UInt8] {
        Self.magic + SSHWire.string(Array(namespace.utf8)) + SSHWire.string([])
            + SSHWire.string(Array(hashAlgorithm.rawValue.utf8)) + SSHWire.string(hashAlgorithm.hash(message))
    }

    private static let magic = Array("SSHSIG".utf8)
    private static let damaged = SignatureError(
        .unreadableSignature, "The signature is cut short, or has something in it that OpenSSH does not write")
}

/// Proof that a key signed a message for a namespace. Only `OpenSSHSignature.verify` makes one.
package struct VerifiedSignature: Sendable {
    package let key: OpenSSHPublicKey
    package let namespace: String
    /// What the FIDO2 token states; `nil` for keys in files.
    package let touch: TokenTouch?

    fileprivate init(key: OpenSSHPublicKey, namespace: String, touch: TokenTouch?) {
        self.key = key
        self.namespace = namespace
        self.touch = touch
    }
}
