// Reads nodes into the syntax tree: keys, kinds and quoting. Names and meanings are the checker's.

import CallbackProtocol

/// Turns a YAML tree into a `RulesFile`, reporting everything that is not of the language.
struct RulesFileReader {
    var findings: Findings

    /// Longest texts: names of rules, lists and windows; reasons; any other value.
    static let maximumName = 64
    static let maximumReason = 500
    static let maximumText = 4096

    static func read(_ root: SourceNode, into findings: inout Findings) -> RulesFile? {
        var reader = RulesFileReader(findings: findings)
        defer { findings = reader.findings }
        return reader.file(root)
    }

    private static let keys = [
        "rules_version", "name", "time_zone", "assets", "lists", "windows", "approvers", "keys", "transactions",
        "configuration_changes",
    ]

    private mutating func file(_ root: SourceNode) -> RulesFile? {
        guard
            let members = mapping(
                root, of: "a rules file", allowed: Self.keys, required: ["rules_version", "name"])
        else { return nil }
        if let version = members["rules_version"] { readVersion(version) }
        let name = members["name"].flatMap { text($0, "name", limit: Self.maximumName) }
        var file = RulesFile(name: name ?? Located("", root.position))
        file.timeZone = members["time_zone"].flatMap { text($0, "time_zone") }
        file.assets = entries(members["assets"], "assets") { $0.asset($1) }
        file.lists = entries(members["lists"], "lists") { $0.list($1) }
        file.windows = entries(members["windows"], "windows") { $0.window($1) }
        file.approvers = entries(members["approvers"], "approvers") { $0.approverGroup($1) }
        file.keys = entries(members["keys"], "keys") { $0.extraKey($1) }
        file.transactions = rules(members["transactions"], "transactions", kind: .transaction)
        file.configurationChanges = rules(
            members["configuration_changes"], "configuration_changes", kind: .configuration)
        return findings.hasErrors ? nil : file
    }

    private mutating func readVersion(_ node: SourceNode) {
        guard case .scalar(let text, plain: true) = node.content, text.isExactly("1") else {
            findings.add(.version, at: node.position, "Only version 1 of the rules language is known.")
            return
        }
    }

    /// The entries of a mapping whose keys are names.
    private mutating func entries<Declaration>(
        _ node: SourceNode?, _ what: String, _ read: (inout Self, SourceNode.Entry) -> Declaration?
    ) -> [Declaration] {
        guard let node else { return [] }
        guard case .mapping(let entries) = node.content else {
            findings.add(.wrongKind, at: node.position, "`\(what)` must be a mapping of names, not \(node.kind).")
            return []
        }
        return entries.compactMap { entry in
            checkName(entry.key)
            return read(&self, entry)
        }
    }

    private mutating func rules(_ node: SourceNode?, _ what: String, kind: RequestKind) -> [RuleDeclaration] {
        guard let node else { return [] }
        guard case .sequence(let items) = node.content else {
            findings.add(.wrongKind, at: node.position, "`\(what)` must be a list of rules, not \(node.kind).")
            return []
        }
        return items.compactMap { rule($0, kind: kind) }
    }
}
