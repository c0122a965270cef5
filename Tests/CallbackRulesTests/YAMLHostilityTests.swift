// Texts that were made to hurt a YAML reader.

import CallbackRules
import Testing

@Suite struct YAMLHostilityTests {
    private static let head = "rules_version: 1\nname: x\n"

    private func codes(_ text: String) -> [DiagnosticCode] { diagnostics(text).map(\.code) }

    @Test func `a tree of aliases is refused before it grows`() {
        var text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
        for (name, inner) in zip("bcdefghi", "abcdefgh") {
            text += "\(name): &\(name) [\(Array(repeating: "*\(inner)", count: 9).joined(separator: ", "))]\n"
        }
        #expect(codes(text) == [.anchor])
        // As a key, an alias makes the composer compare the whole tree.
        #expect(codes(text + "? *i\n: 1\n") == [.anchor])
    }

    @Test(arguments: [
        "transactions: &a []\n", "name2: *a\n", "lists: { a: &b { ids: [x] } }\n", "lists: { ? &k a : { ids: [x] } }\n",
    ])
    func `anchors and aliases are refused wherever they stand`(text: String) {
        #expect(codes(Self.head + text).contains { $0 == .anchor || $0 == .keyNotText || $0 == .syntax })
        #expect(diagnostics(Self.head + text).contains { $0.severity == .error })
    }

    @Test(arguments: [
        "transactions: !!seq []\n", "time_zone: !!int \"5\"\n", "time_zone: !zone x\n", "lists: !!map {}\n",
    ])
    func `tags are refused`(text: String) {
        #expect(codes(Self.head + text) == [.tag])
    }

    @Test func `stars and ampersands in text are text`() throws {
        let rule = """
            transactions:
              - { id: a, effect: reject, reason: "R&D *all* of it & more", when: { note: { prefix: "*urgent" } } }

            """
        #expect(codes(Self.head + rule).isEmpty)
    }

    @Test func `merge keys are refused`() {
        #expect(codes(Self.head + "<<: { a: b }\n").contains(.unknownKey))
    }

    @Test func `a duplicate key is refused at any depth`() {
        #expect(codes(Self.head + "name: y\n") == [.duplicateKey])
        let deep = "transactions:\n  - { id: a, effect: reject, when: { asset: ETH, asset: BTC } }\n"
        #expect(codes(Self.head + deep) == [.duplicateKey])
        #expect(codes(Self.head + "lists: { a: { ids: [x] }, \"a\": { ids: [y] } }\n") == [.duplicateKey])
    }

    @Test func `tabs as indentation are refused with their place`() throws {
        let found = diagnostics(Self.head + "lists:\n\ta: { ids: [x] }\n")
        #expect(found.map(\.code) == [.syntax])
        #expect(found.first?.line == 4)
    }

    @Test func `a file of ten megabytes is refused by its size`() {
        let text = Self.head + "# " + String(repeating: "x", count: 10 << 20)
        #expect(codes(text) == [.tooLarge])
    }

    @Test(arguments: [("[", "]"), ("{ a: ", "}"), ("- ", "")])
    func `deep nesting is refused`(open: String, close: String) {
        for depth in [20, 900, 5_000] {
            let text =
                Self.head + "lists:\n  " + String(repeating: open, count: depth) + "x"
                + String(repeating: close, count: depth)
            let found = codes(text)
            #expect(found == [.tooDeep] || found == [.syntax], "\(depth): \(found)")
        }
    }

    @Test func `explicit keys that are trees are refused`() {
        #expect(codes(Self.head + String(repeating: "? ", count: 500) + "x\n") == [.anchor])
        #expect(codes(Self.head + "? [a, b]\n: c\n").contains(.keyNotText))
    }

    @Test func `a byte order mark and CRLF are read, more than one document is not`() {
        #expect(codes("\u{feff}" + Self.head).isEmpty)
        #expect(codes("rules_version: 1\r\nname: x\r\n").isEmpty)
        #expect(codes("---\n" + Self.head).isEmpty)
        #expect(codes(Self.head + "---\n" + Self.head) == [.severalDocuments])
    }

    @Test func `bytes that are not UTF-8 are refused with their line`() {
        for bytes: [UInt8] in [[0xff, 0xfe, 0x61, 0x00], [0xc0, 0x80], [0xed, 0xa0, 0x80]] {
            let text = Array("rules_version: 1\nname: ".utf8) + bytes
            let result = RulesSnapshot.load(file: "r", text: text) { _ in [] }
            #expect(result.snapshot == nil)
            #expect(result.diagnostics.map(\.code) == [.notUTF8])
            #expect(result.diagnostics.first?.line == 2)
        }
    }

    @Test(arguments: ["\u{85}", "\u{2028}", "\u{2029}", "\r", "\u{202e}", "\u{2066}", "\u{7}", "\u{feff}", "\u{9b}"])
    func `characters that hide what is read are refused with their place`(hidden: String) {
        // To an editor this is one line of comment; to a YAML reader some of these end it.
        let found = diagnostics(Self.head + "# é\(hidden)transactions: []\n")
        #expect(found.map(\.code) == [.hiddenCharacter])
        #expect(found.first?.line == 3)
        #expect(found.first?.column == 4)
    }

    @Test(arguments: [
        "", "   \n", "# nothing\n", "---\n", "\u{0}", "name: \u{7}", "a: b: c", "'", "\"\\x\"", "- [", "%YAML 9",
    ])
    func `broken and empty texts end in a finding`(text: String) {
        let found = diagnostics(text)
        #expect(found.contains { $0.severity == .error })
    }

    @Test func `random texts neither load nor crash`() {
        var random = SplitMix64(seed: 7)
        let pieces = [
            "a", ":", " ", "\n", "- ", "{", "}", "[", "]", "\"", "'", "&a", "*a", "!t", "#", "|", ">", "?", ",",
            "rules_version: 1\n", "\t", "é",
        ]
        for _ in 0..<5_000 {
            let text = (0..<20).map { _ in pieces[random.below(pieces.count)] }.joined()
            #expect(diagnostics(text).contains { $0.severity == .error })
        }
    }
}
