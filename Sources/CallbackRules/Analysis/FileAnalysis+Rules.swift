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
        let places = places(of: index, around.possible)
        if rules[index].effect == .hold, let own = Array(places.prefix(1)).first {
            // Most hold rules lead to an approval by themselves, and nothing else needs to be asked.
            let near = own.near.filter { $0.id != rules[index].id }
            let approved = compare(own.near, near, where: own.focus) { from, _ in from == .approve || from == .retry }
            if !approved.differences.isEmpty { return RuleResult() }
        }
        let removal = search(places) { near, focus in
            compare(near, near.filter { $0.id != rules[index].id }, where: focus)
        }
        if case .yes(let difference) = removal, takesEffect(difference, index) { return RuleResult() }
        let contradiction = neverTakesEffect(index, places)
        if contradiction == true { return found(.contradictory, index) }
        switch removal {
        case .yes: return RuleResult(undecided: contradiction == nil ? [.contradictory] : [])
        case .no:
            var result = found(.redundant, index)
            if contradiction == nil, result.isReachable { result.undecided.append(.contradictory) }
            return result
        case .undecided:
            return RuleResult(undecided: [.unreachable, .redundant] + (contradiction == nil ? [.contradictory] : []))
        }
    }

    // MARK: Where to look

    /// Rules that can take part where some rows fire.
    private struct Place {
        let near: [AnalysedRule]
        let focus: [Row]
    }

    private enum Answer {
        case yes(Difference)
        case no
        case undecided
    }

    /// Where a rule can make a difference. An approve or ignore rule does where it fires. A reject or hold rule does only
    /// where some rule allows something, which it may do itself; each of those is a place of its own, since most files
    /// have many rules that one rejection can meet, and few that meet each other.
    private func places(of index: Int, _ possible: BitRow) -> some Sequence<Place> {
        let rule = rules[index]
        let others = neighbourhood.rules(in: possible)
        let isOne = rule.effect == .approve || rule.effect == .ignore
        return (isOne ? [index] : [index] + others.filter { $0 != index }).lazy.compactMap { other -> Place? in
            if isOne { return Place(near: others.map { rules[$0] }, focus: rule.firing) }
            guard let allowing = rules[other].allowing,
                let row = neighbourhood.rows[other].first(where: { neighbourhood.space.rows[$0].isUniversal }),
                other == index || possible.contains(row)
            else { return nil }
            let around = neighbourhood.around(row: row)
            let both = around.possible & possible
            guard around.isReachable, neighbourhood.rows[index].contains(where: both.contains) else { return nil }
            return Place(near: neighbourhood.rules(in: both).map { rules[$0] }, focus: rule.firing + [allowing])
        }
    }

    /// The first difference in any of the places.
    private func search(
        _ places: some Sequence<Place>, _ compare: ([AnalysedRule], [Row]) -> RulesComparison
    ) -> Answer {
        var isProven = true
        for place in places {
            guard budget.hasTime else { return .undecided }
            let comparison = compare(place.near, place.focus)
            if let difference = comparison.differences.first { return .yes(difference) }
            if !comparison.isProvenEqual { isProven = false }
        }
        return isProven ? .no : .undecided
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
    private func neverTakesEffect(_ index: Int, _ places: some Sequence<Place>) -> Bool? {
        let rule = rules[index]
        let answer: Answer
        switch rule.effect {
        case .ignore, .reject: return false
        case .approve:
            answer = search(places) { near, focus in
                let stopping = near.filter { $0.effect != .approve && $0.id != rule.id }.map { other in
                    other.effect == .hold ? other.changed { $0.with(.reject) } : other
                }
                return compare(stopping, stopping + [rule.changed { $0.with(.approve) }], where: focus)
            }
        case .hold:
            // Signed by everybody or not, it is as if the rule rejected.
            answer = search(places) { near, focus in
                let rejecting = near.map { $0.id == rule.id ? $0.changed { $0.with(.reject) } : $0 }
                return compare(near, rejecting, where: focus) { from, _ in from != .hold }
            }
        }
        switch answer {
        case .yes: return false
        case .no: return true
        case .undecided: return nil
        }
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
        case .approve, .ignore:
            // A rule whose limit has never room matches all the same.
            compare(
                [], [rule.changed { $0.with(.approve, ceiling: ExactDecimal(whole: 1).shifted(by: 40)) }],
                where: rule.firing)
        case .reject, .hold:
            compare([.approvesAll], [.approvesAll, rule.changed { $0.with(.reject) }], where: rule.firing)
        }
    }
}
