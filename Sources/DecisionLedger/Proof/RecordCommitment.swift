// Commitments to values that a record must not show: who holds a value can prove later that it was there.

package import CallbackProtocol
package import SystemCrypto

/// SHA-256(salt || pointer || 0x00 || value): a salted commitment to one value of a payload.
///
/// `pointer` is the UTF-8 text of its path (`SecretRedaction`: RFC 6901), `value` its compact JSON text. It hides the value
/// as long as the salt is secret, and nobody finds a second value for it.
package enum RecordCommitment {
    /// `sha256:` and 64 hexadecimal digits.
    ///
    /// - Parameter salt: 32 bytes, used for this one value (`RecordSalt.salt(for:)`).
    package static func make(salt: [UInt8], pointer: String, value: [UInt8]) -> String {
        SHA256Digest.label(SHA256Digest.hash(salt + Array(pointer.utf8) + [0] + value))
    }

    /// Whether `commitment` is the one to this value. Takes the same time whatever it finds.
    package static func check(_ commitment: String, salt: [UInt8], pointer: String, value: [UInt8]) -> Bool {
        constantTimeEqual(
            Array(commitment.utf8), Array(make(salt: salt, pointer: pointer, value: value).utf8))
    }
}

/// What hides the committed values of one record: 32 random bytes that stay beside its row and never stand in it.
///
/// Each value has a salt of its own, derived from these bytes. So one value can be opened to an auditor, by handing out its
/// salt, while the others of the record stay hidden; with one salt for all of them, a short value could then be guessed.
package struct RecordSalt: Sendable {
    /// 32 bytes, as they are stored.
    package let bytes: [UInt8]

    package static func random() throws(CryptoError) -> RecordSalt {
        RecordSalt(unchecked: try SecureRandom.bytes(32))
    }

    /// Takes stored bytes; `nil` unless they are 32.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        self.init(unchecked: bytes)
    }

    private init(unchecked bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The salt of the value at `pointer`: SHA-256(pointer || 0x00 || record's salt).
    package func salt(for pointer: String) -> [UInt8] {
        SHA256Digest.hash(Array(pointer.utf8) + [0] + bytes)
    }

    /// The commitments to what was removed from a payload, by path, in the order of RFC 8785 (UTF-16 units). `nil` where
    /// nothing was removed: the record then has no member `commitments`.
    package func commitments(to removed: [SecretRedaction.RemovedValue]) -> JSONObject? {
        guard !removed.isEmpty else { return nil }
        let members = removed.map { value in
            JSONObject.Member(
                value.path,
                .string(
                    RecordCommitment.make(
                        salt: salt(for: value.path), pointer: value.path, value: Array(value.value.utf8))))
        }
        return JSONObject(members.sorted { $0.name.utf16.lexicographicallyPrecedes($1.name.utf16) })
    }
}
