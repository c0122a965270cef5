// The rules that a server serves, and those that it only tries.

import CallbackRules

/// The rules file in force and the shadow rules beside it.
struct ServedRules: Sendable {
    let file: RulesFile
    let shadow: RulesFile?

    init(file: RulesFile, shadow: RulesFile? = nil) {
        (self.file, self.shadow) = (file, shadow)
    }

    init(_ configuration: ServerConfiguration) {
        file = RulesFile(path: configuration.rulesFile, signatures: configuration.rulesSignatures)
        // They decide nothing, so nobody needs to sign them.
        shadow = configuration.shadowRulesFile.map { RulesFile(path: $0) }
    }

    /// What both files say now. Without rules, the problems say why; both are loaded or none.
    struct Loaded: Sendable {
        var rules: RulesSnapshot?
        var shadow: RulesSnapshot?
        /// The rules file and the files that it names.
        var files: [RulesSignatures.Document] = []
        var problems: [String]
    }

    func load() throws(ServerError) -> Loaded {
        let (rules, files, problems) = try file.readForServing()
        guard let rules else { return Loaded(rules: nil, shadow: nil, problems: problems) }
        guard let shadow else { return Loaded(rules: rules, shadow: nil, files: files, problems: problems) }
        let (trial, _, more) = try shadow.readForServing()
        return Loaded(rules: trial == nil ? nil : rules, shadow: trial, files: files, problems: problems + more)
    }

    /// What may be served; otherwise an error that lists every finding.
    func loadOrThrow() throws(ServerError) -> (
        rules: RulesSnapshot, shadow: RulesSnapshot?, files: [RulesSignatures.Document]
    ) {
        let loaded = try load()
        guard let rules = loaded.rules else {
            let findings = loaded.problems.joined(separator: "\n")
            let files = ([file.path] + [shadow?.path].compactMap { $0 }).joined(separator: " or ")
            throw ServerError(
                .rulesInvalid, "The rules file \(files) has errors; nothing was loaded:\n\(findings)\n")
        }
        return (rules, loaded.shadow, loaded.files)
    }
}
