import CallbackProtocol
import Testing

struct Base64URLTests {
    /// RFC 4648 section 10, without padding, and RFC 7515 appendix C.
    @Test(
        arguments: [
            ("", []), ("Zg", [0x66]), ("Zm8", [0x66, 0x6f]), ("Zm9v", [0x66, 0x6f, 0x6f]),
            ("Zm9vYg", Array("foob".utf8)), ("Zm9vYmE", Array("fooba".utf8)), ("Zm9vYmFy", Array("foobar".utf8)),
            ("A-z_4ME", [3, 236, 255, 224, 193]), ("__-_", [255, 255, 191]),
        ] as [(String, [UInt8])])
    func writesAndReadsPublishedTexts(text: String, bytes: [UInt8]) {
        #expect(Base64URL.encode(bytes) == Array(text.utf8))
        #expect(Base64URL.decode(ArraySlice(text.utf8)) == bytes)
    }

    @Test(arguments: [
        "A", "AAAAA", "Zg==", "Zg=", "Zh", "Zm9", "Zm8=", "+z_4", "A/z_4A", "Zm 9v", "Zm9v\n", " Zm9v", "Zm9v.",
        "Zm9vé",
        "Zm\u{0}v", "Zm9v%3D", "____=", "Zm9\u{212a}",
    ])
    func refusesEveryTextButTheCanonicalOne(text: String) {
        #expect(Base64URL.decode(ArraySlice(text.utf8)) == nil)
    }

    @Test func everyByteStringHasOneText() throws {
        var generator = SeededGenerator(seed: 1)
        for count in 0..<300 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let text = Base64URL.encode(bytes)
            #expect(Base64URL.decode(text[...]) == bytes)
            for index in text.indices.suffix(2) {
                for other in Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)
                where other != text[index] {
                    var changed = text
                    changed[index] = other
                    #expect(Base64URL.decode(changed[...]) != bytes)
                }
            }
        }
    }

    @Test func appendsToWhatIsThere() {
        var text = Array("a.".utf8)
        Base64URL.encode([0x66], to: &text)
        #expect(text == Array("a.Zg".utf8))
    }
}
