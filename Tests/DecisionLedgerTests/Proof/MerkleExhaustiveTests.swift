// Every proof of every small log, against the definition; and what is altered is refused.

import Testing

@testable import DecisionLedger

@Suite(.timeLimit(.minutes(5))) struct MerkleExhaustiveTests {
    private static let limit = 70
    private let tree = NaiveMerkleTree(count: Self.limit)

    private func store(_ count: Int) throws -> TileStore {
        let store = TileStore()
        for leaf in tree.leaves.prefix(count) { try store.append(leaf) }
        return store
    }

    @Test func everyInclusionProofIsTheDefinedOneAndVerifies() throws {
        let store = try store(Self.limit)
        for size in 1...Self.limit {
            var prover = try store.prover(size)
            let root = tree.root(size)
            #expect(try prover.root() == root)
            for index in 0..<size {
                let proof = try prover.inclusionProof(of: index)
                #expect(proof == NaiveMerkleTree.path(index, tree.leaves[0..<size]))
                #expect(proof.count == MerkleProof.inclusionCount(index: index, size: size))
                try MerkleProof.verifyInclusion(
                    leafHash: tree.leaves[index], index: index, size: size, proof: proof, root: root)
            }
        }
    }

    @Test func everyConsistencyProofIsTheDefinedOneAndVerifies() throws {
        let store = try store(Self.limit)
        for size in 1...Self.limit {
            var prover = try store.prover(size)
            for old in 1...size {
                let proof = try prover.consistencyProof(from: old)
                #expect(proof == NaiveMerkleTree.subproof(old, tree.leaves[0..<size], true))
                try MerkleProof.verifyConsistency(
                    oldSize: old, oldRoot: tree.root(old), newSize: size, newRoot: tree.root(size), proof: proof)
            }
            try MerkleProof.verifyConsistency(
                oldSize: 0, oldRoot: MerkleHash.empty, newSize: size, newRoot: tree.root(size), proof: [])
            #expect(
                refuses([.proofInvalid]) {
                    try MerkleProof.verifyConsistency(
                        oldSize: 0, oldRoot: tree.root(1), newSize: size, newRoot: tree.root(size), proof: [])
                })
        }
    }

    /// A proof with one hash changed, left out, doubled or exchanged, or with another leaf, index, size or root.
    @Test func noOtherInclusionProofVerifies() throws {
        for size in [1, 2, 3, 5, 8, 11, 16, 33, Self.limit] {
            for index in 0..<size {
                let proof = NaiveMerkleTree.path(index, tree.leaves[0..<size])
                func refused(
                    leaf: Int? = nil, index other: Int? = nil, size otherSize: Int? = nil, _ changed: [[UInt8]]? = nil,
                    root: [UInt8]? = nil
                ) -> Bool {
                    refuses {
                        try MerkleProof.verifyInclusion(
                            leafHash: tree.leaves[leaf ?? index], index: other ?? index, size: otherSize ?? size,
                            proof: changed ?? proof, root: root ?? tree.root(size))
                    }
                }
                #expect(mutations(proof).allSatisfy { refused($0) })
                for other in 0..<size where other != index { #expect(refused(leaf: other) && refused(index: other)) }
                #expect(refused(index: -1) && refused(index: size) && refused(root: MerkleHash.empty))
                #expect(refused(root: []) && refused(size: 0) && refused(size: -1))
                #expect(refused(root: tree.root(size == 1 ? 2 : size - 1)))
            }
        }
    }

    @Test func noOtherConsistencyProofVerifies() throws {
        for size in [2, 3, 5, 8, 11, 16, 33, Self.limit] {
            for old in 1...size {
                let proof = NaiveMerkleTree.subproof(old, tree.leaves[0..<size], true)
                func refused(
                    _ changed: [[UInt8]]? = nil, old otherOld: Int? = nil, new: Int? = nil, oldRoot: [UInt8]? = nil,
                    newRoot: [UInt8]? = nil
                ) -> Bool {
                    refuses {
                        try MerkleProof.verifyConsistency(
                            oldSize: otherOld ?? old, oldRoot: oldRoot ?? tree.root(old), newSize: new ?? size,
                            newRoot: newRoot ?? tree.root(size), proof: changed ?? proof)
                    }
                }
                #expect(mutations(proof).allSatisfy { refused($0) })
                #expect(refused(oldRoot: MerkleHash.empty) && refused(newRoot: MerkleHash.empty))
                #expect(refused(new: old - 1) && refused(old: -1) && refused(old: size + 1))
                for other in 1...size where other != old { #expect(refused(oldRoot: tree.root(other))) }
            }
        }
    }

    private func mutations(_ proof: [[UInt8]]) -> [[[UInt8]]] {
        var all = [proof + [MerkleHash.empty], [MerkleHash.empty] + proof]
        for index in proof.indices {
            var changed = proof
            changed[index][(7 * index + proof.count) % 32] ^= 1 << (index % 8)
            all.append(changed)
            var (shorter, longer, cut) = (proof, proof, proof)
            shorter.remove(at: index)
            longer.insert(proof[index], at: index)
            cut[index].removeLast()
            all += [shorter, longer, cut]
            for other in proof.indices where other > index {
                var swapped = proof
                swapped.swapAt(index, other)
                all.append(swapped)
            }
        }
        return all
    }
}
