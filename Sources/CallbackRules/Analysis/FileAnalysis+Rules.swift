// Whether one rule can match, matters, and can ever have its effect.

import CallbackProtocol

/// What was found about one rule.
struct RuleResult {
    var finding: RulesAnalysis.Finding?
    var undecided: [RulesAnalysis.Kind] = []
    /// `false` only where it is proven that no request makes the rule match.
    var isReachable = true
}

extension FileAnalysis {
    func analyse(_ index: Int) -> RuleResult {
        let around = neighbourhood.around(row: neighbourhood.rows[index].lowerBound)
        guard around.isReachable else { return unreachable(index) }
        if let kind = settled(index, around.certain) { return found(kind, index) }
        let near = neighbourhood.rules(in: around.possible).filter { $0 != index }.map { rules[$0] }
        // In the order of the file, which the evaluation names rules by.
        let with = neighbourhood.rules(in: around.possible).map { rules[$0] }
        let without = compare(with, near, where: rules[index])
        if let difference = without.differences.first {
            if takesEffect(difference, index) { return RuleResult() }
            let contradiction = neverTakesEffect(index, near)
            if contradiction == true { return found(.contradictory, index) }
            return RuleResult(undecided: contradiction == nil ? [.contradictory] : [])
        }
        let contradiction = neverTakesEffect(index, near)
        if contradiction == true { return found(.contradictory, index) }
        if without.isProvenEqual {
            var result = found(.redundant, index)
            if contradiction == nil, result.isReachable { result.undecided.append(.contradictory) }
            return result
        }
        return RuleResult(undecided: [.unreachable, .redundant] + (contradiction == nil ? [.contradictory] : []))
    }

    // MARK: Without a search

    /// What one other rule by itself settles: it fires wherever this one does.
    private func settled(_ index: Int, _ certain: BitRow) -> RulesAnalysis.Kind? {
        let own = neighbourhood.rows[index]
        let kinds = Set(
            certain.members.filter { !own.contains($0) }.map { neighbourhood.space.rows[$0].kind })
        switch rules[index].effect {
        case .approve:
            if !kinds.isDisjoint(with: [.reject, .holdStops, .ignore]) { return .contradictory }
            return kinds.contains(.approve) && rules[index].full.limits.isEmpty ? .redundant : nil
        case .ignore: return kinds.contains(.ignore) ? .redundant : nil
        case .reject: return kinds.contains(.reject) ? .redundant : nil
        case .hold: return kinds.contains(.reject) ? .contradictory : nil
        }
    }

    // MARK: Contradictions

    /// Whether a difference that a rule makes shows that nothing overrides it everywhere.
    private func takesEffect(_ difference: Difference, _ index: Int) -> Bool {
        switch rules[index].effect {
        case .approve: difference.from == .approve && difference.example.past.holds.isEmpty
        case .hold: difference.from == .approve || difference.from == .retry
        case .ignore, .reject: true
        }
    }

    /// Whether something else always overrides an approve or hold rule; `nil` where that was not settled.
    private func neverTakesEffect(_ index: Int, _ near: [AnalysedRule]) -> Bool? {
        let rule = rules[index]
        let comparison: RulesComparison
        switch rule.effect {
        case .ignore, .reject: return false
        case .approve:
            let stopping = near.filter { $0.effect != .approve }.map { other in
                other.effect == .hold ? other.changed { $0.with(.reject) } : other
            }
            comparison = compare(stopping, stopping + [rule.changed { $0.with(.approve) }], where: rule)
        case .hold:
            // Signed by everybody or not, it is as if the rule rejected.
            let rejecting = near + [rule.changed { $0.with(.reject) }]
            comparison = compare(near + [rule], rejecting, where: rule) { from, _ in from != .hold }
        }
        if !comparison.differences.isEmpty { return false }
        return comparison.isProvenEqual ? true : nil
    }

    // MARK: Findings

    private func unreachable(_ index: Int) -> RuleResult {
        RuleResult(
            finding: .init(kind: .unreachable, rule: rules[index].id, effect: nil, decidedBy: nil, example: nil),
            isReachable: false)
    }

    /// A finding with a request at which the rule matches, unless there is none.
    private func found(_ kind: RulesAnalysis.Kind, _ index: Int) -> RuleResult {
        let reached = reach(rules[index])
        guard let match = reached.differences.first else {
            return reached.isProvenEqual ? unreachable(index) : RuleResult(undecided: [.unreachable])
        }
        let evaluation = evaluate(match.example)
        let isConfirmed =
            kind == .redundant
            ? evaluation.effect == evaluate(match.example, without: index).effect : evaluation.effect != .approve
        guard isConfirmed else { return RuleResult(undecided: [kind]) }
        return RuleResult(
            finding: .init(
                kind: kind, rule: rules[index].id, effect: evaluation.effect, decidedBy: evaluation.rule,
                example: match.example))
    }

    /// Whether the rule can match at all: an approve or ignore rule everywhere, a reject or hold rule somewhere.
    private func reach(_ rule: AnalysedRule) -> RulesComparison {
        switch rule.effect {
        case .approve, .ignore: compare([], [rule.changed { $0.with(.approve) }], where: rule)
        case .reject, .hold:
            compare([.approvesAll], [.approvesAll, rule.changed { $0.with(.reject) }], where: rule)
        }
    }
}
