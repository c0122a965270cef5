import Testing

@testable import CallbackRules

@Suite struct SignatureArmorTests {
    private static let blob = [UInt8](0..<200)
    private static let first = "-----BEGIN SSH SIGNATURE-----"
    private static let last = "-----END SSH SIGNATURE-----"

    private func decode(_ text: String) -> [UInt8]? { try? SignatureArmor.decode(Array(text.utf8)) }

    @Test(arguments: [1, 4, 69, 70, 76], ["\n", "\r\n"])
    func evenLinesAreRead(width: Int, lineEnd: String) throws {
        let file = Forge.armor(Self.blob, width: width, lineEnd: lineEnd)
        #expect(try SignatureArmor.decode(file) == Self.blob)
        #expect(try SignatureArmor.decode(file.dropLast(lineEnd.utf8.count) + []) == Self.blob)
    }

    @Test func everyShorterFileIsRefused() {
        let file = Forge.armor(Self.blob)
        for count in 0..<(file.count - 1) {
            #expect((try? SignatureArmor.decode(Array(file.prefix(count)))) == nil, "\(count) bytes")
        }
    }

    @Test(arguments: [77, 300])
    func longLinesAreRefused(width: Int) {
        #expect((try? SignatureArmor.decode(Forge.armor(Self.blob, width: width))) == nil)
    }

    @Test func whatSurroundsItIsRefused() {
        let good = "\(Self.first)\nAAAA\nAAAA\n\(Self.last)\n"
        #expect(decode(good) == [UInt8](repeating: 0, count: 6))
        for text in [
            "\n" + good, " " + good, "\u{feff}" + good, good + "\n", good + " ", good + good, good + "x", "x" + good,
            "\(Self.first)\n\(Self.last)\n", "\(Self.first)\n\n\(Self.last)\n", "\(Self.first)\n\(Self.last)",
            "\(Self.first)AAAA\(Self.last)", "\(Self.first)\r\r\nAAAA\n\(Self.last)\n",
            "\(Self.first)\rAAAA\r\(Self.last)\r", "", "\n", "\n\n\n",
        ] {
            #expect(decode(text) == nil, "\(text)")
        }
    }

    @Test(arguments: [
        "AAAA\n\nAAAA", "AAA\nAAAAA", "AAAA\nAAAAAAAA", "AAAA \nAAAA", "AAAA\n AAA", "AA==\nAAAA", "AAA", "AAA=A",
        "A===",
        "====", "AAB=", "AB==", "AA-_", "AA\u{0}A", "AA\tA", "AAAA\nAAA=\n=",
    ])
    func otherBase64IsRefused(body: String) {
        #expect(decode("\(Self.first)\n\(body)\n\(Self.last)\n") == nil)
    }

    @Test func hugeFilesAreRefusedUnread() {
        let file = Forge.armor([UInt8](repeating: 7, count: SignatureArmor.limit))
        let error = #expect(throws: SignatureError.self) { try SignatureArmor.decode(file) }
        #expect(error?.code == .unreadableSignature)
    }
}
