// Loads a rules file from disk, with the lists beside it.

import CallbackRules
import Foundation

/// A rules file on disk. List files are named relative to it.
struct RulesFile: Sendable {
    let path: String

    /// The names of the list files of a file without errors.
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
    func load() throws(ServerError) -> RulesLoadResult {
        RulesSnapshot.load(file: path, text: try bytes(), loadList: loadList)
    }

    private func bytes() throws(ServerError) -> [UInt8] {
        do {
            return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
        } catch {
            throw ServerError(
                .fileUnreadable, "The rules file \(path) cannot be read: it is missing, or this user may not read it")
        }
    }

    /// As `snapshot`, for serving: refuses what this server cannot keep.
    func servableSnapshot() throws(ServerError) -> RulesSnapshot {
        let rules = try snapshot()
        guard !rules.needsHistory else { throw ServerError(.rulesInvalid, "\(path): \(Self.needsHistory)") }
        return rules
    }

    static let needsHistory =
        "the rules use `limits` or `hold`, which this version can explain but not serve: the ledger does not keep"
        + " counters and approvals yet"

    /// The snapshot of a file without errors; otherwise an error that lists every finding.
    func snapshot() throws(ServerError) -> RulesSnapshot {
        try accepted(try load())
    }

    private func accepted(_ result: RulesLoadResult) throws(ServerError) -> RulesSnapshot {
        guard let snapshot = result.snapshot else {
            let findings = result.diagnostics.map(\.description).joined(separator: "\n")
            throw ServerError(.rulesInvalid, "The rules file \(path) has errors; nothing was loaded:\n\(findings)\n")
        }
        return snapshot
    }

    func loadList(_ name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: path).deletingLastPathComponent()
        return Array(try Data(contentsOf: URL(fileURLWithPath: name, relativeTo: folder)))
    }
}
