// Amounts between the bounds of two rules that no rule decides.

import CallbackProtocol

/// Between two rules that approve or hold, a stretch of amounts that neither has.
package struct RulesGap: Sendable {
    /// The condition's path: `amount_usd`.
    package let condition: String
    /// The rule below and the end of its amounts; it is included in that rule, not in the gap.
    package let lower: AmountEdge
    /// The rule above and the beginning of its amounts.
    package let upperRule: String
    package let upper: AmountEdge
}

/// A gap of a rule: requests that fulfil every other condition of the rule and of another approve or hold rule, whose
/// amount lies directly above the rule's upper bound and below the other's lower bound, and that no rule decides.
///
/// Above the highest bound there is no gap, and neither where another rule rejects. A rule has at most one for each amount:
/// the other rule is the nearest one above, for the example. Two rules with different exceptions are not compared.
extension FileAnalysis {
    private static let fields: [ConditionField] = [
        .amount, .amountUSD, .fee, .destinationAmount, .destinationAmountUSD,
    ]

    /// - Parameter unreachable: rules that never match; they have no amounts.
    func gaps(of index: Int, unreachable: Set<Int>) -> (findings: [RulesAnalysis.Finding], undecided: [String]) {
        var (findings, undecided) = ([RulesAnalysis.Finding](), [String]())
        guard isPositive(rules[index]), !unreachable.contains(index) else { return ([], []) }
        for field in Self.fields {
            guard let edge = rules[index].full.when.upperEdge(of: field) else { continue }
            switch gap(of: index, field, edge, unreachable) {
            case .none: break
            case .found(let finding): findings.append(finding)
            case .undecided: undecided.append("rule \(rules[index].id): gap above \(field.rawValue)")
            }
        }
        return (findings, undecided)
    }

    private enum Answer {
        case none
        case found(RulesAnalysis.Finding)
        case undecided
    }

    private func isPositive(_ rule: AnalysedRule) -> Bool { rule.effect == .approve || rule.effect == .hold }

    private func gap(of index: Int, _ field: ConditionField, _ edge: AmountEdge, _ unreachable: Set<Int>) -> Answer {
        let rule = rules[index]
        let above = neighbours(above: index, field, edge, unreachable)
        guard !above.isEmpty else { return .none }
        let bounds = region(above: edge, field)
        let region = rule.changed { $0.between($0, except: field, bounds, name: $0.id) }
        guard let row = region.row else { return .none }
        let around = neighbourhood.around(row)
        // Where some rule always fires, everything is decided.
        guard around.isReachable, around.certain.isEmpty else { return .none }
        let near = neighbourhood.rules(in: around.possible).map { rules[$0] }
        guard budget.hasTime else { return .undecided }
        let bridges = above.map { other in
            AnalysedRule(
                full: rule.full.between(other.full, except: field, bounds, name: other.id),
                short: rule.short.between(other.short, except: field, bounds, name: other.id))
        }
        let comparison = compare(near, near + bridges, where: region) { $0 == .reject && $1 == .approve }
        guard let found = comparison.differences.first else { return comparison.isProvenEqual ? .none : .undecided }
        let evaluation = evaluate(found.example)
        guard found.oldRule == nil, evaluation.effect == .reject, evaluation.rule == nil,
            let other = above.first(where: { $0.id == found.newRule }),
            let upper = other.full.when.lowerEdge(of: field)
        else { return .undecided }
        return .found(
            RulesAnalysis.Finding(
                kind: .gap, rule: rule.id, effect: .reject, decidedBy: nil, example: found.example,
                gap: RulesGap(condition: field.rawValue, lower: edge, upperRule: other.id, upper: upper)))
    }

    /// Approve and hold rules whose amounts begin above an edge, the nearest first, as far as they can match together with
    /// the other conditions of a rule.
    private func neighbours(
        above index: Int, _ field: ConditionField, _ edge: AmountEdge, _ unreachable: Set<Int>
    ) -> [AnalysedRule] {
        let rule = rules[index]
        guard let row = rule.changed({ $0.between($0, except: field, [], name: $0.id) }).row else { return [] }
        let possible = neighbourhood.around(row, free: field).possible
        let candidates = rules.indices.compactMap { place -> (edge: AmountEdge, place: Int)? in
            guard place != index, isPositive(rules[place]), !unreachable.contains(place),
                let lower = rules[place].full.when.lowerEdge(of: field), !edge.touches(lower),
                neighbourhood.rows[place].allSatisfy(possible.contains),
                rule.full.hasSameExceptions(as: rules[place].full, without: field)
            else { return nil }
            return (lower, place)
        }
        return candidates.sorted {
            ($0.edge.amount, $0.edge.isIncluded ? 0 : 1, $0.place) < (
                $1.edge.amount, $1.edge.isIncluded ? 0 : 1, $1.place
            )
        }.map { rules[$0.place] }
    }

    /// The amounts directly above an edge, up to the next bound of any rule.
    private func region(above edge: AmountEdge, _ field: ConditionField) -> [Bound] {
        guard edge.isIncluded else {
            return [Bound(.atLeast, edge.amount), Bound(.atMost, edge.amount)]
        }
        let next = rules.flatMap { rule in
            rule.full.when.bounds(on: field) + (rule.full.unless?.bounds(on: field) ?? [])
        }.map(\.amount).filter { $0 > edge.amount }.min()
        return [Bound(.moreThan, edge.amount)] + (next.map { [Bound(.lessThan, $0)] } ?? [])
    }
}

extension CompiledRule {
    /// Approves where every condition of this rule and of another holds, except those on one amount, which lies elsewhere.
    fileprivate func between(
        _ other: CompiledRule, except field: ConditionField, _ bounds: [Bound], name: String
    ) -> CompiledRule {
        let kept = (when.inOrder + other.when.inOrder).filter { $0.field != field }
        let known = Set((limits + other.limits).flatMap(Row.knownFields)).sorted { $0.rawValue < $1.rawValue }
        let amount = CompiledCondition(field: field, test: .bounds(bounds), expected: "")
        return CompiledRule(
            id: name, effect: .approve, reason: nil,
            when: CompiledConditions(kept + known.map(CompiledCondition.isKnown) + [amount]),
            unless: unless ?? other.unless, hold: nil, limits: [])
    }

    fileprivate func hasSameExceptions(as other: CompiledRule, without field: ConditionField) -> Bool {
        let fields = [unless, other.unless].flatMap { $0?.inOrder.map(\.field) ?? [] }
        guard !fields.contains(where: Partition.related(field).contains) else { return false }
        guard let mine = unless, let theirs = other.unless else { return true }
        func keys(_ conditions: CompiledConditions) -> Set<QuestionKey> {
            Set(conditions.inOrder.map { QuestionKey($0) })
        }
        return keys(mine) == keys(theirs)
    }
}

extension CompiledCondition {
    /// True wherever the field has a value, and unknown elsewhere.
    fileprivate static func isKnown(_ field: ConditionField) -> CompiledCondition {
        let nothing = TextSet([])
        let test: Test =
            switch field.shape {
            case .amount: .bounds([])
            case .address: .noAddress(nothing)
            default: .noneOf(nothing)
            }
        return CompiledCondition(field: field, test: test, expected: "")
    }
}

extension Bound {
    /// A bound that stands in no file.
    fileprivate init(_ kind: Kind, _ amount: ExactDecimal) {
        self.init(kind: kind, amount: amount, position: SourcePosition(line: 1, column: 1))
    }
}
