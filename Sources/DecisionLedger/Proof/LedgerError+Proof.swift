// Why a proof, a note, a checkpoint or a receipt was refused.

import CallbackProtocol

extension LedgerError.Code {
    /// An index or size that the log does not have.
    package static let proofOutOfRange = Self(rawValue: "proof_out_of_range")
    /// A proof has not the form that its index and size give it.
    package static let proofMalformed = Self(rawValue: "proof_malformed")
    /// A proof is well formed and proves something else.
    package static let proofInvalid = Self(rawValue: "proof_invalid")
    /// The bytes are no signed note, or the text no verifier key.
    package static let noteMalformed = Self(rawValue: "note_malformed")
    /// No key that is trusted signed the note.
    package static let noteUntrusted = Self(rawValue: "note_untrusted")
    /// A signature under the name of a trusted key is none of it.
    package static let noteBadSignature = Self(rawValue: "note_bad_signature")
    /// The text of a note is no checkpoint.
    package static let checkpointMalformed = Self(rawValue: "checkpoint_malformed")
    /// libcrypto could not sign.
    package static let signingFailed = Self(rawValue: "signing_failed")
    /// The checkpoint is one of another log.
    package static let checkpointOrigin = Self(rawValue: "checkpoint_origin")
    /// The bytes are no receipt.
    package static let receiptMalformed = Self(rawValue: "receipt_malformed")
    /// The lines are no export.
    package static let exportMalformed = Self(rawValue: "export_malformed")
    /// A record is not canonical JSON of the form that records have.
    package static let recordMalformed = Self(rawValue: "record_malformed")
    /// A record says another place than the one at which it stands.
    package static let recordMisplaced = Self(rawValue: "record_misplaced")
}

extension String {
    /// The beginning of a text from elsewhere, as it may stand in a message.
    var brief: String { CallbackProtocol.visible(String(String.UnicodeScalarView(unicodeScalars.prefix(100)))) }
}
