// A log of records that are hard to write: escapes, control characters, characters beyond the BMP, names whose order is
// another one in UTF-8 than in UTF-16.

import CallbackProtocol
import SystemCrypto

@testable import DecisionLedger

struct SampleLog {
    let signer: NoteSigner
    private(set) var records: [CanonicalRecord] = []
    let store = TileStore()

    init(count: Int, name: String = "log.example/ledger", seed: UInt64) throws {
        signer = try NoteSigner(name: name, key: .generate())
        var generator = SeededGenerator(state: seed)
        for number in 1...count {
            let record = try CanonicalRecord(Self.record(number, &generator))
            records.append(record)
            try store.append(record.leafHash)
        }
    }

    func checkpoint(_ size: Int? = nil) throws -> SignedNote {
        let size = size ?? records.count
        var prover = try store.prover(size)
        return try Checkpoint(origin: signer.verifierKey.name, size: size, rootHash: prover.root()).signed(by: signer)
    }

    func receipt(_ index: Int, size: Int? = nil) throws -> DecisionReceipt {
        var prover = try store.prover(size ?? records.count)
        return DecisionReceipt(
            record: Array(records[index].text.utf8), index: index, proof: try prover.inclusionProof(of: index),
            checkpoint: try checkpoint(size))
    }

    func export() throws -> [String] {
        records.enumerated().map { ExportLine.entry(index: $0, record: $1.text) } + [
            ExportLine.checkpoint(try checkpoint())
        ]
    }

    private static let pieces = [
        "a", "Z", "0", " ", "\"", "\\", "/", "\u{8}", "\t", "\n", "\u{b}", "\u{c}", "\r", "\u{0}", "\u{1f}", "\u{7f}",
        "\u{80}", "é", "e\u{301}", "€", "\u{2028}", "\u{d7ff}", "\u{e000}", "\u{fb33}", "\u{fffd}", "\u{ffff}", "😀",
        "\u{10ffff}", "\u{feff}", "</script>",
    ]

    private static func text(_ generator: inout SeededGenerator) -> String {
        (0..<Int.random(in: 0...6, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
            .joined()
    }

    private static func value(_ depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth > 2 ? 6 : 8), using: &generator) {
        case 0: return .null
        case 1: return .bool(Bool.random(using: &generator))
        case 2: return .number(String(Int.random(in: -1000...1000, using: &generator)))
        case 3:
            return .number(
                ["0", "-1", "9007199254740991", "-9007199254740991"].randomElement(using: &generator) ?? "0")
        case 4, 5: return .string(text(&generator))
        case 6: return .array((0..<Int.random(in: 0...3, using: &generator)).map { _ in value(depth + 1, &generator) })
        default: return .object(members(depth + 1, &generator))
        }
    }

    private static func members(_ depth: Int, _ generator: inout SeededGenerator) -> JSONObject {
        var object = JSONObject()
        for _ in 0..<Int.random(in: 0...8, using: &generator) {
            object.set(text(&generator), value(depth, &generator))
        }
        return object
    }

    private static func record(_ number: Int, _ generator: inout SeededGenerator) -> JSONObject {
        var object = members(0, &generator)
        object.set("sequence", .number(String(number)))
        object.set("requestId", .string("r\(number)"))
        return object
    }
}
