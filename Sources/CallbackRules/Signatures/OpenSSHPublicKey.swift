// Public keys of people, in the form in which OpenSSH writes them (RFC 4253 section 6.6, RFC 8709, PROTOCOL.u2f).

import CallbackProtocol
import SystemCrypto

/// An OpenSSH public key that may sign approvals and rules files: Ed25519 or ECDSA P-256, in a file or on a FIDO2 token.
package struct OpenSSHPublicKey: Sendable {
    package enum KeyType: String, Sendable, Hashable, CaseIterable {
        case ed25519 = "ssh-ed25519"
        case ecdsa = "ecdsa-sha2-nistp256"
        case tokenEd25519 = "sk-ssh-ed25519@openssh.com"
        case tokenECDSA = "sk-ecdsa-sha2-nistp256@openssh.com"

        /// Whether the private key is on a FIDO2 token, which signs when somebody touches it.
        package var isToken: Bool { self == .tokenEd25519 || self == .tokenECDSA }
    }

    enum Material: Sendable {
        case ed25519(Ed25519PublicKey)
        case p256(P256PublicKey)

        var bytes: [UInt8] {
            switch self {
            case .ed25519(let key): key.bytes
            case .p256(let key): key.point
            }
        }
    }

    package let type: KeyType
    /// The key as it stands in signatures: what base64 shows in a `.pub` file.
    package let blob: [UInt8]
    /// What stands behind the key in its line; it proves nothing about who holds it.
    package let comment: String
    let material: Material
    /// The FIDO2 application, for tokens only.
    let application: [UInt8]

    /// Reads one line `TYPE BASE64 [COMMENT]`, as in a `.pub` file; its line end may be there.
    package init(line: String) throws(SignatureError) {
        var units = Array(line.utf8)[...]
        if units.last == UInt8(ascii: "\n") { units.removeLast() }
        if units.last == UInt8(ascii: "\r") { units.removeLast() }
        guard !units.contains(where: { $0 < 0x20 && $0 != UInt8(ascii: "\t") || $0 == 0x7f }) else {
            throw SignatureError(.unreadableKey, "A public key is one line without control characters")
        }
        try self.init(fields: units)
    }

    init(fields units: ArraySlice<UInt8>) throws(SignatureError) {
        var rest = units
        let name = rest.takeWord()
        let type = try Self.type(named: Array(name))
        guard let blob = StandardBase64.decode(rest.takeWord()) else {
            throw SignatureError(
                .unreadableKey, "Behind \(type.rawValue) stands no base64 text as `ssh-keygen` writes it")
        }
        try self.init(blob: blob, comment: String(decoding: rest, as: UTF8.self))
        guard self.type == type else {
            throw SignatureError(.unreadableKey, "The line says \(type.rawValue), the key in it \(self.type.rawValue)")
        }
    }

    /// Reads a key blob to its last byte.
    init(blob: [UInt8], comment: String = "") throws(SignatureError) {
        var reader = SSHReader(blob)
        guard let name = reader.string() else { throw Self.damaged }
        type = try Self.type(named: name)
        if type == .ecdsa || type == .tokenECDSA, reader.string() != Array("nistp256".utf8) {
            throw SignatureError(.unreadableKey, "The ECDSA key is not on the curve nistp256 that its type names")
        }
        guard let encoded = reader.string() else { throw Self.damaged }
        application = type.isToken ? reader.string() ?? [] : []
        guard reader.isAtEnd, application.isEmpty != type.isToken, !application.contains(0) else { throw Self.damaged }
        do {
            switch type {
            case .ed25519, .tokenEd25519: material = .ed25519(try Ed25519PublicKey(bytes: encoded))
            case .ecdsa, .tokenECDSA: material = .p256(try P256PublicKey(point: encoded))
            }
        } catch {
            throw SignatureError(.unreadableKey, error.message)
        }
        self.blob = blob
        self.comment = comment
    }

    /// `SHA256:` and base64 without padding, as `ssh-keygen -l` shows it.
    package var fingerprint: String { "SHA256:" + StandardBase64.encodeWithoutPadding(SHA256Digest.hash(blob)) }

    private static let damaged = SignatureError(
        .unreadableKey, "The key is cut short or has something behind its end; copy the whole line of the .pub file")

    private static func type(named name: [UInt8]) throws(SignatureError) -> KeyType {
        if let type = KeyType.allCases.first(where: { Array($0.rawValue.utf8) == name }) { return type }
        guard !name.isEmpty, name.count <= 64, isVisibleASCII(name) else {
            throw SignatureError(.unreadableKey, "A public key begins with its type, for example ssh-ed25519")
        }
        throw SignatureError(
            .unsupportedKey,
            "\(String(decoding: name, as: UTF8.self)) is no type of key that is accepted here; make one with "
                + "`ssh-keygen -t ed25519`, or `-t ed25519-sk` for a FIDO2 token")
    }
}

extension OpenSSHPublicKey: Hashable {
    /// By key blob: comments do not matter.
    package static func == (left: OpenSSHPublicKey, right: OpenSSHPublicKey) -> Bool { left.blob == right.blob }

    package func hash(into hasher: inout Hasher) { hasher.combine(blob) }
}

extension ArraySlice<UInt8> {
    /// Removes blanks at the front, then the word up to the next blank, then the blanks behind it.
    mutating func takeWord() -> ArraySlice<UInt8> {
        skipBlanks()
        let word = prefix { !Self.isBlank($0) }
        self = dropFirst(word.count)
        skipBlanks()
        return word
    }

    mutating func skipBlanks() { self = drop(while: Self.isBlank) }

    static func isBlank(_ unit: UInt8) -> Bool { unit == UInt8(ascii: " ") || unit == UInt8(ascii: "\t") }
}
