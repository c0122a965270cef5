// The frontier across the levels that are stored, and proofs in a log that is not small.

import Testing

@testable import DecisionLedger

@Suite(.timeLimit(.minutes(5))) struct MerkleFrontierTests {
    @Test func tellsEveryCompletedSubtreeOfAStoredLevel() throws {
        let tree = NaiveMerkleTree(count: 65_536 + 300)
        var frontier = MerkleFrontier()
        var told: [MerkleNode] = []
        for leaf in tree.leaves { told += try frontier.append(leaf) }
        #expect(told.filter { $0.level == 8 }.map(\.index) == Array(0...256))
        #expect(told.filter { $0.level == 16 }.map(\.index) == [0])
        #expect(told.count == 258)
        for node in told where node.level == 16 || node.index % 50 == 0 {
            let leaves = tree.leaves[(node.index << node.level)..<((node.index + 1) << node.level)]
            #expect(node.hash == NaiveMerkleTree.root(leaves))
        }
        #expect(frontier.root == NaiveMerkleTree.root(tree.leaves[...]))
    }

    @Test func goesOnFromItsStoredForm() throws {
        let tree = NaiveMerkleTree(count: 300)
        var frontier = MerkleFrontier()
        for (count, leaf) in tree.leaves.enumerated() {
            let restored = try MerkleFrontier(serialized: frontier.serialized, size: count)
            #expect(restored == frontier && restored.root == tree.root(count))
            frontier = restored
            try frontier.append(leaf)
        }
        #expect(frontier.size == 300 && frontier.root == tree.root(300))
    }

    @Test func whatIsNoFrontierIsRefused() throws {
        let hash = MerkleHash.empty
        for (size, hashes) in [(0, [hash]), (1, []), (3, [hash]), (4, [hash, hash]), (-1, []), (Int.min, [hash])] {
            #expect(refuses([.proofMalformed]) { _ = try MerkleFrontier(size: size, hashes: hashes) })
        }
        #expect(refuses { _ = try MerkleFrontier(size: 2, hashes: [Array(hash.dropLast())]) })
        #expect(refuses { _ = try MerkleFrontier(size: 3, hashes: [hash + [0], Array(hash.dropLast())]) })
        var frontier = try MerkleFrontier(size: 3, hashes: [hash, hash])
        let before = frontier
        #expect(refuses([.proofMalformed]) { try frontier.append(hash + [0]) })
        #expect(frontier == before)
    }

    /// Proofs at sizes around the tiles of a log with three stored levels' worth of leaves.
    @Test func proofsInALargeLogReadFewHashes() throws {
        let store = TileStore()
        let tree = NaiveMerkleTree(count: 65_536 + 1000)
        for leaf in tree.leaves { try store.append(leaf) }
        var generator = SeededGenerator(state: 6962)
        let edges = [255, 256, 257, 511, 512, 65_535, 65_536, 65_537, 65_792, tree.leaves.count]
        for size in edges + (0..<10).map({ _ in Int.random(in: 1...tree.leaves.count, using: &generator) }) {
            let before = store.hashesRead
            var prover = try store.prover(size)
            let root = try prover.root()
            for index in Set([0, size / 2, size - 1, Int.random(in: 0..<size, using: &generator)]) {
                try MerkleProof.verifyInclusion(
                    leafHash: tree.leaves[index], index: index, size: size,
                    proof: try prover.inclusionProof(of: index), root: root)
            }
            #expect(try prover.frontier().root == root)
            #expect(store.hashesRead - before < 4000)
            let old = Int.random(in: 1...size, using: &generator)
            var former = try store.prover(old)
            try MerkleProof.verifyConsistency(
                oldSize: old, oldRoot: try former.root(), newSize: size, newRoot: root,
                proof: try prover.consistencyProof(from: old))
        }
        var prover = try store.prover(tree.leaves.count)
        #expect(try prover.root() == store.frontier.root)
        #expect(try prover.frontier() == store.frontier)
    }

    @Test func outOfRangeAndMissingHashesAreErrors() throws {
        let store = TileStore()
        for leaf in NaiveMerkleTree(count: 5).leaves { try store.append(leaf) }
        var prover = try store.prover(5)
        #expect(refuses([.proofOutOfRange]) { _ = try prover.inclusionProof(of: 5) })
        #expect(refuses([.proofOutOfRange]) { _ = try prover.inclusionProof(of: -1) })
        #expect(refuses([.proofOutOfRange]) { _ = try prover.consistencyProof(from: 6) })
        #expect(refuses([.proofOutOfRange]) { _ = try store.prover(-1) })
        var empty = try store.prover(0)
        #expect(try empty.root() == MerkleHash.empty)
        #expect(try empty.frontier() == MerkleFrontier())
        var short = try MerkleProver(size: 5) { _, _ in [1, 2, 3] }
        #expect(refuses([.corrupt]) { _ = try short.root() })
    }
}
