// Which outcomes of rules, conditions and limits some tests have seen.

import CallbackProtocol

/// Counts both outcomes of everything that can come out two ways.
package struct RulesCoverage: Sendable {
    /// One thing with two outcomes.
    struct Point: Sendable, Hashable {
        let rule: String
        /// `rule` itself, `when.asset`, `unless.note`, `limits.per-day`.
        let name: String
    }

    private var points: [Point] = []
    private var seen: [Point: Set<Bool>] = [:]
    /// Points that can only come out one way: a rule without conditions always matches.
    private var oneSided: Set<Point> = []

    init(_ rules: [CompiledRule]) {
        for rule in rules {
            let whole = Point(rule: rule.id, name: "rule")
            points.append(whole)
            points += Self.conditions(of: rule).map(\.point)
            points += rule.limits.map { Point(rule: rule.id, name: "limits.\($0.id)") }
            if Self.conditions(of: rule).isEmpty, !rule.hasImpliedCondition { oneSided.insert(whole) }
        }
    }

    private static func conditions(of rule: CompiledRule) -> [(point: Point, condition: CompiledCondition)] {
        let when = rule.when.inOrder.filter { !$0.isImplied }
        return when.map { (Point(rule: rule.id, name: "when.\($0.field.rawValue)"), $0) }
            + (rule.unless?.inOrder ?? []).map { (Point(rule: rule.id, name: "unless.\($0.field.rawValue)"), $0) }
    }

    /// Notes how the rules came out for one request.
    mutating func note(_ rules: [CompiledRule], on facts: some FactSource, view: LedgerView) {
        for rule in rules {
            let outcome = rule.outcome(on: facts)
            let matches =
                switch rule.effect {
                case .approve, .ignore: min(outcome.everywhere, rule.limitsTruth(on: facts)) == .yes
                case .hold, .reject: outcome.somewhere != .no
                }
            note(Point(rule: rule.id, name: "rule"), matches)
            let places: [Int?] =
                rule.readsDestinations && facts.destinationCount > 0 ? (0..<facts.destinationCount).map { $0 } : [nil]
            for (point, condition) in Self.conditions(of: rule) {
                for place in places { note(point, condition.evaluate(on: facts, destination: place) == .yes) }
            }
            guard matches else { continue }
            for limit in rule.limits {
                guard case .value(let charges) = limit.charges(on: facts) else { continue }
                let fits = charges.allSatisfy { view.charged($0.counter, $0.period) + $0.amount <= $0.ceiling }
                note(Point(rule: rule.id, name: "limits.\(limit.id)"), fits)
            }
        }
    }

    private mutating func note(_ point: Point, _ outcome: Bool) { seen[point, default: []].insert(outcome) }

    /// Outcomes that can be seen, and that were.
    package var total: Int { points.reduce(0) { $0 + (oneSided.contains($1) ? 1 : 2) } }
    package var covered: Int {
        points.reduce(0) { $0 + min(seen[$1]?.count ?? 0, oneSided.contains($1) ? 1 : 2) }
    }

    /// In percent, rounded down; 100 where there is nothing to cover.
    package var percent: Int { total == 0 ? 100 : covered * 100 / total }

    /// A line for each outcome that no test has seen: `small-payout: when.asset was never false`.
    package var gaps: [String] {
        points.flatMap { point -> [String] in
            let outcomes = seen[point] ?? []
            let words = Self.words(of: point)
            return [(true, words.yes), (false, words.no)].compactMap { outcome, word in
                guard !outcomes.contains(outcome), outcome || !oneSided.contains(point) else { return nil }
                return point.name == "rule"
                    ? "\(point.rule): never \(word)" : "\(point.rule): \(point.name) was never \(word)"
            }
        }
    }

    private static func words(of point: Point) -> (yes: String, no: String) {
        if point.name == "rule" { return ("matched", "failed to match") }
        return point.name.hasPrefix("limits.") ? ("kept", "exceeded") : ("true", "false")
    }
}

extension RulesPlan {
    var rules: [CompiledRule] { transactions + configurationChanges }
}

extension CompiledRule {
    var hasImpliedCondition: Bool { when.inOrder.contains(where: \.isImplied) }
}
