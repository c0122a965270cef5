// Thousands of altered receipts: whatever verifies is a record of the log at its own place.

import Testing

@testable import DecisionLedger

@Suite(.timeLimit(.minutes(5))) struct ReceiptFuzzTests {
    @Test func noAlteredReceiptProvesAnythingElse() throws {
        let log = try SampleLog(count: 60, seed: 3)
        let other = try SampleLog(count: 60, seed: 4)
        var generator = SeededGenerator(state: 9162)
        var receipts: [[UInt8]] = []
        for index in stride(from: 0, to: 60, by: 7) {
            receipts.append(Array(try log.receipt(index).serialized.utf8))
            receipts.append(Array(try log.receipt(index, size: index + 1).serialized.utf8))
            receipts.append(Array(try other.receipt(index).serialized.utf8))
        }
        var (parsed, verified) = (0, 0)
        for round in 0..<6000 {
            let bytes = ReceiptMutator.altered(receipts, &generator)
            guard let receipt = try? DecisionReceipt(parsing: bytes) else { continue }
            parsed += 1
            #expect(Array(receipt.serialized.utf8) == bytes, "round \(round)")
            guard let proven = try? receipt.verify(against: [log.signer.verifierKey]) else { continue }
            verified += 1
            #expect(proven.record == log.records[proven.index], "round \(round)")
        }
        // The mutations are not so wild that nothing is tested: many are read, and whole exchanges even verify.
        #expect(parsed > 600 && verified > 20, "\(parsed) parsed, \(verified) verified")
    }
}

/// Alters receipts as an attacker who has several would.
enum ReceiptMutator {
    static func altered(_ receipts: [[UInt8]], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = receipts.randomElement(using: &generator) ?? []
        for _ in 0..<Int.random(in: 1...2, using: &generator) {
            let other = receipts.randomElement(using: &generator) ?? []
            bytes =
                Int.random(in: 0..<3, using: &generator) == 0
                ? alteredBytes(bytes, &generator) : alteredLines(bytes, other, &generator)
        }
        return bytes
    }

    private static func alteredBytes(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        guard !bytes.isEmpty else { return bytes }
        var result = bytes
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: result[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: result[at] = UInt8(ascii: "A") + UInt8.random(in: 0..<26, using: &generator)
        case 2: result.remove(at: at)
        case 3: result.insert(Array("\n =A0/+\r\u{0}".utf8).randomElement(using: &generator) ?? 0, at: at)
        case 4: result.removeLast(bytes.count - at)
        default: result.replaceSubrange(at..<at, with: bytes[at..<min(at + 9, bytes.count)])
        }
        return result
    }

    /// Lines left out, doubled, exchanged, or taken from another receipt, at the same place or elsewhere.
    private static func alteredLines(
        _ bytes: [UInt8], _ other: [UInt8], _ generator: inout SeededGenerator
    ) -> [UInt8] {
        var lines = bytes.split(separator: 0x0a, omittingEmptySubsequences: false)
        let foreign = other.split(separator: 0x0a, omittingEmptySubsequences: false)
        let at = Int.random(in: 0..<lines.count, using: &generator)
        let from = Int.random(in: 0..<foreign.count, using: &generator)
        switch Int.random(in: 0..<7, using: &generator) {
        case 0: lines.remove(at: at)
        case 1: lines.insert(lines[at], at: at)
        case 2: lines.swapAt(at, Int.random(in: 0..<lines.count, using: &generator))
        case 3: lines[at] = foreign[from]
        case 4: if at < foreign.count { lines[at] = foreign[at] }
        case 5: lines = Array(lines.prefix(3) + foreign.dropFirst(3))
        default: lines = Array(foreign.prefix(3) + lines.dropFirst(3))
        }
        return Array(lines.joined(separator: [0x0a]))
    }
}
