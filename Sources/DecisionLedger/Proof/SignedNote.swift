// Texts signed by one or more keys: the envelope of checkpoints.

import CallbackProtocol
import SystemCrypto

/// A signed note (c2sp.org/signed-note): a text, a blank line, and lines `— name base64(key ID || signature)`.
///
/// What it says is worth nothing before `verified(by:)`.
package struct SignedNote: Sendable {
    /// The longest note that is read, in bytes: a hundred of the longest signatures fit.
    package static let maximumBytes = 512 << 10
    /// The most signatures of a note.
    package static let maximumSignatures = 100

    /// One line behind the text.
    package struct Signature: Sendable {
        package let name: String
        package let keyID: UInt32
        /// Without the key ID.
        package let bytes: [UInt8]
    }

    /// The text, with its last line end. Nobody vouches for it yet.
    package let unverifiedText: String
    package private(set) var signatures: [Signature]

    /// A text still without signatures.
    ///
    /// - Throws: `note_malformed` unless the text ends with a line end and holds no other control character.
    package init(text: String) throws(LedgerError) {
        guard text.utf8.last == UInt8(ascii: "\n"), Self.isPlain(text.utf8) else {
            throw LedgerError(
                .noteMalformed, "the text of a note ends with a line end and holds no other control character")
        }
        unverifiedText = text
        signatures = []
    }

    init(unverifiedText: String, signatures: [Signature]) {
        self.unverifiedText = unverifiedText
        self.signatures = signatures
    }

    mutating func add(_ signature: Signature) {
        signatures.append(signature)
    }

    static func isPlain(_ bytes: some Sequence<UInt8>) -> Bool {
        bytes.allSatisfy { $0 >= 0x20 || $0 == UInt8(ascii: "\n") }
    }

    /// The note as it is sent and stored.
    package var serialized: String {
        signatures.reduce(into: unverifiedText + "\n") { text, signature in
            text += "\u{2014} \(signature.name) "
            text += StandardBase64.encode(signature.keyID.bigEndianBytes + signature.bytes) + "\n"
        }
    }

    /// The text and who signed it, when at least one of `keys` did.
    ///
    /// Signatures of other keys say nothing. One under the name and ID of a known key must verify, or the whole note is
    /// refused.
    ///
    /// - Throws: `note_untrusted` or `note_bad_signature`.
    package func verified(by keys: [NoteVerifierKey]) throws(LedgerError) -> VerifiedNote {
        var signers: [NoteVerifierKey] = []
        let text = Array(unverifiedText.utf8)
        for signature in signatures {
            let known = keys.filter { isSameText($0.name, signature.name) && $0.keyID == signature.keyID }
            guard !known.isEmpty else { continue }
            guard let key = known.first(where: { $0.publicKey.isValid(signature: signature.bytes, for: text) }) else {
                throw LedgerError(
                    .noteBadSignature,
                    "the signature by \(signature.name.brief) does not verify: the text was altered after it was signed"
                )
            }
            if !signers.contains(key) { signers.append(key) }
        }
        guard !signers.isEmpty else {
            let names = signatures.prefix(3).map(\.name.brief).joined(separator: ", ")
            throw LedgerError(
                .noteUntrusted,
                "no trusted key signed this"
                    + (names.isEmpty ? "" : "; it names \(names): compare name and key ID with the verifier key"))
        }
        return VerifiedNote(text: unverifiedText, signers: signers)
    }
}

/// A text that at least one trusted key signed. Only `SignedNote.verified(by:)` makes one.
package struct VerifiedNote: Sendable {
    /// With its last line end.
    package let text: String
    /// The trusted keys that signed it.
    package let signers: [NoteVerifierKey]

    fileprivate init(text: String, signers: [NoteVerifierKey]) {
        self.text = text
        self.signers = signers
    }
}
