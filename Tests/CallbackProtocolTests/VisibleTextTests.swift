import CallbackProtocol
import Testing

@Suite struct VisibleTextTests {
    @Test func everyControlCharacterIsReplaced() {
        for value in (0..<0x20).map(UInt32.init) + (0x7f...0x9f).map(UInt32.init) {
            let text = "a" + String(Unicode.Scalar(value).map(Character.init) ?? "-") + "b"
            #expect(visible(text) == "a?b", "U+\(String(value, radix: 16))")
        }
    }

    @Test(arguments: [
        "\u{ad}", "\u{61c}", "\u{200b}", "\u{200d}", "\u{200e}", "\u{200f}", "\u{2028}", "\u{2029}", "\u{202a}",
        "\u{202e}", "\u{2060}", "\u{2066}", "\u{2069}", "\u{feff}", "\u{e0041}",
    ])
    func whatTurnsBreaksOrHidesTextIsReplaced(hidden: String) {
        #expect(visible("VAULT/\(hidden)1") == "VAULT/?1")
        #expect(visible(Array("é\(hidden)1".utf8)) == Array("é?1".utf8))
    }

    @Test(arguments: ["", "0.01 ETH  VAULT/0 > VAULT/1 ~", "Zürich", "e\u{301}", "金庫", "🏦", "\u{a0}", "שלום"])
    func whatCanBeSeenStays(text: String) {
        #expect(visible(text).unicodeScalars.elementsEqual(text.unicodeScalars))
        #expect(visible(Array(text.utf8)) == Array(text.utf8))
    }

    @Test func aLineBreakCannotHideInsideACluster() {
        // CR LF is one character of Swift.
        #expect(visible("a\r\nb") == "a??b")
        #expect(visible(Array("a\r\nb".utf8)) == Array("a??b".utf8))
    }

    @Test func whatIsNoTextBecomesText() {
        #expect(visible([0x61, 0x9b, 0x62]) == Array("a\u{fffd}b".utf8))
    }
}
