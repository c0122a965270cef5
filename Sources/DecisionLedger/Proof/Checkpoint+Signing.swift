// Checkpoints as signed notes.

import CallbackProtocol

extension Checkpoint {
    /// This checkpoint as a note, signed. Whoever signs must never have signed another history (see docs/ledger.md).
    package func signed(by signer: NoteSigner) throws(LedgerError) -> SignedNote {
        try signer.sign(SignedNote(text: text))
    }

    /// The checkpoint in a note that a key of its log signed.
    ///
    /// - Parameters:
    ///   - keys: the verifier keys that are trusted.
    ///   - origin: the log that is expected, when its keys have other names; each of `keys` must then be one that may speak
    ///     for it. `nil`: the log whose name a key has that signed, so that a witness among `keys` does not stand in for it.
    /// - Throws: `note_untrusted`, `note_bad_signature`, `checkpoint_malformed` or `checkpoint_origin`.
    package init(
        verifying note: SignedNote, by keys: [NoteVerifierKey], origin: String? = nil
    ) throws(LedgerError) {
        let verified = try note.verified(by: keys)
        try self.init(text: verified.text)
        let own = self.origin
        if let origin {
            guard isSameText(own, origin) else {
                throw LedgerError(
                    .checkpointOrigin, "the checkpoint is one of the log \(own.brief), not of \(origin.brief)")
            }
        } else {
            guard verified.signers.contains(where: { isSameText($0.name, own) }) else {
                throw LedgerError(
                    .checkpointOrigin, "no trusted key of the log \(own.brief) itself signed this checkpoint")
            }
        }
    }
}
