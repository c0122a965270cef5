// One page of docs/rules-codes, read as a test reads it.

import CallbackRules
import TestSupport
import Testing

/// What a page promises: a code with its severity and fix, a file that gets it, and one that does not.
///
/// The front lines (`- Severity: ...`, `- Reported by: ...`, `- Fix: ...`) stand below the title. Blocks are marked `yaml bad`,
/// `yaml good`, `yaml rules` (what a file of tests is about) and `text NAME` (a file beside the others). `yaml bad bytes` turns
/// `\xNN` into that byte; `yaml bad last-line-times=N` repeats the last line.
struct CodePage {
    /// How a code is found.
    enum Reporter: String {
        case check = "`callback-server rules check`"
        case checkWithConfiguration = "`callback-server rules check --config`"
        case test = "`callback-server rules test`"
    }

    let file: String
    let title: String
    let front: [String: String]
    let blocks: [FencedBlock]

    init(_ name: String) throws {
        file = "docs/rules-codes/\(name)"
        let text = try Repository.text(file)
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        title = lines.first ?? ""
        var front: [String: String] = [:]
        for line in lines.dropFirst(2).prefix(while: { $0.hasPrefix("- ") }) {
            let parts = line.dropFirst(2).split(separator: ":", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { throw RulesDidNotLoad(description: "\(file): front line \(line)") }
            front[parts[0]] = String(parts[1].dropFirst())
        }
        self.front = front
        blocks = FencedBlock.all(in: text, file: file)
    }

    var reporter: Reporter? { front["Reported by"].flatMap(Reporter.init) }

    /// The only block with this mark.
    private func block(_ mark: String) throws -> FencedBlock {
        let found = blocks.filter { $0.info.dropFirst().first == mark && $0.info.first == "yaml" }
        guard found.count == 1 else {
            throw RulesDidNotLoad(description: "\(file): \(found.count) blocks yaml \(mark)")
        }
        return found[0]
    }

    /// What is found in the block `yaml bad` or `yaml good`.
    func findings(_ mark: String) throws -> (diagnostics: [Diagnostic], loads: Bool) {
        let bytes = try Self.bytes(of: block(mark))
        guard reporter == .test else {
            let result = RulesSnapshot.load(file: "rules.yaml", text: bytes, loadList: beside)
            let more = reporter == .checkWithConfiguration ? result.snapshot?.certificateModeWarnings ?? [] : []
            return (result.diagnostics + more, result.snapshot != nil)
        }
        let rules = RulesSnapshot.load(
            file: "rules.yaml", text: try Self.bytes(of: block("rules")), loadList: beside)
        let snapshot = try #require(rules.snapshot, "\(rules.diagnostics)")
        #expect(rules.diagnostics.isEmpty, "\(rules.diagnostics)")
        let tests = RulesTestFile.load(file: "rules.tests.yaml", text: bytes, rules: snapshot, loadSample: beside)
        if let tests = tests.tests {
            let run = snapshot.run(tests)
            #expect(run.failures == 0, "\(file): \(run.text)")
        }
        return (tests.diagnostics, tests.tests != nil)
    }

    /// A file that the page shows.
    private func beside(_ name: String) throws -> [UInt8] {
        guard let block = blocks.first(where: { $0.info == ["text", name] }) else {
            throw RulesDidNotLoad(description: "no such file")
        }
        return Array(block.text.utf8)
    }

    private static func bytes(of block: FencedBlock) throws -> [UInt8] {
        var bytes = Array(block.text.utf8)
        for mark in block.info.dropFirst(2) {
            if mark == "bytes" {
                bytes = unescaped(bytes)
            } else if mark.hasPrefix("last-line-times="), let times = Int(mark.dropFirst(16)) {
                let lines = bytes.dropLast().split(separator: 0x0a, omittingEmptySubsequences: false)
                let last = Array(lines.last ?? []) + [0x0a]
                bytes = lines.dropLast().flatMap { Array($0) + [0x0a] } + (0..<times).flatMap { _ in last }
            } else {
                throw RulesDidNotLoad(description: "\(block.place): what is \(mark)?")
            }
        }
        return bytes
    }

    private static func unescaped(_ bytes: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            if byte == 0x5c, rest.first == 0x78, rest.count >= 3,
                let value = UInt8(String(decoding: rest.dropFirst().prefix(2), as: UTF8.self), radix: 16)
            {
                result.append(value)
                rest = rest.dropFirst(3)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
