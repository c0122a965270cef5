// Checks proofs, with nothing but hashes that are given.

/// The verification algorithms of RFC 9162, sections 2.1.3.2 and 2.1.4.2.
package enum MerkleProof {
    /// Checks that a leaf stands at `index` in the log of `size` leaves that has this root.
    ///
    /// - Throws: `proof_out_of_range`, `proof_malformed` or `proof_invalid`.
    package static func verifyInclusion(
        leafHash: [UInt8], index: Int, size: Int, proof: [[UInt8]], root: [UInt8]
    ) throws(LedgerError) {
        guard 0 <= index, index < size else {
            throw LedgerError(.proofOutOfRange, "a log of \(max(0, size)) entries has none at index \(index)")
        }
        try checkHashes(proof + [leafHash, root])
        let needed = inclusionCount(index: index, size: size)
        guard proof.count == needed else {
            throw LedgerError(
                .proofMalformed,
                "the proof for index \(index) of \(size) has \(needed) hashes; this one has \(proof.count)")
        }
        var (first, last, hash) = (index, size - 1, leafHash)
        for other in proof {
            if isRight(first, last) {
                hash = MerkleHash.node(other, hash)
                skip(&first, &last)
            } else {
                hash = MerkleHash.node(hash, other)
            }
            (first, last) = (first >> 1, last >> 1)
        }
        guard last == 0, hash == root else {
            throw LedgerError(
                .proofInvalid,
                "the record, its index or its proof was altered: together they do not give the root of the log")
        }
    }

    /// Checks that the log of `newSize` leaves begins with the log of `oldSize` leaves.
    ///
    /// - Throws: `proof_out_of_range`, `proof_malformed` or `proof_invalid`.
    package static func verifyConsistency(
        oldSize: Int, oldRoot: [UInt8], newSize: Int, newRoot: [UInt8], proof: [[UInt8]]
    ) throws(LedgerError) {
        guard 0 <= oldSize, oldSize <= newSize else {
            throw LedgerError(.proofOutOfRange, "a log of \(newSize) entries never had \(oldSize)")
        }
        try checkHashes(proof + [oldRoot, newRoot])
        guard oldSize > 0, oldSize < newSize else {
            guard proof.isEmpty else {
                throw LedgerError(.proofMalformed, "from \(oldSize) to \(newSize) entries, a proof is empty")
            }
            guard oldSize == newSize ? oldRoot == newRoot : oldRoot == MerkleHash.empty else { throw inconsistent }
            return
        }
        // Where the old log is one perfect subtree, its root is the first hash, and left out.
        let hashes = oldSize.nonzeroBitCount == 1 ? [oldRoot] + proof : proof
        guard let start = hashes.first else { throw LedgerError(.proofMalformed, "the proof has no hashes") }
        var (first, last) = (oldSize - 1, newSize - 1)
        let rise = first.trailingOneBitCount
        (first, last) = (first >> rise, last >> rise)
        var (old, new) = (start, start)
        for other in hashes.dropFirst() {
            guard last != 0 else { throw LedgerError(.proofMalformed, "the proof has more hashes than the trees need") }
            if isRight(first, last) {
                old = MerkleHash.node(other, old)
                new = MerkleHash.node(other, new)
                skip(&first, &last)
            } else {
                new = MerkleHash.node(new, other)
            }
            (first, last) = (first >> 1, last >> 1)
        }
        guard last == 0 else { throw LedgerError(.proofMalformed, "the proof has fewer hashes than the trees need") }
        guard old == oldRoot, new == newRoot else { throw inconsistent }
    }

    private static let inconsistent = LedgerError(
        .proofInvalid,
        "the newer log is no continuation of the older one: entries were changed or removed, or the proof was altered")

    /// How many hashes the inclusion proof of a leaf has: the levels in which its path has a sibling.
    static func inclusionCount(index: Int, size: Int) -> Int {
        let inner = Int.bitWidth - (index ^ (size - 1)).leadingZeroBitCount
        return inner + (index >> inner).nonzeroBitCount
    }

    /// Whether the node `first` of its level hangs right of its sibling; the last node does, further up.
    private static func isRight(_ first: Int, _ last: Int) -> Bool { first & 1 == 1 || first == last }

    /// A last node that is a left one rises until it has a left sibling.
    private static func skip(_ first: inout Int, _ last: inout Int) {
        while first & 1 == 0, first != 0 { (first, last) = (first >> 1, last >> 1) }
    }

    private static func checkHashes(_ hashes: [[UInt8]]) throws(LedgerError) {
        guard hashes.allSatisfy({ $0.count == MerkleHash.count }) else {
            throw LedgerError(.proofMalformed, "a hash has not 32 bytes")
        }
    }
}

extension Int {
    fileprivate var trailingOneBitCount: Int { (~self).trailingZeroBitCount }
}
