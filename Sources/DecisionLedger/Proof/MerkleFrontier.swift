// What of a log must be kept to append to it: the compact range of its leaves.

import SystemCrypto

/// The roots of the perfect subtrees of a log of `size` leaves, largest first: one for each bit that is set in `size`.
///
/// Appending hashes once on average and makes no array. A value: whoever appends within a transaction keeps the old one
/// until it is committed.
package struct MerkleFrontier: Sendable {
    /// Subtrees of these levels are stored by the ledger, so that proofs need not read every leaf: 8, 16, 24, ...
    package static let tileHeight = 8

    /// Leaves in the log.
    package private(set) var size: Int
    /// The hashes one after another, 32 bytes each.
    private var hashes: [UInt8]
    /// 0x01 and room for two hashes: what a node is hashed from.
    private var pair = [1] + [UInt8](repeating: 0, count: 2 * MerkleHash.count)

    /// The log without entries.
    package init() {
        size = 0
        hashes = []
        hashes.reserveCapacity(32 * MerkleHash.count)
    }

    /// - Throws: `proof_malformed` unless there is one hash of 32 bytes for each bit that is set in `size`.
    package init(size: Int, hashes: [[UInt8]]) throws(LedgerError) {
        guard hashes.allSatisfy({ $0.count == MerkleHash.count }) else {
            throw LedgerError(.proofMalformed, "a hash of the frontier has not 32 bytes")
        }
        try self.init(serialized: Array(hashes.joined()), size: size)
    }

    /// Reads what `serialized` gave.
    package init(serialized: [UInt8], size: Int) throws(LedgerError) {
        guard size >= 0, serialized.count == size.nonzeroBitCount * MerkleHash.count else {
            throw LedgerError(
                .proofMalformed,
                "a log of \(size) entries has \(max(0, size).nonzeroBitCount) subtrees of 32 bytes each; "
                    + "these are \(serialized.count) bytes")
        }
        self.size = size
        hashes = serialized
    }

    /// The hashes, 32 bytes each, largest subtree first.
    package var serialized: [UInt8] { hashes }

    /// Appends the hash of one leaf.
    ///
    /// - Returns: the subtrees of levels 8, 16, 24, ... that this leaf completed, lowest first: an empty array for 255 of
    ///   256 leaves.
    /// - Throws: `proof_malformed` for anything but 32 bytes; nothing is appended then.
    @discardableResult
    package mutating func append(_ leafHash: [UInt8]) throws(LedgerError) -> [MerkleNode] {
        guard leafHash.count == MerkleHash.count else {
            throw LedgerError(.proofMalformed, "a leaf hash has 32 bytes; this one has \(leafHash.count)")
        }
        guard size < Int.max else { throw LedgerError(.proofOutOfRange, "the log is full") }
        size += 1
        hashes.append(contentsOf: leafHash)
        var completed: [MerkleNode] = []
        for level in 0..<size.trailingZeroBitCount {
            mergeLastTwo()
            guard (level + 1) % Self.tileHeight == 0 else { continue }
            completed.append(
                MerkleNode(
                    level: level + 1, index: size >> (level + 1) - 1, hash: Array(hashes.suffix(MerkleHash.count))))
        }
        return completed
    }

    private mutating func mergeLastTwo() {
        let left = hashes.count - 2 * MerkleHash.count
        for offset in 0..<2 * MerkleHash.count { pair[1 + offset] = hashes[left + offset] }
        SHA256Digest.hash(pair, into: &hashes, at: left)
        hashes.removeLast(MerkleHash.count)
    }

    /// The root of the log (RFC 6962 section 2.1): as many hashes as there are subtrees, less one.
    package var root: [UInt8] {
        guard size > 0 else { return MerkleHash.empty }
        var right = Array(hashes.suffix(MerkleHash.count))
        var end = hashes.count - MerkleHash.count
        while end > 0 {
            right = MerkleHash.node(Array(hashes[end - MerkleHash.count..<end]), right)
            end -= MerkleHash.count
        }
        return right
    }
}

extension MerkleFrontier: Equatable {
    package static func == (left: MerkleFrontier, right: MerkleFrontier) -> Bool {
        left.size == right.size && left.hashes == right.hashes
    }
}
