// The questions that an analysis asks about the rules for one kind of request.

import CallbackProtocol

/// One file's rules for one kind of request, with what every question about them shares.
///
/// Each question is a comparison of two lists of rules, asked only of the rules that can take part where the answer can
/// depend on them.
struct FileAnalysis {
    let plan: RulesPlan
    let kind: RequestKind
    let start: RulesInstant
    let instants: [Atom]
    let budget: Budget
    let rules: [AnalysedRule]
    let neighbourhood: RuleNeighbourhood
    let edges: AmountEdges

    init(_ plan: RulesPlan, kind: RequestKind, start: RulesInstant, instants: [Atom], budget: Budget) {
        (self.plan, self.kind, self.start, self.instants, self.budget) = (plan, kind, start, instants, budget)
        let full = kind == .transaction ? plan.transactions : plan.configurationChanges
        edges = AmountEdges(full)
        neighbourhood = RuleNeighbourhood(full, windows: plan.windows, kind: kind, instants: instants)
        rules = zip(full, CondensedRules.make(full, neighbourhood.space)).map { AnalysedRule(full: $0, short: $1) }
    }

    /// A list of rules as a file of its own.
    private func plan(_ rules: [AnalysedRule]) -> RulesPlan {
        let full = rules.map(\.full)
        return RulesPlan(
            transactions: kind == .transaction ? full : [], configurationChanges: kind == .transaction ? [] : full,
            windows: plan.windows, assets: plan.assets, isIndexed: false)
    }

    /// Compares two lists where some rows can fire, up to the first difference of the kind that counts.
    func compare(
        _ old: [AnalysedRule], _ new: [AnalysedRule], where focus: [Row],
        counts: @escaping (_ from: Verdict, _ to: Verdict) -> Bool = { _, _ in true }
    ) -> RulesComparison {
        let space = DecisionSpace(
            kind: kind, rows: old.flatMap(\.rows) + new.flatMap(\.rows).map { $0.on(1) },
            limits: (old + new).flatMap(\.short.limits), instants: instants, focus: focus)
        return RulesComparison(space, [plan(old), plan(new)], start: start, budget: budget, counts: counts)
    }

    /// What the whole file says about an example, by the server's own combiner.
    func evaluate(_ example: ExampleRequest) -> Evaluation {
        plan.evaluate(example.input, at: example.instant, view: .empty, assuming: example.assumptions)
    }

    /// What the file without a rule says about an example.
    func evaluate(_ example: ExampleRequest, without index: Int) -> Evaluation {
        plan(rules.indices.filter { $0 != index }.map { rules[$0] })
            .evaluate(example.input, at: example.instant, view: .empty, assuming: example.assumptions)
    }
}
