// What is wrong with one rules file that no check of a single rule can see.

import CallbackProtocol

/// Rules of a file that never match, that change nothing, or that others always override.
///
/// A finding is proven, not guessed: what the budget did not settle is in `undecided` instead. An example shows a
/// request at which the rule matches; a rule that never matches has none.
package struct RulesAnalysis: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// No request makes the rule match.
        case unreachable
        /// Without the rule, every request has the same effect.
        case redundant
        /// Wherever the approve rule matches, a reject or hold rule stops the request.
        case contradictory
    }

    package struct Finding: Sendable {
        package let kind: Kind
        package let rule: String
        /// The effect of the example and the rule that decides it.
        package let effect: Verdict?
        package let decidedBy: String?
        package let example: ExampleRequest?
    }

    package private(set) var findings: [Finding] = []
    /// What the budget did not settle: `rule payout: redundant`.
    package private(set) var undecided: [String] = []

    package var hasContradictions: Bool { findings.contains { $0.kind == .contradictory } }

    /// - Parameters:
    ///   - start: where windows are looked at from, for 400 days.
    ///   - hasTime: whether the budget lasts; asked often.
    package init(_ rules: RulesSnapshot, start: RulesInstant = .analysisStart, hasTime: @escaping () -> Bool) {
        let budget = Budget(hasTime)
        let instants = InstantAtoms(windows: [rules.plan.windows, rules.plan.windows], start: start).atoms
        for kind in [RequestKind.configuration, .transaction] {
            let single = SingleRuleAnalysis(
                plan: rules.plan, kind: kind, start: start, instants: instants, budget: budget)
            for index in single.rules.indices {
                guard budget.hasTime else {
                    undecided.append("rule \(single.rules[index].id): unreachable, contradictory, redundant")
                    continue
                }
                let result = single.analyse(index)
                findings += result.findings
                undecided += result.undecided.map { "rule \(single.rules[index].id): \($0.rawValue)" }
            }
        }
    }
}

/// Asks about one rule at a time, each question as a comparison of two lists of rules.
struct SingleRuleAnalysis {
    let plan: RulesPlan
    let kind: RequestKind
    let start: RulesInstant
    let instants: [Atom]
    let budget: Budget

    var rules: [CompiledRule] { kind == .transaction ? plan.transactions : plan.configurationChanges }

    private func plan(_ rules: [CompiledRule]) -> RulesPlan {
        var changed = plan
        (changed.transactions, changed.configurationChanges) = kind == .transaction ? (rules, []) : ([], rules)
        return changed
    }

    private func compare(_ old: [CompiledRule], _ new: [CompiledRule]) -> RulesComparison {
        // One difference answers every question.
        RulesComparison(
            plan(old), plan(new), kind: kind, start: start, instants: instants, budget: budget
        ) { _ in true }
    }

    func analyse(_ index: Int) -> (findings: [RulesAnalysis.Finding], undecided: [RulesAnalysis.Kind]) {
        let rule = rules[index]
        let others = rules.indices.filter { $0 != index }.map { rules[$0] }
        let reached = reach(rule)
        guard let match = reached.differences.first else {
            guard reached.isProvenEqual else { return ([], [.unreachable]) }
            return ([.init(kind: .unreachable, rule: rule.id, effect: nil, decidedBy: nil, example: nil)], [])
        }
        var undecided: [RulesAnalysis.Kind] = []
        if rule.effect == .approve {
            let stopping = others.filter { $0.effect == .reject || $0.effect == .hold }.map { $0.with(.reject) }
            let left = compare(stopping, stopping + [rule.with(.approve)])
            if left.isProvenEqual { return ([finding(.contradictory, rule, match)], []) }
            if left.differences.isEmpty { undecided.append(.contradictory) }
        }
        let without = compare(rules, others)
        if without.isProvenEqual { return ([finding(.redundant, rule, match)], undecided) }
        if without.differences.isEmpty { undecided.append(.redundant) }
        return ([], undecided)
    }

    /// Whether the rule can match at all: an approve or ignore rule everywhere, a reject or hold rule somewhere.
    private func reach(_ rule: CompiledRule) -> RulesComparison {
        switch rule.effect {
        case .approve, .ignore: return compare([], [rule.with(.approve)])
        case .reject, .hold: return compare([.approvesAll], [.approvesAll, rule.with(.reject)])
        }
    }

    /// With what the whole file says about the example.
    private func finding(
        _ kind: RulesAnalysis.Kind, _ rule: CompiledRule, _ match: Difference
    ) -> RulesAnalysis.Finding {
        let evaluation = plan.evaluate(
            match.example.input, at: match.example.instant, view: .empty, assuming: match.example.assumptions)
        return RulesAnalysis.Finding(
            kind: kind, rule: rule.id, effect: evaluation.effect, decidedBy: evaluation.rule, example: match.example)
    }
}

extension CompiledRule {
    /// The same conditions with another effect, without holds; an approval keeps what its limits need to know.
    fileprivate func with(_ effect: RuleEffect) -> CompiledRule {
        let open = limits.map { limit in
            CompiledLimit(
                rule: limit.rule, id: limit.id, measure: limit.measure, ceiling: limit.ceiling, period: limit.period,
                forEach: limit.forEach, consequence: .reject)
        }
        return CompiledRule(
            id: id, effect: effect, reason: nil, when: when, unless: unless, hold: nil,
            limits: effect == .approve ? open : [])
    }

    /// Approves every request.
    fileprivate static let approvesAll = CompiledRule(
        id: "(everything)", effect: .approve, reason: nil, when: CompiledConditions([]), unless: nil, hold: nil,
        limits: [])
}
