// Signs notes with the ledger's key.

package import SystemCrypto

/// A named Ed25519 key that signs notes. Read once; signs from any thread.
package struct NoteSigner: Sendable {
    private let key: Ed25519PrivateKey
    /// What those who check its notes need.
    package let verifierKey: NoteVerifierKey

    /// - Throws: `note_malformed` where a note cannot hold this name.
    package init(name: String, key: Ed25519PrivateKey) throws(LedgerError) {
        self.key = key
        verifierKey = try NoteVerifierKey(name: name, publicKey: key.publicKey)
    }

    /// The note with one more signature, behind those that it has.
    package func sign(_ note: SignedNote) throws(LedgerError) -> SignedNote {
        let bytes: [UInt8]
        do {
            bytes = try key.sign(Array(note.unverifiedText.utf8))
        } catch {
            throw LedgerError(.signingFailed, error.message)
        }
        var signed = note
        signed.add(.init(name: verifierKey.name, keyID: verifierKey.keyID, bytes: bytes))
        return signed
    }
}
