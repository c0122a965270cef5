// One small change to a rules file, to see whether its tests notice.

/// What a mutant can change: the syntax, and the lists as loaded.
struct RulesDraft {
    var file: RulesFile
    var lists: [String: LoadedList]
    /// Rules that lose the condition that they do not state: without `operation`, approve and hold are about TRANSFER.
    var aboutEveryOperation: Set<String> = []
}

/// A change to one place of a rules file. Applied to a copy; the file itself is never written.
struct RulesMutant: Sendable {
    /// The rule, or what else the place belongs to: `list payout_vaults`.
    let subject: String
    /// What changes: `when.asset dropped`.
    let what: String
    let position: SourcePosition
    let apply: @Sendable (inout RulesDraft) -> Void

    init(
        _ subject: String, _ what: String, at position: SourcePosition,
        _ apply: @escaping @Sendable (inout RulesDraft) -> Void
    ) {
        (self.subject, self.what, self.position, self.apply) = (subject, what, position, apply)
    }

    /// Every mutant of a file, in the order of its parts.
    static func all(of draft: RulesDraft) -> [RulesMutant] {
        draft.file.transactions.indices.flatMap { RuleMutants(.transactions, $0, in: draft.file).all }
            + draft.file.configurationChanges.indices.flatMap {
                RuleMutants(.configurationChanges, $0, in: draft.file).all
            }
            + draft.file.lists.flatMap { DeclarationMutants.list($0) }
            + draft.file.windows.indices.flatMap { DeclarationMutants.window($0, in: draft.file) }
            + draft.file.approvers.indices.flatMap { DeclarationMutants.approvers($0, in: draft.file) }
    }
}

/// Which of the two lists of rules.
enum RuleSection: Sendable {
    case transactions
    case configurationChanges
}

extension RulesFile {
    subscript(section: RuleSection) -> [RuleDeclaration] {
        get { section == .transactions ? transactions : configurationChanges }
        set {
            switch section {
            case .transactions: transactions = newValue
            case .configurationChanges: configurationChanges = newValue
            }
        }
    }
}
