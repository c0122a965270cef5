// Reads signed notes that come from elsewhere.

import CallbackProtocol

extension SignedNote {
    private static let dash: [UInt8] = Array("\u{2014} ".utf8)

    /// Takes a note apart; the last empty line divides text and signatures.
    ///
    /// - Throws: `note_malformed` for more than 512 KiB or 100 signatures, bytes that are no UTF-8, control characters,
    ///   a missing blank line or last line end, and signature lines of another form.
    package init(parsing bytes: [UInt8]) throws(LedgerError) {
        guard bytes.count <= Self.maximumBytes else {
            throw LedgerError(.noteMalformed, "the note is longer than \(Self.maximumBytes) bytes")
        }
        guard Self.isPlain(bytes) else {
            throw LedgerError(.noteMalformed, "the note holds a control character; its lines end in LF alone")
        }
        guard let blank = bytes.indices.dropLast().last(where: { bytes[$0] == 0x0a && bytes[$0 + 1] == 0x0a }) else {
            throw LedgerError(.noteMalformed, "the note has no blank line between its text and its signatures")
        }
        guard let text = String(validating: bytes[...blank], as: UTF8.self) else {
            throw LedgerError(.noteMalformed, "the note is not UTF-8")
        }
        var lines = bytes[(blank + 2)...].split(separator: 0x0a, omittingEmptySubsequences: false)
        guard lines.count > 1, lines.removeLast().isEmpty else {
            throw LedgerError(.noteMalformed, "the note is cut off: it ends with a signature line and a line end")
        }
        guard lines.count <= Self.maximumSignatures else {
            throw LedgerError(.noteMalformed, "the note has more than \(Self.maximumSignatures) signatures")
        }
        var signatures: [Signature] = []
        for line in lines { signatures.append(try Self.signature(line)) }
        self.init(unverifiedText: text, signatures: signatures)
    }

    private static func signature(_ line: ArraySlice<UInt8>) throws(LedgerError) -> Signature {
        let parts = line.dropFirst(dash.count).split(
            separator: UInt8(ascii: " "), maxSplits: 1, omittingEmptySubsequences: false)
        guard line.starts(with: dash), parts.count == 2, let name = String(validating: parts[0], as: UTF8.self),
            NoteVerifierKey.isName(name), let encoded = StandardBase64.decode(parts[1]), encoded.count > 4
        else {
            throw LedgerError(
                .noteMalformed, "a signature line is an em dash, a key name and base64, with one space between them")
        }
        return Signature(
            name: name, keyID: UInt32(bigEndianBytes: encoded.prefix(4)), bytes: Array(encoded.dropFirst(4)))
    }
}
