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

extension SeededGenerator {
    mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &self) }
    }
}

/// Whether `body` throws an error of this module with one of these codes.
func refuses(_ codes: [LedgerError.Code] = [], _ body: () throws -> Void) -> Bool {
    guard let found = code(body) else { return false }
    return codes.isEmpty || codes.contains(found)
}
