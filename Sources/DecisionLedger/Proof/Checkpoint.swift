// The head of the log at one size: what is signed, and what every proof leads to.

import CallbackProtocol

/// A checkpoint (c2sp.org/tlog-checkpoint): origin, size and root of a log, in lines of text.
package struct Checkpoint: Sendable {
    /// The unique name of the log; a URL without scheme, as a rule, and the name of its key.
    package let origin: String
    /// Leaves in the log.
    package let size: Int
    /// 32 bytes (RFC 6962 section 2.1).
    package let rootHash: [UInt8]
    /// Further lines, without meaning here, kept as they are.
    package let extensions: [String]

    /// - Throws: `checkpoint_malformed` for a line that is empty or holds a control character, a size below 0, and a
    ///   root that has not 32 bytes.
    package init(origin: String, size: Int, rootHash: [UInt8], extensions: [String] = []) throws(LedgerError) {
        guard ([origin] + extensions).allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy { $0 >= 0x20 } }) else {
            throw LedgerError(
                .checkpointMalformed, "the origin and further lines are not empty and hold no control character")
        }
        guard size >= 0, rootHash.count == MerkleHash.count else {
            throw LedgerError(.checkpointMalformed, "a log has 0 or more entries and a root of 32 bytes")
        }
        self.origin = origin
        self.size = size
        self.rootHash = rootHash
        self.extensions = extensions
    }

    /// Reads the text of a note.
    ///
    /// - Throws: `checkpoint_malformed`, with the line at fault.
    package init(text: String) throws(LedgerError) {
        var lines = text.utf8.split(separator: 0x0a, omittingEmptySubsequences: false)
        guard lines.removeLast().isEmpty, lines.count >= 3, lines.allSatisfy({ !$0.isEmpty }) else {
            throw LedgerError(
                .checkpointMalformed, "a checkpoint is origin, size and root in three lines, and no line is empty")
        }
        guard let size = DecimalSize.parse(Array(lines[1])[...]) else {
            throw LedgerError(
                .checkpointMalformed, "line 2 is no size: decimal digits without a leading zero, at most \(Int.max)")
        }
        guard let root = StandardBase64.decode(Array(lines[2])[...]), root.count == MerkleHash.count else {
            throw LedgerError(.checkpointMalformed, "line 3 is no root: 32 bytes in base64")
        }
        try self.init(
            origin: String(Substring(lines[0])), size: size, rootHash: root,
            extensions: lines.dropFirst(3).map { String(Substring($0)) })
    }

    /// The text of its note, with the last line end.
    package var text: String {
        ([origin, String(size), StandardBase64.encode(rootHash)] + extensions).map { $0 + "\n" }.joined()
    }
}

extension Checkpoint: Equatable {
    package static func == (left: Checkpoint, right: Checkpoint) -> Bool { isSameText(left.text, right.text) }
}

/// Sizes and indices as text.
enum DecimalSize {
    /// Decimal digits without a sign or a leading zero; `nil` for anything else and above `Int.max`.
    static func parse(_ digits: ArraySlice<UInt8>) -> Int? {
        guard (1...19).contains(digits.count), digits.allSatisfy({ $0 &- 0x30 < 10 }),
            digits.first != UInt8(ascii: "0") || digits.count == 1
        else { return nil }
        return Int(String(decoding: digits, as: UTF8.self))
    }
}
