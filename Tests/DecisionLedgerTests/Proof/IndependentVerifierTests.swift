// Tests/verifier/verify_receipt.py and this module, which share no code, agree on what is proven and what is not.

import CallbackProtocol
import Foundation
import SystemCrypto
import TestSupport
import Testing

@testable import DecisionLedger

@Suite(.timeLimit(.minutes(5))) struct IndependentVerifierTests {
    private static let script = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("verifier/verify_receipt.py")
    private let directory: TemporaryDirectory
    private let log: SampleLog

    init() throws {
        directory = try TemporaryDirectory()
        log = try SampleLog(count: 300, seed: 5)
    }

    private func python(_ what: String, _ text: String, _ more: [String] = []) async throws -> ProcessResult {
        let file = try directory.write("input", text)
        let key = log.signer.verifierKey.description
        return try await run("python3", [Self.script.path, what, file, "--key", key] + more)
    }

    private func swiftExport(_ lines: [String]) throws -> Checkpoint {
        var verifier = ExportVerifier()
        for line in lines { try verifier.take(Array(line.utf8)) }
        return try verifier.finish(against: [log.signer.verifierKey])
    }

    @Test func aWholeExportIsProvenByBoth() async throws {
        let lines = try log.export()
        let checkpoint = try swiftExport(lines)
        let result = try await python("export", lines.map { $0 + "\n" }.joined())
        let root = Hexadecimal.encode(checkpoint.rootHash)
        #expect(
            result.text == #"{"origin":"log.example/ledger","size":300,"root":"\#(root)"}"# + "\n",
            "\(result.errorText)")
        #expect(checkpoint.rootHash == log.store.frontier.root && checkpoint.size == 300)
    }

    @Test func anAlteredExportIsRefusedByBoth() async throws {
        let lines = try log.export()
        var variants: [[String]] = []
        func vary(_ change: (inout [String]) throws -> Void) rethrows {
            var copy = lines
            try change(&copy)
            variants.append(copy)
        }
        vary { $0.remove(at: 7) }
        vary { $0.insert($0[7], at: 7) }
        vary { $0.swapAt(7, 8) }
        vary { $0.removeLast() }
        vary { $0.removeAll() }
        vary { $0.append($0[0]) }
        vary { $0.remove(at: 299) }
        vary { $0[7] = $0[7].replacing(#""requestId":"r8""#, with: #""requestId":"r9""#) }
        vary { $0[7] = $0[7].replacing(#""index":7"#, with: #""index":7.0"#) }
        vary { $0[7] = $0[7].replacing(#""sequence":8"#, with: #""sequence":9"#) }
        vary { $0[7] = String($0[7].dropLast()) }
        vary { $0[300] = $0[300].replacing(#"\n300\n"#, with: #"\n299\n"#) }
        try vary { $0[300] = ExportLine.checkpoint(try log.checkpoint(299)) }
        for (number, variant) in variants.enumerated() {
            #expect(refuses { _ = try swiftExport(variant) }, "variant \(number)")
            let result = try await python("export", variant.map { $0 + "\n" }.joined())
            #expect(
                result.status == 1 && result.errorText.hasPrefix("refused: "), "variant \(number) \(result.errorText)")
        }
        let cut = try await python("export", lines.joined(separator: "\n"))
        #expect(cut.status == 1)
    }

    /// The export may be spelled in any way: the canonical form is made again.
    @Test func spellingDoesNotMatterInAnExport() async throws {
        var lines = try log.export()
        lines[0] = lines[0].replacing(#""index":0,"#, with: #" "index" : 0 , "#)
        #expect(try swiftExport(lines).size == 300)
        #expect(try await python("export", lines.map { $0 + "\n" }.joined()).status == 0)
    }

    @Test func receiptsAndOpeningsAreProvenOnTheCommandLine() async throws {
        let receipt = try log.receipt(41, size: 200)
        let result = try await python("receipt", receipt.serialized)
        try #require(result.status == 0, "\(result.errorText)")
        let printed = try #require(try JSONSerialization.jsonObject(with: result.output) as? [String: Any])
        #expect(printed["index"] as? Int == 41 && printed["size"] as? Int == 200)
        #expect(printed["leafHash"] as? String == Hexadecimal.encode(log.records[41].leafHash))
        #expect((printed["record"] as? [String: Any])?["requestId"] as? String == "r42")
        #expect(try await python("receipt", receipt.serialized, ["--origin", "other.example"]).status == 1)
        #expect(try await python("receipt", receipt.serialized + "x").status == 1)
        let usage = try await run("python3", [Self.script.path, "receipt", "/nonexistent", "--key", "a+b+c"])
        #expect(usage.status == 2)
        let salt = try RecordSalt.random()
        let opening = RecordOpening(path: "/absent", value: "1", salt: salt)
        let file = try directory.write("opening", opening.json)
        let refused = try await python("receipt", receipt.serialized, ["--opening", file])
        #expect(refused.status == 1 && refused.errorText.contains("does not commit"))
    }

    @Test func anOpeningIsProvenOnTheCommandLine() async throws {
        let salt = try RecordSalt.random()
        let object = try #require(salt.commitments(to: [.init(path: "/a~1b#/0/π", value: #""😀\n""#)]))
        let record = try CanonicalRecord(
            .init([.init("sequence", .number("1")), .init("commitments", .object(object))]))
        let note = try Checkpoint(origin: "log.example/ledger", size: 1, rootHash: record.leafHash).signed(
            by: log.signer)
        let receipt = DecisionReceipt(record: Array(record.text.utf8), index: 0, proof: [], checkpoint: note)
        let opening = RecordOpening(path: "/a~1b#/0/π", value: #""😀\n""#, salt: salt)
        let file = try directory.write("opening", opening.json)
        let result = try await python("receipt", receipt.serialized, ["--opening", file])
        #expect(result.status == 0 && result.text.contains("opened"), "\(result.errorText)")
        let other = try directory.write("other", RecordOpening(path: "/a~1b#/0/π", value: "1", salt: salt).json)
        #expect(try await python("receipt", receipt.serialized, ["--opening", other]).status == 1)
    }

    /// Verdicts on altered receipts, many at once: one line of hexadecimal digits each.
    @Test func bothGiveTheSameVerdictOnAlteredReceipts() async throws {
        var generator = SeededGenerator(state: 6962)
        let receipts = try [0, 1, 127, 128, 254, 255, 256, 299].map { Array(try log.receipt($0).serialized.utf8) }
        let altered = receipts + (0..<1500).map { _ in ReceiptMutator.altered(receipts, &generator) }
        let key = log.signer.verifierKey
        let ours = altered.map { bytes in
            (try? DecisionReceipt(parsing: bytes).verify(against: [key])).map { "proven \($0.index)" } ?? "refused"
        }
        let script = """
            import sys
            sys.path.insert(0, sys.argv[1])
            import verify_receipt as v
            keys = [v.VerifierKey(sys.argv[2])]
            for line in sys.stdin:
                try:
                    print('proven', v.verify_receipt(bytes.fromhex(line), keys, None)[1]['index'])
                except v.Refused:
                    print('refused')
            """
        let lines = altered.map { Hexadecimal.encode($0) + "\n" }.joined()
        let result = try await run(
            "python3", ["-c", script, Self.script.deletingLastPathComponent().path, key.description],
            stdin: Data(lines.utf8))
        let theirs = result.text.split(separator: "\n").map(String.init)
        try #require(theirs.count == ours.count, "\(result.errorText)")
        for (number, (own, other)) in zip(ours, theirs).enumerated() {
            #expect(own == other, "receipt \(number): \(String(decoding: altered[number], as: UTF8.self))")
        }
        #expect(ours.filter { $0 != "refused" }.count > receipts.count)
    }
}
