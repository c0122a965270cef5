// Receipts: what they prove, and how each alteration is named.

import CallbackProtocol
import SystemCrypto
import Testing

@testable import DecisionLedger

struct ReceiptTests {
    private let log: SampleLog
    private var keys: [NoteVerifierKey] { [log.signer.verifierKey] }

    init() throws {
        log = try SampleLog(count: 20, seed: 1)
    }

    private func verified(_ text: String) throws -> VerifiedReceipt {
        try DecisionReceipt(parsing: Array(text.utf8)).verify(against: keys)
    }

    @Test func everyRecordIsProvenAtEverySize() throws {
        for size in 1...20 {
            for index in 0..<size {
                let text = try log.receipt(index, size: size).serialized
                #expect(try DecisionReceipt(parsing: Array(text.utf8)).serialized == text)
                let receipt = try verified(text)
                #expect(receipt.index == index && receipt.record == log.records[index])
                #expect(receipt.checkpoint.size == size && receipt.record.sequence == index + 1)
            }
        }
    }

    @Test func hasTheLayoutOfTheStandard() throws {
        let lines = try log.receipt(4).serialized.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0] == "c2sp.org/tlog-proof@v1" && lines[1].hasPrefix("extra ") && lines[2] == "index 4")
        #expect(lines[3..<8].allSatisfy { $0.count == 44 } && lines[8].isEmpty)
        #expect(lines[9...] == ["log.example/ledger", "20"] + lines[11...])
    }

    @Test func wrongKeysAndOriginsAreNamed() throws {
        let receipt = try log.receipt(3)
        let stranger = try NoteSigner(name: "log.example/ledger", key: .generate()).verifierKey
        #expect(refuses([.noteUntrusted]) { _ = try receipt.verify(against: [stranger]) })
        #expect(refuses([.noteUntrusted]) { _ = try receipt.verify(against: []) })
        #expect(refuses([.checkpointOrigin]) { _ = try receipt.verify(against: keys, origin: "other.example") })
        #expect(try receipt.verify(against: keys + [stranger], origin: "log.example/ledger").index == 3)
    }

    @Test func eachAlterationHasItsName() throws {
        let text = try log.receipt(4).serialized
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        func altered(_ line: Int, _ replacement: String?) -> LedgerError.Code? {
            var copy = lines
            if let replacement { copy[line] = replacement } else { copy.remove(at: line) }
            return code { _ = try verified(copy.joined(separator: "\n")) }
        }
        #expect(altered(0, "c2sp.org/tlog-proof@v2") == .receiptMalformed)
        let other = log.records[5].text
        #expect(altered(1, "extra " + StandardBase64.encode(Array(other.utf8))) == .recordMisplaced)
        let changed = log.records[4].text.replacing(#""requestId":"r5""#, with: #""requestId":"r6""#)
        #expect(changed != log.records[4].text)
        #expect(altered(1, "extra " + StandardBase64.encode(Array(changed.utf8))) == .proofInvalid)
        let spaced = log.records[4].text.replacing(#""requestId":"#, with: #""requestId": "#)
        #expect(altered(1, "extra " + StandardBase64.encode(Array(spaced.utf8))) == .recordMalformed)
        #expect(altered(1, "extra") == .receiptMalformed && altered(1, nil) == .receiptMalformed)
        #expect(altered(2, "index 5") == .recordMisplaced && altered(2, "index 20") == .recordMisplaced)
        #expect(altered(2, "index 04") == .receiptMalformed && altered(2, "index -4") == .receiptMalformed)
        #expect(altered(3, StandardBase64.encode(MerkleHash.empty)) == .proofInvalid)
        #expect(altered(3, "AAAA") == .receiptMalformed && altered(3, nil) == .proofMalformed)
        #expect(altered(8, StandardBase64.encode(MerkleHash.empty)) == .receiptMalformed)
        #expect(altered(10, "19") == .noteBadSignature)
        lines.insert(lines[3], at: 3)
        #expect(altered(8, lines[8]) == .proofMalformed)
    }

    @Test func whatIsCutOffIsRefusedEverywhere() throws {
        let bytes = Array(try log.receipt(4).serialized.utf8)
        for count in 0..<bytes.count {
            #expect(refuses { _ = try DecisionReceipt(parsing: Array(bytes[..<count])).verify(against: keys) })
        }
        #expect(
            refuses([.receiptMalformed]) {
                _ = try DecisionReceipt(parsing: bytes + [UInt8](repeating: 0x61, count: 1 << 20))
            })
    }

    @Test func aRecordOfAnotherLogIsNone() throws {
        let other = try SampleLog(count: 20, seed: 2)
        let (own, foreign) = (try log.receipt(4), try other.receipt(4))
        let mixed = DecisionReceipt(
            record: foreign.record, index: 4, proof: foreign.proof, checkpoint: own.checkpoint)
        #expect(refuses([.proofInvalid]) { _ = try mixed.verify(against: keys) })
    }

    @Test func openingsShowCommittedValues() throws {
        let salt = try RecordSalt.random()
        let removed = [
            SecretRedaction.RemovedValue(path: "/note", value: #""for \"you\"""#),
            SecretRedaction.RemovedValue(path: "/extraInfo/apiKey", value: #""k""#),
        ]
        let object = try #require(salt.commitments(to: removed))
        let record = try CanonicalRecord(
            JSONObject([.init("sequence", .number("1")), .init("commitments", .object(object))]))
        let root = record.leafHash
        let note = try Checkpoint(origin: "log.example/ledger", size: 1, rootHash: root).signed(by: log.signer)
        let receipt = try DecisionReceipt(record: Array(record.text.utf8), index: 0, proof: [], checkpoint: note)
            .verify(against: keys)
        let opening = RecordOpening(path: removed[0].path, value: removed[0].value, salt: salt)
        #expect(opening.salt != salt.bytes)
        #expect(receipt.confirms(try RecordOpening(json: Array(opening.json.utf8))))
        for (path, value) in [("/note", "null"), ("/extraInfo/apiKey", #""for \"you\"""#), ("/absent", #""k""#)] {
            #expect(!receipt.confirms(RecordOpening(path: path, value: value, salt: salt)))
        }
        for json in ["", "[]", "{}", #"{"path":"/a","salt":"00","value":"1"}"#, opening.json + "x"] {
            #expect(refuses([.recordMalformed]) { _ = try RecordOpening(json: Array(json.utf8)) })
        }
    }
}

struct CanonicalRecordTests {
    private func record(_ text: String) throws -> CanonicalRecord { try CanonicalRecord(Array(text.utf8)) }

    /// RFC 8785 section 3.2.3: names sort by UTF-16 units.
    @Test func namesSortAsInTheStandardsExample() throws {
        let object = JSONObject(
            ["\u{20ac}", "\r", "\u{fb33}", "1", "\u{1f600}", "\u{80}", "\u{f6}", "sequence"].map {
                .init($0, .number("1"))
            })
        let expected = "{\"\\r\":1,\"1\":1,\"sequence\":1,\"\u{80}\":1,\"ö\":1,\"€\":1,\"😀\":1,\"\u{fb33}\":1}"
        #expect(try CanonicalRecord(object).text == expected)
        #expect(try record(expected).sequence == 1)
    }

    @Test(arguments: [
        "", "[]", "1", "{}", #"{"sequence":0}"#, #"{"sequence":-1}"#, #"{"sequence":"1"}"#, #"{"sequence":1.0}"#,
        #"{"sequence":1e0}"#, #"{"sequence":01}"#, #"{ "sequence":1}"#, #"{"sequence":1} "#, #"{"sequence":1,"a":2}"#,
        #"{"a":1.5,"sequence":1}"#, #"{"a":-0,"sequence":1}"#, #"{"a":9007199254740992,"sequence":1}"#,
        #"{"a":-9223372036854775808,"sequence":1}"#, #"{"a":99999999999999999999,"sequence":1}"#,
        #"{"a":"\/","sequence":1}"#, #"{"a":"\u0009","sequence":1}"#, #"{"a":"\u001F","sequence":1}"#,
        #"{"a":"\u00e9","sequence":1}"#, #"{"a":"\ud800","sequence":1}"#, #"{"sequence":1,"sequence":1}"#,
        "\u{feff}{\"sequence\":1}",
    ])
    func whatIsNotCanonicalIsRefused(text: String) {
        #expect(refuses([.recordMalformed]) { _ = try record(text) })
    }
}
