// The stored hashes of a log, as a prover reads them: leaf hashes and completed subtrees, nothing else.

@testable import DecisionLedger

/// Keeps what `MerkleFrontier` tells, and counts what is read.
final class TileStore {
    private var levels: [Int: [[UInt8]]] = [:]
    private(set) var frontier = MerkleFrontier()
    private(set) var hashesRead = 0
    private(set) var reads = 0

    func append(_ leafHash: [UInt8]) throws {
        levels[0, default: []].append(leafHash)
        for node in try frontier.append(leafHash) {
            guard levels[node.level, default: []].count == node.index else { throw Unordered() }
            levels[node.level, default: []].append(node.hash)
        }
    }

    func prover(_ size: Int) throws -> MerkleProver {
        try MerkleProver(size: size) { level, range in
            guard let known = self.levels[level], range.upperBound <= known.count,
                range.lowerBound >> 8 == (range.upperBound - 1) >> 8
            else { throw Unordered() }
            self.reads += 1
            self.hashesRead += range.count
            return Array(known[range].joined())
        }
    }

    struct Unordered: Error {}
}

/// Repeatable randomness: SplitMix64 (Steele, Lea, Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}

/// Whether `body` throws an error of this module with one of these codes.
func refuses(_ codes: [LedgerError.Code] = [], _ body: () throws -> Void) -> Bool {
    guard let found = code(body) else { return false }
    return codes.isEmpty || codes.contains(found)
}
