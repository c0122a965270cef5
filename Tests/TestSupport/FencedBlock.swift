// Finds the repository's documentation, and the fenced blocks in it, so that tests can try what it shows.

package import Foundation

/// A block between two lines of three backticks.
package struct FencedBlock: Sendable {
    /// The file, relative to the repository.
    package let file: String
    /// The line of the opening backticks, from 1.
    package let line: Int
    /// The words behind the opening backticks: a language, then marks for tests.
    package let info: [String]
    /// What stands between, with its last line break.
    package let text: String

    package var place: String { "\(file):\(line)" }

    /// Every block of a text. An opening that nothing closes runs to the end.
    package static func all(in markdown: String, file: String) -> [FencedBlock] {
        var blocks: [FencedBlock] = []
        var open: (line: Int, info: [String], text: String)?
        for (index, line) in markdown.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```") {
                if let block = open {
                    blocks.append(FencedBlock(file: file, line: block.line, info: block.info, text: block.text))
                    open = nil
                } else {
                    open = (index + 1, line.dropFirst(3).split(separator: " ").map(String.init), "")
                }
            } else {
                open?.text += line + "\n"
            }
        }
        if let open { blocks.append(FencedBlock(file: file, line: open.line, info: open.info, text: open.text)) }
        return blocks
    }
}

/// The folder that holds Package.swift, and the documents below it.
package enum Repository {
    package static let root = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    package static func text(_ file: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(file), encoding: .utf8)
    }

    /// Every Markdown file at the top and in the folders of documentation, relative to the root, sorted.
    package static let documents: [String] = {
        let top = (try? FileManager.default.contentsOfDirectory(atPath: root.path)) ?? []
        let below = ["docs", "rules", "deploy", "certs", "Benchmarks"].flatMap { folder in
            (FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)?.allObjects ?? [])
                .compactMap { $0 as? String }.map { folder + "/" + $0 }
        }
        return (top + below).filter { $0.hasSuffix(".md") }.sorted()
    }()

    /// Every folder of rules/ that holds a set of rules, sorted.
    package static let ruleSets: [String] = {
        let folder = root.appendingPathComponent("rules")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter {
            FileManager.default.fileExists(atPath: folder.appendingPathComponent($0 + "/rules.yaml").path)
        }.sorted()
    }()

    /// Every block of the documents that is marked as YAML, in the order of the files.
    package static func yamlBlocks() throws -> [FencedBlock] {
        try documents.flatMap { FencedBlock.all(in: try text($0), file: $0) }.filter { $0.info.first == "yaml" }
    }
}
