// Reads receipts that come from elsewhere.

import CallbackProtocol

extension DecisionReceipt {
    /// More hashes than a proof can have.
    private static let maximumHashes = 63

    /// Takes a receipt apart, strictly: what is read is what `serialized` writes, byte for byte.
    ///
    /// - Throws: `receipt_malformed`, with the line at fault; `note_malformed` for its checkpoint.
    package init(parsing bytes: [UInt8]) throws(LedgerError) {
        guard bytes.count <= Self.maximumBytes else {
            throw LedgerError(.receiptMalformed, "the receipt is longer than \(Self.maximumBytes) bytes")
        }
        guard bytes.starts(with: Array((Self.header + "\n").utf8)) else {
            throw LedgerError(.receiptMalformed, "line 1 is not \(Self.header): this is no receipt")
        }
        guard let blank = bytes.indices.dropLast().first(where: { bytes[$0] == 0x0a && bytes[$0 + 1] == 0x0a }) else {
            throw LedgerError(.receiptMalformed, "the receipt is cut off: a blank line and a checkpoint are missing")
        }
        let lines = bytes[..<blank].split(separator: 0x0a, omittingEmptySubsequences: false)
        guard lines.count > 1, let record = Self.value("extra ", lines[1]).flatMap(StandardBase64.decode) else {
            throw LedgerError(.receiptMalformed, "line 2 is not `extra` and the record in base64")
        }
        guard lines.count > 2, let index = Self.value("index ", lines[2]).flatMap(DecimalSize.parse) else {
            throw LedgerError(.receiptMalformed, "line 3 is not `index` and a decimal number")
        }
        guard lines.count <= 3 + Self.maximumHashes else {
            throw LedgerError(.receiptMalformed, "the proof has more than \(Self.maximumHashes) hashes")
        }
        var proof: [[UInt8]] = []
        for line in lines.dropFirst(3) {
            guard let hash = StandardBase64.decode(line), hash.count == MerkleHash.count else {
                throw LedgerError(
                    .receiptMalformed, "line \(4 + proof.count) is no hash of the proof: 32 bytes in base64")
            }
            proof.append(hash)
        }
        self.init(
            record: record, index: index, proof: proof,
            checkpoint: try SignedNote(parsing: Array(bytes[(blank + 2)...])))
    }

    private static func value(_ name: String, _ line: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        line.starts(with: name.utf8) ? line.dropFirst(name.utf8.count) : nil
    }
}
