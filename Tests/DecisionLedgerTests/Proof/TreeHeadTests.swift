// Checkpoints (tree heads): those of another log are read, and ours are refused when anything in them is off.

import CallbackProtocol
import SystemCrypto
import Testing

@testable import DecisionLedger

struct TreeHeadTests {
    private func note(_ text: String) throws -> SignedNote { try SignedNote(parsing: Array(text.utf8)) }

    @Test(arguments: zip(NoteVectors.checksumDatabase, [3_784_599, 15_368_405, 63_512_409]))
    func checkpointsOfTheGoChecksumDatabaseVerify(text: String, size: Int) throws {
        let key = try NoteVerifierKey(NoteVectors.checksumDatabaseKey)
        let origin = "go.sum database tree"
        let checkpoint = try Checkpoint(verifying: note(text), by: [key], origin: origin)
        #expect(checkpoint.origin == origin && checkpoint.size == size && checkpoint.extensions.isEmpty)
        #expect(text.hasPrefix(checkpoint.text + "\n"))
        // Its key has another name than the log: without the origin nobody says that it is the log's own.
        #expect(refuses([.checkpointOrigin]) { _ = try Checkpoint(verifying: note(text), by: [key]) })
        let altered = text.replacing("\n\(size)\n", with: "\n\(size + 1)\n")
        #expect(
            refuses([.noteBadSignature]) { _ = try Checkpoint(verifying: note(altered), by: [key], origin: origin) })
    }

    @Test func ourCheckpointsVerifyWithTheLogsOwnKeyOnly() throws {
        let log = try NoteSigner(name: "log.example/ledger", key: .generate())
        let witness = try NoteSigner(name: "witness.example", key: .generate())
        let checkpoint = try Checkpoint(
            origin: "log.example/ledger", size: 7, rootHash: MerkleHash.empty, extensions: ["one", "— two"])
        #expect(checkpoint.text == "log.example/ledger\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\none\n— two\n")
        let signed = try witness.sign(checkpoint.signed(by: log))
        let keys = [log.verifierKey, witness.verifierKey]
        #expect(try Checkpoint(verifying: note(signed.serialized), by: keys) == checkpoint)
        #expect(try Checkpoint(verifying: signed, by: [log.verifierKey], origin: checkpoint.origin) == checkpoint)
        #expect(refuses([.checkpointOrigin]) { _ = try Checkpoint(verifying: signed, by: [witness.verifierKey]) })
        #expect(refuses([.checkpointOrigin]) { _ = try Checkpoint(verifying: signed, by: keys, origin: "log.example") })
        let other = try NoteSigner(name: "log.example/ledger", key: .generate())
        #expect(refuses([.noteUntrusted]) { _ = try Checkpoint(verifying: signed, by: [other.verifierKey]) })
    }

    private static let root = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

    @Test(arguments: [
        "", "\n", "o\n7\n", "o\n7\n\(root)", "\n7\n\(root)\n", "o\n\n\(root)\n", "o\n7\n\(root)\n\n",
        "o\n7\n\(root)\n\nx\n",
        "o\n07\n\(root)\n", "o\n+7\n\(root)\n", "o\n-1\n\(root)\n", "o\n7 \n\(root)\n", "o\n0x7\n\(root)\n",
        "o\n9223372036854775808\n\(root)\n", "o\n99999999999999999999\n\(root)\n", "o\n٧\n\(root)\n",
        "o\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU\n", "o\n7\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n",
        "o\n7\n47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=\n", "o\n7\nAAAA\n", "o\n7\n \(root)\n",
    ])
    func whatIsNoCheckpointIsRefused(text: String) {
        #expect(refuses([.checkpointMalformed]) { _ = try Checkpoint(text: text) })
    }

    @Test func sizesGoFromNothingToTheLargest() throws {
        for size in [0, 1, Int.max] {
            #expect(try Checkpoint(text: "o\n\(size)\n\(Self.root)\n").size == size)
        }
    }

    @Test func linesCannotBeSmuggledIn() throws {
        for (origin, lines) in [("", []), ("a\nb", []), ("a", [""]), ("a", ["b\nc"]), ("a\u{0}", [])]
            as [(String, [String])]
        {
            #expect(
                refuses([.checkpointMalformed]) {
                    _ = try Checkpoint(origin: origin, size: 0, rootHash: MerkleHash.empty, extensions: lines)
                })
        }
        #expect(
            refuses([.checkpointMalformed]) { _ = try Checkpoint(origin: "a", size: -1, rootHash: MerkleHash.empty) })
        #expect(refuses([.checkpointMalformed]) { _ = try Checkpoint(origin: "a", size: 0, rootHash: [1]) })
    }

    /// An origin that only looks the same is another log: e with an accent as one character and as two.
    @Test func originsAreComparedByTheirBytes() throws {
        let log = try NoteSigner(name: "caf\u{e9}.example", key: .generate())
        let checkpoint = try Checkpoint(origin: "cafe\u{301}.example", size: 0, rootHash: MerkleHash.empty)
        let signed = try checkpoint.signed(by: log)
        #expect(refuses([.checkpointOrigin]) { _ = try Checkpoint(verifying: signed, by: [log.verifierKey]) })
    }
}
