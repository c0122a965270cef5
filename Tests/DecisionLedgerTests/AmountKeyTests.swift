// Sortable amounts and instants: the order of the texts is the order of the values.

import CallbackProtocol
import Testing

@testable import DecisionLedger

/// Numbers that are the same in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

@Suite struct AmountKeyTests {
    private func number(_ generator: inout SeededGenerator) -> String {
        // Few digits and few exponents, so that near and equal values are common; sometimes the extremes.
        let long = Int.random(in: 0..<20, using: &generator) == 0
        let digits = (0..<(long ? 70 : Int.random(in: 1...4, using: &generator))).map { _ in
            String(Int.random(in: 0...(long ? 9 : 2), using: &generator))
        }.joined()
        let whole = String(Int.random(in: 0...3, using: &generator))
        let sign = Bool.random(using: &generator) ? "-" : ""
        return "\(sign)\(whole).\(digits)e\(Int.random(in: long ? -30...30 : -3...3, using: &generator))"
    }

    @Test func keysSortAsTheNumbersDo() throws {
        var generator = SeededGenerator(state: 20_261_121)
        for _ in 0..<20_000 {
            let (first, second) = (number(&generator), number(&generator))
            let (left, right) = (
                try #require(ExactDecimal(jsonNumber: first)), try #require(ExactDecimal(jsonNumber: second))
            )
            let (leftKey, rightKey) = (
                Array(try #require(AmountKey.make(left)).utf8), Array(try #require(AmountKey.make(right)).utf8)
            )
            let agree =
                (left < right) == leftKey.lexicographicallyPrecedes(rightKey)
                && (left == right) == (leftKey == rightKey)
            if !agree { Issue.record("\(first) and \(second)") }
        }
    }

    @Test func theLargestAndSmallestAmountsHaveKeys() throws {
        let texts = [
            "-" + String(repeating: "9", count: 78) + "e30", "-1", "-0." + String(repeating: "0", count: 76) + "1e-30",
            "0", "0." + String(repeating: "0", count: 76) + "1e-30", "0.1", "0.10000000000000000001", "1", "9.9", "10",
            String(repeating: "9", count: 78) + "e30",
        ]
        let keys = try texts.map { text in
            let number = try #require(ExactDecimal(jsonNumber: text))
            return Array(try #require(AmountKey.make(number)).utf8)
        }
        for (left, right) in zip(keys, keys.dropFirst()) { #expect(left.lexicographicallyPrecedes(right)) }
    }

    @Test(arguments: [
        ("1970-01-01T00:00:00.000Z", Int64(0)), ("2026-11-21T09:30:00.123Z", 1_795_253_400_123),
        ("2000-02-29T23:59:59.999Z", 951_868_799_999), ("1969-12-31T23:59:59.999Z", -1),
        ("2100-03-01T00:00:00.000Z", 4_107_542_400_000),
    ])
    func instantsAreWrittenAndReadAsRFC3339(_ text: String, _ milliseconds: Int64) {
        #expect(LedgerInstant(milliseconds: milliseconds).description == text)
        #expect(LedgerInstant(text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        ("2026-11-21", "2026-11-21T00:00:00.000Z"), ("2026-11-21T09:30:00+02:00", "2026-11-21T07:30:00.000Z"),
        ("2026-11-21T09:30:00.5-01:30", "2026-11-21T11:00:00.500Z"),
        ("2026-11-21T09:30:00.1239Z", "2026-11-21T09:30:00.123Z"),
    ])
    func otherFormsOfRFC3339AreRead(_ text: String, _ expected: String) {
        #expect(LedgerInstant(text)?.description == expected)
    }

    @Test(arguments: [
        "", "2026", "2026-13-01", "2026-02-30", "2026-11-21T", "2026-11-21T24:00:00Z", "2026-11-21T09:30:00",
        "2026-11-21T09:30:00.Z", "2026-11-21T09:30:00Zx", "yesterday", "2100-02-29",
    ])
    func whatIsNoInstantIsRefused(_ text: String) {
        #expect(LedgerInstant(text) == nil)
    }
}
