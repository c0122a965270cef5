// Loads a rules file from disk, with the lists beside it.

import CallbackRules
import Foundation

/// A rules file on disk. List files are named relative to it.
struct RulesFile: Sendable {
    let path: String
    /// Who must have signed what is served; `nil` takes it unsigned.
    var signatures: RulesSignatures?

    init(path: String, signatures: RulesSignatures? = nil) {
        (self.path, self.signatures) = (path, signatures)
    }

    /// A rules file and the files that it names, as read once.
    struct Loaded {
        var result: RulesLoadResult
        /// The rules file first.
        var documents: [RulesSignatures.Document]
    }

    /// The names of the list and key files of a file without errors.
    func checkedListFiles() throws(ServerError) -> [String] {
        var names: [String] = []
        let result = RulesSnapshot.load(file: path, text: try bytes()) { name in
            names.append(name)
            return try loadList(name)
        }
        _ = try accepted(result)
        return names
    }

    /// Parses and checks the file; never throws for what is wrong inside it, only for a file that cannot be read.
    func load() throws(ServerError) -> RulesLoadResult { try read().result }

    /// As `load`, with the bytes that it looked at.
    func read() throws(ServerError) -> Loaded {
        let text = try bytes()
        var documents = [RulesSignatures.Document(path: path, bytes: text)]
        let result = RulesSnapshot.load(file: path, text: text) { name in
            let bytes = try loadList(name)
            documents.append(RulesSignatures.Document(path: place(of: name), bytes: bytes))
            return bytes
        }
        return Loaded(result: result, documents: documents)
    }

    /// As `read`, for serving: what too few people signed counts as an error.
    ///
    /// - Returns: the snapshot that may be served, or `nil`; and everything that was found.
    func readForServing() throws(ServerError) -> (
        snapshot: RulesSnapshot?, files: [RulesSignatures.Document], problems: [String]
    ) {
        let loaded = try read()
        let problems = loaded.result.diagnostics.map(\.description)
        guard let snapshot = loaded.result.snapshot else { return (nil, [], problems) }
        do throws(ServerError) {
            let now = Timestamp.now
            try signatures?.check(loaded.documents, at: RulesInstant(seconds: now.seconds))
        } catch {
            return (nil, [], problems + [error.message])
        }
        return (snapshot, loaded.documents, problems)
    }

    /// The snapshot of a file without errors; otherwise an error that lists every finding.
    func snapshot() throws(ServerError) -> RulesSnapshot {
        try accepted(try load())
    }

    private func accepted(_ result: RulesLoadResult) throws(ServerError) -> RulesSnapshot {
        guard let snapshot = result.snapshot else { throw refused(result.diagnostics.map(\.description)) }
        return snapshot
    }

    private func refused(_ problems: [String]) -> ServerError {
        let findings = problems.joined(separator: "\n")
        return ServerError(.rulesInvalid, "The rules file \(path) has errors; nothing was loaded:\n\(findings)\n")
    }

    private func bytes() throws(ServerError) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw ServerError(
                .fileUnreadable, "The rules file \(path) cannot be read: it is missing, or this user may not read it")
        }
    }

    func loadList(_ name: String) throws -> [UInt8] {
        Array(try Data(contentsOf: URL(fileURLWithPath: place(of: name))))
    }

    /// Where a file that the rules name stands: beside them, unless its name is absolute.
    private func place(of name: String) -> String {
        URL(fileURLWithPath: name, relativeTo: URL(fileURLWithPath: path).deletingLastPathComponent()).path
    }
}
