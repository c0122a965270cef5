import CallbackProtocol
import Testing

struct ExactDecimalTests {
    @Test(arguments: [
        ("0", "0"), ("0.010000000000000000", "0.01"), ("1.50", "1.5"), ("1200", "1200"), ("0.0", "0"),
        (
            "115792089237316195423570985008687907853269984665640564039457584007913129639935",
            "115792089237316195423570985008687907853269984665640564039457584007913129639935"
        ),
        (
            "0.00000000000000000000000000000000000000000000000000000000000000000000000000001",
            "0.00000000000000000000000000000000000000000000000000000000000000000000000000001"
        ),
    ])
    func readsPlainAmounts(text: String, plain: String) throws {
        let number = try #require(ExactDecimal(plain: text))
        #expect(number.description == plain)
        #expect(ExactDecimal(plain: plain) == number)
    }

    @Test(arguments: [
        "", "-1", "+1", "1e5", "01", "00", ".5", "1.", "1..2", " 1", "1 ", "1,5", "0x1", "١", "1_0", "NaN", "-0",
        "1\u{0}",
        "1" + String(repeating: "0", count: 78), "0." + String(repeating: "0", count: 78),
    ])
    func refusesWhatIsNoPlainAmount(text: String) {
        #expect(ExactDecimal(plain: text) == nil)
    }

    @Test(arguments: [
        ("-0", "0"), ("-1.50", "-1.5"), ("1e2", "100"), ("1E+2", "100"), ("1.5e-2", "0.015"), ("0e30", "0"),
        ("1e30", "1000000000000000000000000000000"), ("1e-30", "0.000000000000000000000000000001"),
        ("1e000000000000000000000000000000000000000000000000000000030", "1000000000000000000000000000000"),
        ("-12.0e-0", "-12"), ("0.01000000", "0.01"),
    ])
    func readsJSONNumbers(text: String, plain: String) throws {
        #expect(try #require(ExactDecimal(jsonNumber: text)).description == plain)
    }

    @Test(arguments: [
        "1e31", "1e-31", "0e31", "1e100", "1e99999999999999999999", "1e-99999999999999999999", "1e", "1e+", "e5", "--1",
        "1e5.0", "1e 5", "+1", "01", "1e0000000000000000000031", String(repeating: "9", count: 79),
    ])
    func refusesJSONNumbersOutOfBounds(text: String) {
        #expect(ExactDecimal(jsonNumber: text) == nil)
    }

    @Test(arguments: [
        ("0.000000005", "0.00000000"), ("0.000000015", "0.00000002"), ("0.000000025", "0.00000002"),
        ("0.0000000251", "0.00000003"), ("0.0000000249", "0.00000002"), ("0.999999995", "1.00000000"),
        ("-0.000000015", "-0.00000002"), ("-0.000000004", "0.00000000"), ("1e-30", "0.00000000"),
        ("123", "123.00000000"),
        ("-0", "0.00000000"), ("88.22639765", "88.22639765"), ("0.01", "0.01000000"),
        ("1e20", "100000000000000000000.00000000"),
        ("0.000000050000000000000000001", "0.00000005"), ("0.000000055000000000000000001", "0.00000006"),
    ])
    func printsEightDecimalsRoundedHalfToEven(text: String, printed: String) throws {
        #expect(try #require(ExactDecimal(jsonNumber: text)).text(decimals: 8) == printed)
    }

    @Test func printsWithoutDecimals() throws {
        #expect(try #require(ExactDecimal(plain: "2.5")).text(decimals: 0) == "2")
        #expect(try #require(ExactDecimal(plain: "3.5")).text(decimals: 0) == "4")
    }

    /// Against integers of 128 bits, in units of 10^-9.
    @Test func addsComparesAndRoundsLikeIntegers() throws {
        var generator = SeededGenerator(seed: 20_260_101)
        func random() -> Int128 {
            let digits = Int.random(in: 0...18, using: &generator)
            let value =
                Int128(UInt64.random(in: 0...UInt64.max, using: &generator))
                % (1...digits + 1).reduce(1) { sum, _ in sum * 10 }
            return Bool.random(using: &generator) ? value : -value
        }
        func decimal(_ value: Int128) throws -> ExactDecimal {
            let digits = String(value.magnitude)
            let padded = String(repeating: "0", count: max(0, 10 - digits.count)) + digits
            let text = (value < 0 ? "-" : "") + padded.dropLast(9) + "." + padded.suffix(9)
            return try #require(ExactDecimal(jsonNumber: text))
        }
        for _ in 0..<3_000 {
            let (left, right) = (random(), random())
            let (first, second) = (try decimal(left), try decimal(right))
            #expect(try first + second == decimal(left + right))
            #expect(try first - second == decimal(left - right))
            #expect((first < second) == (left < right))
            #expect((first == second) == (left == right))
            #expect(try -first == decimal(-left))
            #expect(try first.magnitude == decimal(left < 0 ? -left : left))
            #expect(first.isNegative == (left < 0) && first.isZero == (left == 0))
        }
    }

    @Test func equalValuesAreEqualWhateverTheirNotation() throws {
        let numbers = try ["1.5", "1.50", "15e-1", "0.15e1", "150e-2"].map {
            try #require(ExactDecimal(jsonNumber: $0))
        }
        #expect(Set(numbers).count == 1)
        #expect(try #require(ExactDecimal(plain: "1.5")).shifted(by: 3) == ExactDecimal(plain: "1500"))
    }

    @Test(
        arguments: [
            ([], "0"), ([0, 0], "0"), ([9], "9"), ([10], "10"), ([1, 0], "256"), ([0, 1, 0], "256"),
            ([0x23, 0x86, 0xf2, 0x6f, 0xc1, 0x00, 0x00], "10000000000000000"),
            (
                [UInt8](repeating: 0xff, count: 32),
                "115792089237316195423570985008687907853269984665640564039457584007913129639935"
            ),
        ] as [([UInt8], String)])
    func readsBigEndianIntegers(bytes: [UInt8], plain: String) {
        #expect(ExactDecimal(bigEndian: bytes).description == plain)
    }

    @Test func multipliesByWholeNumbers() throws {
        for (left, right, product) in [
            ("28466845821", 21_000, "597803762241000"), ("0", 7, "0"), ("1.25", 4, "5"), ("3", 0, "0"),
            ("9999999999", UInt32.max, "42949672945705032705"),
        ] as [(String, UInt32, String)] {
            #expect(try #require(ExactDecimal(plain: left)).multiplied(by: right).description == product)
        }
    }

    @Test func tellsWholeNumbersOf64Bits() throws {
        for (text, value) in [
            ("0", 0), ("7", 7), ("1200", 1_200), ("18446744073709551615", UInt64.max), ("18446744073709551616", nil),
            ("99999999999999999999", nil), ("100000000000000000000", nil), ("0.5", nil), ("1.5", nil),
        ] as [(String, UInt64?)] {
            #expect(try #require(ExactDecimal(plain: text)).unsignedInteger == value)
        }
        #expect(try #require(ExactDecimal(jsonNumber: "-1")).unsignedInteger == nil)
    }
}
