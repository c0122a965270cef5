// A proof of a real log of 58 million entries, made by other programs: the Go checksum database. The file is
// cmd/tlog-verify/testdata/go.sum-database-tree-43930254.tlog-proof of github.com/transparency-dev/incubator; its entry
// stands in the README beside it.

import CallbackProtocol
import Testing

@testable import DecisionLedger

struct ChecksumDatabaseProofTests {
    private static let entry = """
        github.com/transparency-dev/tessera v1.0.0 h1:4OT1V9xJLa5NnYlFWWlCdZkCm18/o12rdd+bCTje7XE=
        github.com/transparency-dev/tessera v1.0.0/go.mod h1:TLvfjlkbmsmKVEJUtzO2eb9Q2IBnK3EJ0dI4G0oxEOU=

        """
    private static let index = 43_930_254
    private static let hashes = [
        "Q2cuq1e21q4UC1RQ6wtmXmCxk2q3Wqz/yFvD12P2KSM=", "VdgHwjNYSv9fZVxvYzn8kySGvrjqeCnzdJqJILieWf4=",
        "ARfBpZjsj3LSP42V4xBVdCKbHVa4WXSbuFAa0rUSCVQ=", "0VYgz0Vmgz6jOM8H6edZBWHtO6+R7tPvN4EOwwRRSws=",
        "vq+ifloynXE+ORFC1wymQT0cpNIJA1tqg2mQpA55+kc=", "SCRewH6vHE1/Vwkt5yEW8xT7il0WbWltXjFIVqlGtQQ=",
        "p//fIG8jgZie4MMwjHF7quCIJ4hErr7U4at0HV34MZQ=", "D3K5YdBlxQcklrgF8vSbDyT05J5/mA9lzuhhp72uSOk=",
        "jeYlYyH9FhYGwu+ZJmfPr8GvSNdgrydwqmJgHsygoR0=", "p6RFgfGhu8Uuy0LyyZdI4MrSPOZkMe+ycwWJFfr8zTI=",
        "AMZsxrVKBPSe8nSNVVCTyTxWns0CiNbChG/FoiSJWuM=", "e+rtSmK5Pd1K5LgFwj7VSo5XJXOcq7OOcqPVZn1hqeM=",
        "expmv1e6XiGr5NMUjMRkSZijlcBx+fZcpqQmUnawhOY=", "+Wuic0YARH84k80/Q+KJIbhRCldxG8npjLFiHMLtEpo=",
        "NOMeJqlyUxFXUKYRI/1YqAF4WJBfXJr8UM/SlWGqxgY=", "Lm6+TAlLb2lvUs/3unZ2t6RSmJw8RO+WuEuUbAw3QEc=",
        "Jhh2EDG15gDBoLmLiF88lVTgd+uvx3L0xczb8Y3kSq8=", "taenaiKqtYMXS3gDzIF3q8VZzqAXqftHqL9BC39njaw=",
        "kZNKypGwEANnt1+msLINnqrIrwX+0MGZUTTKXTfbloI=", "A4NJSymjVJ5dvGPaGC3Gj04x8qVRKYfh0pP24mwd6Yk=",
        "KQq808D9W4NUgr4ip+rF/RCyAUERYKKCwKiiAJfaFOc=", "I3EVN3zM2rDjs5Q06Zr5gxhg+ksnX2h77E75uL+h3aI=",
        "7iNSYSDhMeRkeV7r9krKbKelNPiqDCJU1i6xAn/Fbuw=", "MYqdo6zSjxaAn+29EEjNRbPYm0myB3bheu+HTZIAbVY=",
        "S7olT9TPLXk+bbawbV3sAzWMmhcpWrtjbw++9ZTiyn8=", "xJ20xXM4QItt5vxFOtolZ5l18p7ej1+RimNkgWmoRFM=",
    ]
    private static let note = """
        go.sum database tree
        58253265
        lIyLAEe4zJUQAda6pFFg3yPOf7j1SgfMEDrpgoX39JU=

        — sum.golang.org Az3grkvBHbFcpEFQ3BhGlktgB7pcswIW+ez91eWY6rNPtWfAey8bJO2rVoG2yO5zXvgiaikWVHqon+e14JhA+WXvpAY=

        """

    @Test func anEntryOfTheGoChecksumDatabaseIsProven() throws {
        let checkpoint = try Checkpoint(
            verifying: SignedNote(parsing: Array(Self.note.utf8)),
            by: [NoteVerifierKey(NoteVectors.checksumDatabaseKey)], origin: "go.sum database tree")
        let proof = try Self.hashes.map { try #require(StandardBase64.decode(Array($0.utf8)[...])) }
        func verify(_ entry: String, _ index: Int) throws {
            try MerkleProof.verifyInclusion(
                leafHash: MerkleHash.leaf(entry.utf8), index: index, size: checkpoint.size, proof: proof,
                root: checkpoint.rootHash)
        }
        try verify(Self.entry, Self.index)
        #expect(refuses([.proofInvalid]) { try verify(Self.entry + " ", Self.index) })
        #expect(refuses([.proofInvalid]) { try verify(Self.entry, Self.index + 1) })
    }
}
