// The hashes of the ledger's Merkle tree.

import SystemCrypto

/// SHA-256 as RFC 6962 section 2.1 uses it: leaves and nodes begin differently, so that none passes for the other.
package enum MerkleHash {
    /// Bytes in a hash.
    package static let count = 32
    /// The root of a log without entries: SHA-256 of nothing.
    package static let empty = SHA256Digest.hash([])

    /// SHA-256(0x00 || record).
    package static func leaf(_ record: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = [0]
        bytes.reserveCapacity(record.count + 1)
        bytes.append(contentsOf: record)
        return SHA256Digest.hash(bytes)
    }

    /// SHA-256(0x01 || left || right).
    package static func node(_ left: [UInt8], _ right: [UInt8]) -> [UInt8] {
        SHA256Digest.hash([1] + left + right)
    }
}

/// The root of a perfect subtree: of the leaves `index << level ..< (index + 1) << level`.
package struct MerkleNode: Sendable, Hashable {
    package let level: Int
    package let index: Int
    package let hash: [UInt8]

    package init(level: Int, index: Int, hash: [UInt8]) {
        self.level = level
        self.index = index
        self.hash = hash
    }
}
