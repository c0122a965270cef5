// The example of docs/ledger.md, which a Python script made: both verifiers take it, and the commands of the guide work.

import CallbackProtocol
import Foundation
import TestSupport
import Testing

@testable import DecisionLedger

@Suite(.timeLimit(.minutes(2))) struct PublishedReceiptTests {
    private static let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let names = ["example.tlog-proof", "example.key", "example-opening.json"]

    private func text(_ path: String) throws -> String {
        String(decoding: try Data(contentsOf: Self.repository.appendingPathComponent(path)), as: UTF8.self)
    }

    private func example(_ name: String) throws -> String { try text("Tests/verifier/" + name) }

    private func key() throws -> NoteVerifierKey { try NoteVerifierKey(String(example("example.key").dropLast())) }

    @Test func aReceiptThatAnotherProgramMadeVerifies() throws {
        let text = try example("example.tlog-proof")
        let receipt = try DecisionReceipt(parsing: Array(text.utf8))
        #expect(receipt.serialized == text)
        let verified = try receipt.verify(against: [key()])
        #expect(verified.index == 1 && verified.checkpoint.size == 3)
        #expect(verified.record.object["requestId"]?.string == "9c794cee-7e27-46c9-9e9a-ed68295ff062")
        #expect(verified.confirms(try RecordOpening(json: Array(example("example-opening.json").utf8))))
    }

    @Test func theGuideShowsTheExample() throws {
        let guide = try text("docs/ledger.md")
        let note = try DecisionReceipt(parsing: Array(example("example.tlog-proof").utf8)).checkpoint
        #expect(guide.contains(note.serialized))
        #expect(guide.contains(try key().description))
    }

    /// Runs the shell blocks of the guide, in a folder with the files of the example.
    private func byHand(receipt: String) async throws -> ProcessResult {
        let directory = try TemporaryDirectory()
        for name in Self.names { try directory.write(name, try example(name)) }
        try directory.write("example.tlog-proof", receipt)
        let blocks = try text("docs/ledger.md").components(separatedBy: "```sh\n").dropFirst().compactMap {
            $0.components(separatedBy: "```").first
        }
        try #require(blocks.count == 5)
        return try await run("sh", ["-ec", "cd '\(directory.url.path)'\n" + blocks.joined()])
    }

    @Test func theCommandsOfTheGuideVerifyTheExample() async throws {
        let text = try example("example.tlog-proof")
        let good = try await byHand(receipt: text)
        let lines = good.text.split(separator: "\n").map(String.init)
        try #require(good.status == 0 && lines.count == 5, "\(good.errorText)")
        #expect(lines[0] == "Signature Verified Successfully" && lines[1].hasPrefix("37d081e9b40a7fbc"))
        #expect(lines[2] == "True" && lines[3] == lines[4])
        let signed = try await byHand(receipt: text.replacing("\n3\n", with: "\n4\n"))
        #expect(signed.status != 0)
        let moved = try await byHand(receipt: text.replacing("index 1", with: "index 0"))
        #expect(moved.text.contains("\nFalse\n"))
    }
}
