// Where the bounds of a rule on an amount begin and end.

package import CallbackProtocol

/// One end of an interval of amounts.
package struct AmountEdge: Sendable, Hashable {
    package let amount: ExactDecimal
    /// Whether the amount itself belongs to the interval.
    package let isIncluded: Bool
}

extension CompiledConditions {
    /// The lowest upper bound on a field; `nil` where there is none.
    func upperEdge(of field: ConditionField) -> AmountEdge? {
        bounds(on: field).compactMap { bound -> AmountEdge? in
            switch bound.kind {
            case .atMost: AmountEdge(amount: bound.amount, isIncluded: true)
            case .lessThan: AmountEdge(amount: bound.amount, isIncluded: false)
            case .atLeast, .moreThan: nil
            }
        }.min { ($0.amount, $0.isIncluded ? 1 : 0) < ($1.amount, $1.isIncluded ? 1 : 0) }
    }

    /// The highest lower bound on a field; `nil` where there is none.
    func lowerEdge(of field: ConditionField) -> AmountEdge? {
        bounds(on: field).compactMap { bound -> AmountEdge? in
            switch bound.kind {
            case .atLeast: AmountEdge(amount: bound.amount, isIncluded: true)
            case .moreThan: AmountEdge(amount: bound.amount, isIncluded: false)
            case .atMost, .lessThan: nil
            }
        }.max { ($0.amount, $0.isIncluded ? 0 : 1) < ($1.amount, $1.isIncluded ? 0 : 1) }
    }

    func bounds(on field: ConditionField) -> [Bound] {
        inOrder.filter { $0.field == field }.flatMap { condition -> [Bound] in
            if case .bounds(let bounds) = condition.test { bounds } else { [] }
        }
    }
}

extension AmountEdge {
    /// Whether nothing lies between this upper edge and a lower edge above it; also where the two overlap.
    func touches(_ lower: AmountEdge) -> Bool {
        lower.amount < amount || lower.amount == amount && (isIncluded || lower.isIncluded)
    }
}

/// The bounds of a file on each amount, found once.
struct AmountEdges {
    static let fields: [ConditionField] = [.amount, .amountUSD, .fee, .destinationAmount, .destinationAmountUSD]

    /// Where the amounts of approve and hold rules begin, ascending, with the number of the rule.
    private(set) var lower: [ConditionField: [(edge: AmountEdge, rule: Int)]] = [:]
    /// Every amount that any bound names, ascending.
    private(set) var points: [ConditionField: [ExactDecimal]] = [:]

    init(_ rules: [CompiledRule]) {
        for field in Self.fields {
            var amounts: Set<ExactDecimal> = []
            for (number, rule) in rules.enumerated() {
                amounts.formUnion((rule.when.bounds(on: field) + (rule.unless?.bounds(on: field) ?? [])).map(\.amount))
                guard rule.effect == .approve || rule.effect == .hold, let edge = rule.when.lowerEdge(of: field)
                else { continue }
                lower[field, default: []].append((edge, number))
            }
            points[field] = amounts.sorted()
            lower[field]?.sort {
                ($0.edge.amount, $0.edge.isIncluded ? 0 : 1, $0.rule)
                    < ($1.edge.amount, $1.edge.isIncluded ? 0 : 1, $1.rule)
            }
        }
    }
}
