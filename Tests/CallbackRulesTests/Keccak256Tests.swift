import CallbackProtocol
import SystemCrypto
import Testing

@testable import CallbackRules

@Suite struct Keccak256Tests {
    /// From the Keccak team's files, the yellow paper and common knowledge.
    @Test(arguments: [
        ("", "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"),
        ("abc", "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"),
        ("testing", "5f16f4c7f149ac4f9510d9cf8cf384038ad348b3bcdc01915f95de12df9d1b02"),
        (
            "The quick brown fox jumps over the lazy dog",
            "4d741b6f1eb29cb2a9b9911c82f56fa8d73b04959d3d9d222895df6c0b28aa15"
        ),
    ])
    func `published digests`(text: String, digest: String) {
        #expect(Hexadecimal.encode(Keccak256.hash(text.utf8)) == digest)
    }

    @Test func `a selector is the beginning of a digest`() {
        #expect(Hexadecimal.encode(Array(Keccak256.hash("transfer(address,uint256)".utf8).prefix(4))) == "a9059cbb")
    }

    @Test func `another implementation's digests, around the block's length too`() throws {
        let vectors = try rawVectors("keccak256")
        #expect(vectors.count == 17)
        for vector in vectors {
            let pair = try #require(vector.array)
            #expect(Keccak256.hash(try rawBytes(pair[0].string)) == (try rawBytes(pair[1].string)))
        }
    }
}
