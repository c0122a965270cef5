// The public half of a key that signs notes, as people exchange it.

import CallbackProtocol
package import SystemCrypto

/// A verifier key of a signed note (c2sp.org/signed-note) with an Ed25519 key: `name+hex(key ID)+base64(0x01 || key)`.
package struct NoteVerifierKey: Sendable, CustomStringConvertible {
    /// The signature type: Ed25519 over the text of the note.
    static let ed25519: UInt8 = 0x01

    /// Who signs; for the ledger's own key the origin of its checkpoints.
    package let name: String
    /// The first four bytes of SHA-256(name || 0x0A || 0x01 || key), the first one highest.
    package let keyID: UInt32
    package let publicKey: Ed25519PublicKey

    /// - Throws: `note_malformed` where a note cannot hold this name.
    package init(name: String, publicKey: Ed25519PublicKey) throws(LedgerError) {
        guard Self.isName(name) else {
            throw LedgerError(
                .noteMalformed, "the name of a key is not empty and holds no white space, control character or +")
        }
        self.name = name
        self.publicKey = publicKey
        let digest = SHA256Digest.hash(Array(name.utf8) + [0x0a, Self.ed25519] + publicKey.bytes)
        keyID = UInt32(bigEndianBytes: digest.prefix(4))
    }

    /// Reads a line as `description` writes it, without a line end.
    ///
    /// - Throws: `note_malformed`.
    package init(_ text: String) throws(LedgerError) {
        let parts = text.utf8.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1].count == 8, let encoded = StandardBase64.decode(Array(parts[2])[...]) else {
            throw LedgerError(.noteMalformed, "a verifier key is written name+8 hexadecimal digits+base64")
        }
        let (name, id) = (String(Substring(parts[0])), String(Substring(parts[1])))
        guard encoded.count == 33, encoded[0] == Self.ed25519 else {
            throw LedgerError(.noteMalformed, "the verifier key \(name.brief) is no Ed25519 key (type 0x01, 32 bytes)")
        }
        let key: Ed25519PublicKey
        do {
            key = try Ed25519PublicKey(bytes: Array(encoded.dropFirst()))
        } catch {
            throw LedgerError(.noteMalformed, error.message)
        }
        try self.init(name: name, publicKey: key)
        guard Hexadecimal.encode(keyID.bigEndianBytes) == id else {
            throw LedgerError(
                .noteMalformed, "the key ID \(id.brief) is not the one of this name and key: a part was mistyped")
        }
    }

    package var description: String {
        let encoded = StandardBase64.encode([Self.ed25519] + publicKey.bytes)
        return "\(name)+\(Hexadecimal.encode(keyID.bigEndianBytes))+\(encoded)"
    }

    /// Whether a note may hold this name: not empty, no Unicode space, no plus, no ASCII control character.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty
            && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "+" && !$0.properties.isWhitespace }
    }
}

extension NoteVerifierKey: Equatable {
    package static func == (left: NoteVerifierKey, right: NoteVerifierKey) -> Bool {
        isSameText(left.name, right.name) && left.publicKey.bytes == right.publicKey.bytes
    }
}

extension UInt32 {
    init(bigEndianBytes bytes: some Sequence<UInt8>) {
        self = bytes.reduce(0) { $0 << 8 | UInt32($1) }
    }

    var bigEndianBytes: [UInt8] {
        stride(from: 24, through: 0, by: -8).map { UInt8(truncatingIfNeeded: self >> UInt32($0)) }
    }
}
