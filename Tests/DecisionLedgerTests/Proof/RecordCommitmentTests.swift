// Commitments, against the formula computed by Python's hashlib.

import CallbackProtocol
import SystemCrypto
import TestSupport
import Testing

@testable import DecisionLedger

struct RecordCommitmentTests {
    private let salt = [UInt8](0..<32)

    @Test func isTheFormulaThatIsDocumented() async throws {
        let script = """
            import hashlib, sys
            record = bytes(range(32)); pointer = sys.argv[1].encode(); value = sys.argv[2].encode()
            salt = hashlib.sha256(pointer + b'\\0' + record).digest()
            print('sha256:' + hashlib.sha256(salt + pointer + b'\\0' + value).hexdigest())
            """
        let record = try #require(RecordSalt(bytes: salt))
        for (pointer, value) in [("/extraInfo/apiKey", #""hunter2""#), ("/note", "null"), ("/a~1b#/0/π", #""😀""#)] {
            let result = try await run("python3", ["-c", script, pointer, value])
            let commitment = RecordCommitment.make(
                salt: record.salt(for: pointer), pointer: pointer, value: Array(value.utf8))
            #expect(result.text == commitment + "\n", "\(result.errorText)")
            let removed = [SecretRedaction.RemovedValue(path: pointer, value: value)]
            #expect(record.commitments(to: removed) == JSONObject([.init(pointer, .string(commitment))]))
        }
    }

    @Test func anotherValuePlaceOrSaltIsAnotherCommitment() throws {
        let value = Array(#""hunter2""#.utf8)
        let commitment = RecordCommitment.make(salt: salt, pointer: "/a", value: value)
        #expect(RecordCommitment.check(commitment, salt: salt, pointer: "/a", value: value))
        #expect(!RecordCommitment.check(commitment, salt: salt, pointer: "/b", value: value))
        #expect(!RecordCommitment.check(commitment, salt: salt, pointer: "/a", value: value + [0x20]))
        #expect(!RecordCommitment.check(commitment, salt: salt.reversed(), pointer: "/a", value: value))
        #expect(!RecordCommitment.check(commitment.uppercased(), salt: salt, pointer: "/a", value: value))
        #expect(!RecordCommitment.check("", salt: salt, pointer: "/a", value: value))
    }

    @Test func eachValueHasASaltOfItsOwn() throws {
        let (one, two) = (try RecordSalt.random(), try RecordSalt.random())
        #expect(one.bytes.count == 32 && one.bytes != two.bytes)
        #expect(one.salt(for: "/a") != one.salt(for: "/b") && one.salt(for: "/a") != two.salt(for: "/a"))
        #expect(RecordSalt(bytes: one.bytes)?.salt(for: "/a") == one.salt(for: "/a"))
        #expect(RecordSalt(bytes: Array(one.bytes.dropLast())) == nil)
    }

    /// UTF-16 order: U+1F600 begins with a surrogate and so comes before U+FFFD, unlike in UTF-8.
    @Test func standInTheOrderOfRFC8785() throws {
        let record = try #require(RecordSalt(bytes: salt))
        let removed = ["/b", "/\u{fffd}", "/\u{1f600}", "/B"].map {
            SecretRedaction.RemovedValue(path: $0, value: "1")
        }
        let names = record.commitments(to: removed)?.members.map(\.name)
        #expect(names == ["/B", "/b", "/\u{1f600}", "/\u{fffd}"])
        #expect(record.commitments(to: []) == nil)
    }

    /// Otherwise one payload could make a record that no receipt has room for.
    @Test func manyValuesAreCommittedToTogether() throws {
        let record = try #require(RecordSalt(bytes: salt))
        func commitments(_ payload: String) -> JSONObject? {
            SecretRedaction.redact(payload: Array(payload.utf8)).flatMap { record.commitments(to: $0.removed) }
        }
        func many(_ count: Int) -> String {
            #"{"a":[\#((0..<count).map { #"{"token":\#($0)}"# }.joined(separator: ","))]}"#
        }
        func long(_ bytes: Int) -> String { #"{"\#(String(repeating: "a", count: bytes))":{"token":1}}"# }
        let fits = 64 * 1024 - "//token".utf8.count
        #expect(commitments(many(256))?.members.count == 256)
        #expect(commitments(long(fits))?.members.first?.name.utf8.count == 64 * 1024)
        for payload in [many(257), long(fits + 1)] {
            let commitment = RecordCommitment.make(
                salt: record.salt(for: "*"), pointer: "*", value: Array(payload.utf8))
            #expect(commitments(payload) == JSONObject([.init("*", .string(commitment))]))
        }
    }
}
