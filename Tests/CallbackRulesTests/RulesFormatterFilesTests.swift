// Formatting of whole files: those that are shipped, those of the documentation, generated ones, and hostile ones.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

@Suite struct RulesFormatterFilesTests {
    private static let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The rules files and files of rules tests in a folder and below.
    private static func files(in folder: String) throws -> [URL] {
        let found = FileManager.default.enumerator(
            at: repository.appendingPathComponent(folder), includingPropertiesForKeys: nil)
        return (found?.allObjects ?? []).compactMap { $0 as? URL }.filter { $0.pathExtension == "yaml" }
    }

    /// The findings without their places, and the counts of rules: what loading makes of a text.
    private func meaning(_ text: String, beside folder: URL? = nil) -> [String] {
        let result = RulesSnapshot.load(file: "rules.yaml", text: Array(text.utf8)) { name in
            guard let folder else { return Array(base58Address.utf8) }
            return Array(try Data(contentsOf: folder.appendingPathComponent(name)))
        }
        let findings = result.diagnostics.map { "\($0.code) \($0.message) \($0.file)" }.sorted()
        guard let snapshot = result.snapshot else { return findings }
        return findings + [snapshot.name, "\(snapshot.transactionRuleCount) \(snapshot.configurationRuleCount)"]
    }

    @Test func `shipped files are canonical`() throws {
        let files = try Self.files(in: "rules") + Self.files(in: "Benchmarks")
        #expect(files.count >= 2)
        for file in files {
            let text = try String(contentsOf: file, encoding: .utf8)
            #expect(try RulesFormatter.format(text) == text, "run `callback-server rules fmt` on \(file.path)")
        }
        #expect(try RulesFormatter.format(StarterRules.yaml) == StarterRules.yaml)
    }

    @Test func `examples of the documentation keep their meaning`() throws {
        var count = 0
        for name in ["docs/rules.md", "README.md"] {
            let text = try String(contentsOf: Self.repository.appendingPathComponent(name), encoding: .utf8)
            for part in text.components(separatedBy: "```yaml\n").dropFirst() {
                let example = part.components(separatedBy: "```")[0]
                let result: String
                do {
                    result = try RulesFormatter.format(example)
                } catch .unreadable {
                    continue
                }
                count += 1
                #expect(try RulesFormatter.format(result) == result)
                #expect(meaning(result) == meaning(example))
            }
        }
        #expect(count >= 1)
    }

    @Test func `generated rules decide the same after formatting`() throws {
        var generator = Generator(random: SplitMix64(seed: 99))
        for _ in 0..<150 {
            let text = generator.rules().yaml
            let result = try RulesFormatter.format(text)
            #expect(meaning(result) == meaning(text))
            guard let before = try? loaded(text) else { continue }
            let after = try loaded(result)
            for request in [
                payment(), payment { $0.sourceId = "12" }, batch([("5", evmAddress), ("7", bech32Address)]),
            ] {
                let input = EvaluationInput(content: .transaction(request), cosigner: "primary", listener: "l")
                let (old, new) = (
                    before.evaluate(input, at: saturdayMorning, tracing: true),
                    after.evaluate(input, at: saturdayMorning, tracing: true)
                )
                #expect(old.effect == new.effect)
                #expect(old.rule == new.rule)
            }
        }
    }

    // MARK: Hostile

    /// Seconds of work that no file of eight megabytes may need, even without optimisation on a busy machine.
    private static let bound = Duration.seconds(30)

    private static let megabyte = 1 << 20

    private static let hostile: [(name: String, text: String)] = [
        ("comments", String(repeating: "# a comment of some length\n", count: megabyte / 9) + "a: 1\n"),
        ("short comments", "a: 1\n" + String(repeating: "#\n", count: megabyte / 4)),
        ("one comment", "a: 1 #" + String(repeating: "x", count: 3 * megabyte) + "\n"),
        ("one line", "a: \"" + String(repeating: "x # ", count: megabyte / 2) + "\"\n"),
        ("a long list", "a: [" + String(repeating: "x,", count: megabyte / 16) + "]\n"),
        ("comments in a list", "a: [" + String(repeating: "x, # y\n", count: megabyte / 32) + "]\n"),
        ("many keys", "a:\n" + (0..<30_000).map { "  k\($0): { b: [c, d] } # e\n" }.joined()),
        ("deep", String(repeating: "{ a: [", count: 7) + "x # y\n" + String(repeating: "] }", count: 7)),
        (
            "wide and deep",
            String(repeating: "{ a: [", count: 7) + String(repeating: "x,", count: megabyte / 32)
                + String(repeating: "] }", count: 7)
        ),
        (
            "comments below the deep",
            (0..<14).map { String(repeating: " ", count: $0) + "a:\n" }.joined() + String(repeating: " ", count: 14)
                + "b: 1\n" + (0..<60_000).map { String(repeating: " ", count: 14 - $0 / 4_000) + "# c\n" }.joined()
        ),
        ("empty lines", "a: 1" + String(repeating: "\n", count: megabyte) + "b: 2\n"),
        ("a block scalar", "a: |\n" + String(repeating: "\n\n  # x\n", count: megabyte / 16)),
        ("a folded text", "a: x\n" + String(repeating: "  x\n\n", count: megabyte / 16)),
    ]

    @Test(.serialized, arguments: hostile.map(\.name))
    func `hostile texts are formatted in bounded time`(name: String) throws {
        let text = try #require(Self.hostile.first { $0.name == name }?.text)
        let start = ContinuousClock.now
        let result = try RulesFormatter.format(text)
        #expect(ContinuousClock.now - start < Self.bound)
        #expect(result.hasSuffix("\n"))
    }

    @Test func `too deep and too large texts are refused`() {
        for text in [String(repeating: "[", count: 5_000), String(repeating: "#", count: 9 << 20)] {
            #expect(throws: RulesFormatError.self) { try RulesFormatter.format(text) }
        }
    }

    @Test func `random pieces are formatted or refused, and never changed in meaning`() {
        var random = SplitMix64(seed: 17)
        let pieces = [
            "a", "b", ": ", ":", " ", "\n", "\n  ", "- ", "-", "{", "}", "[", "]", "\"", "'", "#", " # c", "|", ">",
            "? ",
            ",", "\n# d\n", "\t", "é", "...", "---", "|2", "\\",
        ]
        var formatted = 0
        for _ in 0..<30_000 {
            let text = (0..<(1 + random.below(14))).map { _ in random.pick(pieces) }.joined()
            do {
                _ = try RulesFormatter.format(text)
                formatted += 1
            } catch .unreadable {
                continue
            } catch {
                Issue.record("\(error)\n\(text.debugDescription)")
            }
        }
        #expect(formatted > 1_000)
    }
}
