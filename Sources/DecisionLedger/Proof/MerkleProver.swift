// Makes proofs from the stored hashes of a log.

/// Inclusion and consistency proofs of a log at one size (RFC 6962 sections 2.1.1 and 2.1.2).
///
/// Hashes are read in tiles: runs of at most 256 subtrees of the levels 0 (leaf hashes), 8, 16, ... A proof in a log of a
/// million leaves reads at most a dozen tiles, and a prover reads each one once.
package struct MerkleProver {
    /// Reads stored hashes: those of the completed subtrees `range` of a level, in their order, 32 bytes each, in one
    /// piece. Level 0 holds leaf hashes, and `range` then counts leaves from 0. Only what a log of `size` leaves has
    /// completed is asked for, never across a multiple of 256.
    package typealias Read = (_ level: Int, _ range: Range<Int>) throws -> [UInt8]

    private struct Place: Hashable {
        let level: Int
        let tile: Int
    }

    /// Leaves in the log for which proofs are made; it may have grown since.
    package let size: Int
    private let read: Read
    private var tiles: [Place: [UInt8]] = [:]

    package init(size: Int, read: @escaping Read) throws(LedgerError) {
        guard size >= 0 else { throw LedgerError(.proofOutOfRange, "no log has \(size) entries") }
        self.size = size
        self.read = read
    }

    /// The root of the log, as stored hashes give it.
    package mutating func root() throws -> [UInt8] {
        size == 0 ? MerkleHash.empty : try root(of: 0..<size)
    }

    /// The frontier of the log, to go on appending after a start.
    package mutating func frontier() throws -> MerkleFrontier {
        var hashes: [[UInt8]] = []
        var start = 0
        while start < size {
            let level = Self.largestLevel(of: size - start)
            hashes.append(try subtree(level: level, index: start >> level))
            start += 1 << level
        }
        return try MerkleFrontier(size: size, hashes: hashes)
    }

    /// The proof that a leaf is in the log, from its sibling up to the root's child.
    ///
    /// - Parameter index: the leaf's place, from 0.
    package mutating func inclusionProof(of index: Int) throws -> [[UInt8]] {
        guard 0..<size ~= index else {
            throw LedgerError(.proofOutOfRange, "the log of \(size) entries has none at index \(index)")
        }
        var proof: [[UInt8]] = []
        var range = 0..<size
        while range.count > 1 {
            let middle = Self.split(range)
            if index < middle {
                proof.append(try root(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                proof.append(try root(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        return proof.reversed()
    }

    /// The proof that the log began with the one that had `oldSize` leaves. Empty for 0 and for the same size.
    package mutating func consistencyProof(from oldSize: Int) throws -> [[UInt8]] {
        guard 0...size ~= oldSize else {
            throw LedgerError(.proofOutOfRange, "the log of \(size) entries never had \(oldSize)")
        }
        guard oldSize > 0, oldSize < size else { return [] }
        var proof: [[UInt8]] = []
        var range = 0..<size
        // SUBPROOF(m, D[n], b): where the old log is the subtree itself, its root is known unless a right turn was taken.
        while range.upperBound != oldSize {
            let middle = Self.split(range)
            if oldSize <= middle {
                proof.append(try root(of: middle..<range.upperBound))
                range = range.lowerBound..<middle
            } else {
                proof.append(try root(of: range.lowerBound..<middle))
                range = middle..<range.upperBound
            }
        }
        if range.lowerBound > 0 { proof.append(try root(of: range)) }
        return proof.reversed()
    }

    /// Where a tree of more than one leaf divides: behind the largest power of two below its size.
    private static func split(_ range: Range<Int>) -> Int {
        range.lowerBound + 1 << largestLevel(of: range.count - 1)
    }

    /// The level of the largest perfect tree of at most `count` leaves, `count` above 0.
    private static func largestLevel(of count: Int) -> Int {
        Int.bitWidth - 1 - count.leadingZeroBitCount
    }

    /// The root of a range as `split` makes them: it begins at a multiple of the largest power of two in it.
    private mutating func root(of range: Range<Int>) throws -> [UInt8] {
        let level = Self.largestLevel(of: range.count)
        guard range.count != 1 << level else { return try subtree(level: level, index: range.lowerBound >> level) }
        let middle = Self.split(range)
        return MerkleHash.node(
            try root(of: range.lowerBound..<middle), try root(of: middle..<range.upperBound))
    }

    /// The root of a perfect subtree, from the stored level at or below its own.
    private mutating func subtree(level: Int, index: Int) throws -> [UInt8] {
        let rise = level % MerkleFrontier.tileHeight
        let first = index << rise
        let hashes = try tile(level: level - rise, number: first >> MerkleFrontier.tileHeight)
        let start = first % (1 << MerkleFrontier.tileHeight) * MerkleHash.count
        var row = stride(from: start, to: start + MerkleHash.count << rise, by: MerkleHash.count).map {
            Array(hashes[$0..<$0 + MerkleHash.count])
        }
        while row.count > 1 {
            row = stride(from: 0, to: row.count, by: 2).map { MerkleHash.node(row[$0], row[$0 + 1]) }
        }
        return row[0]
    }

    private mutating func tile(level: Int, number: Int) throws -> [UInt8] {
        let place = Place(level: level, tile: number)
        if let known = tiles[place] { return known }
        let start = number << MerkleFrontier.tileHeight
        let range = start..<min(start + 1 << MerkleFrontier.tileHeight, size >> level)
        let hashes = try read(level, range)
        guard hashes.count == range.count * MerkleHash.count else {
            throw LedgerError(
                .corrupt,
                "of the hashes \(range.lowerBound) to \(range.upperBound - 1) of level \(level), "
                    + "\(hashes.count) bytes are there: rebuild the tree from the records, or restore from a backup")
        }
        tiles[place] = hashes
        return hashes
    }
}
