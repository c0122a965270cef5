import CallbackProtocol
import Foundation
import SystemCrypto
import TestSupport
import Testing

/// Generated JSON texts, and broken ones, read by Python's `json` too.
struct JSONDifferentialTests {
    @Test func pythonReadsTheSameTextsAndTheSameValues() async throws {
        var generator = SeededGenerator(seed: 8259)
        var texts: [[UInt8]] = []
        for _ in 0..<1_500 {
            var text = ""
            JSONTextGenerator.append(to: &text, depth: 0, using: &generator)
            texts.append(Array(text.utf8))
            texts.append(mutated(Array(text.utf8), using: &generator))
            texts.append(mutated(Array(text.utf8), using: &generator))
        }
        let lines = texts.map { Hexadecimal.encode($0) + "\n" }.joined()
        let result = try await run("python3", [try resource("json_check.py").path], stdin: Data(lines.utf8))
        try #require(result.status == 0, "\(result.errorText)")
        let answers = result.text.split(separator: "\n")
        try #require(answers.count == texts.count)
        var (accepted, refused) = (0, 0)
        for (text, answer) in zip(texts, answers) {
            let ours = (try? StrictJSON.parse(text)).map { Hexadecimal.encode($0.serialized()) } ?? "-"
            #expect(ours == answer, "\(String(decoding: text, as: UTF8.self))")
            if ours == "-" { refused += 1 } else { accepted += 1 }
        }
        #expect(accepted > 1_000 && refused > 1_000)
    }
}

/// Writes JSON texts with odd spacing, escapes and numbers; now and then one with a duplicate member.
private enum JSONTextGenerator {
    static func append(to text: inout String, depth: Int, using generator: inout SeededGenerator) {
        space(&text, &generator)
        switch Int.random(in: 0..<(depth < 6 ? 10 : 6), using: &generator) {
        case 0: text += "null"
        case 1: text += Bool.random(using: &generator) ? "true" : "false"
        case 2, 3: text += numbers.randomElement(using: &generator) ?? "0"
        case 4, 5: string(&text, &generator)
        case 6, 7:
            list("[", "]", &text, &generator) { text, generator in
                append(to: &text, depth: depth + 1, using: &generator)
            }
        default:
            list("{", "}", &text, &generator) { text, generator in
                space(&text, &generator)
                string(&text, &generator)
                space(&text, &generator)
                text += ":"
                append(to: &text, depth: depth + 1, using: &generator)
            }
        }
        space(&text, &generator)
    }

    private static let numbers = [
        "0", "-0", "1", "-1", "0.10", "1e5", "1E+05", "-1.5e-7", "123456789012345678901234567890", "0e0", "1e400",
        "88.22639765", "-0.0",
    ]
    private static let pieces = [
        "a", "b", "id", " ", "é", "e\u{301}", "\u{212a}", "😀", "\u{7f}", "\u{2028}", "\u{feff}", #"\""#, #"\\"#,
        #"\/"#, #"\b"#, #"\f"#, #"\n"#, #"\r"#, #"\t"#, #"\u0000"#, #"\u0061"#, #"\u00E9"#, #"\u212A"#,
        #"\ud83d\ude00"#,
        #"\uD83D\uDE00"#, #"\uffff"#,
    ]

    private static func space(_ text: inout String, _ generator: inout SeededGenerator) {
        text += ["", "", "", "", " ", "\n", "\t", "\r", " \r\n"].randomElement(using: &generator) ?? ""
    }

    private static func string(_ text: inout String, _ generator: inout SeededGenerator) {
        text += "\""
        for _ in 0..<Int.random(in: 0...4, using: &generator) {
            text += pieces.randomElement(using: &generator) ?? ""
        }
        text += "\""
    }

    private static func list(
        _ first: String, _ last: String, _ text: inout String, _ generator: inout SeededGenerator,
        _ element: (inout String, inout SeededGenerator) -> Void
    ) {
        text += first
        let count = Int.random(in: 0...4, using: &generator)
        for index in 0..<count {
            if index > 0 { text += "," }
            element(&text, &generator)
        }
        if count == 0 { space(&text, &generator) }
        text += last
    }
}
