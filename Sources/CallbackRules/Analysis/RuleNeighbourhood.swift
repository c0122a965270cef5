// Which rules of a file can take part where one rule fires, found once for all of them.

import CallbackProtocol

/// What is known of every row of a file wherever one row fires, from each field by itself.
struct Surroundings {
    /// Whether each field has a value at which the row fires. Values of different fields may still exclude each other.
    let isReachable: Bool
    /// Rows that may fire at such a request; every other row does not.
    let possible: BitRow
    /// Rows that fire at every such request; there may be more.
    let certain: BitRow
}

/// The fields of a whole file with what each of their values does to each row.
///
/// A question about one rule concerns only the rules that can fire together with it. Most rules of a long file exclude
/// each other by one field (another asset, another source), so that a few remain of hundreds.
struct RuleNeighbourhood {
    let space: DecisionSpace
    /// The rows of each rule.
    let rows: [Range<Int>]
    private let everything: BitRow
    private let existential: BitRow
    /// Where a field is not asked about: what may and what must fire, by field.
    private var open: [ConditionField: (possible: BitRow, certain: BitRow)] = [:]

    init(_ rules: [CompiledRule], windows: [CompiledWindow], kind: RequestKind, instants: [Atom]) {
        let side = RulesSide(rules: rules, windows: windows)
        space = DecisionSpace(
            kind: kind, sides: [side, RulesSide(rules: [], windows: windows)], instants: instants)
        var (ranges, next) = ([Range<Int>](), 0)
        for rule in rules {
            let count = Row.rows(of: rule, side: 0).count
            ranges.append(next..<next + count)
            next += count
        }
        rows = ranges
        everything = BitRow(count: space.rows.count, filled: true)
        existential = space.mask { !$0.isUniversal }
        for variable in space.request + space.destination {
            open[variable.field] = (overlap(variable.choices), common(variable.choices))
        }
    }

    /// Wherever a row of the file fires.
    func around(row: Int) -> Surroundings {
        around(space.rows[row]) { _, choice in choice.fails.contains(row) }
    }

    /// Wherever a row fires that need not be one of the file, but asks only what the file asks about.
    ///
    /// - Parameter free: a field of which every value counts.
    func around(_ row: Row, free: ConditionField? = nil) -> Surroundings {
        let asked = Dictionary(grouping: row.when, by: \.slot)
        return around(row) { field, choice in
            guard field != free else { return false }
            return (asked[field] ?? []).contains { row.fails($0.truth(choice.atom, side: 0)) }
        }
    }

    /// The numbers of the rules of which a row is in a set.
    func rules(in set: BitRow) -> [Int] {
        rows.indices.filter { rows[$0].contains { set.contains($0) } }
    }

    private func around(_ row: Row, fails: (ConditionField, Choice) -> Bool) -> Surroundings {
        let asked = Set(row.when.map(\.slot))
        let failsNowhere = row.when.contains {
            $0.field.isOfDestination && row.fails($0.truth(.notApplicable, side: 0))
        }
        var (possible, certain, off) = (everything, everything, space.withoutUnless)
        var isReachable = true
        if !failsNowhere { certain.subtract(space.nowhere.fails) }
        for variable in space.request + space.destination {
            let isAsked = asked.contains(variable.field)
            let left = isAsked ? variable.choices.filter { !fails(variable.field, $0) } : variable.choices
            if left.isEmpty { isReachable = false }
            let (here, always) =
                isAsked ? (overlap(left), common(left)) : open[variable.field] ?? (everything, BitRow(like: everything))
            if !variable.field.isOfDestination {
                possible.formIntersection(here)
                certain.formIntersection(always)
                if let first = left.first { off.formUnion(left.reduce(first.off) { $0 & $1.off }) }
            } else {
                // Another destination may be what a row that fires at any of them fires at.
                possible.formIntersection(row.isUniversal ? here : here | existential)
                // What fires at this destination fires at all of them only where this row does.
                certain.formIntersection(row.isUniversal ? always : always & existential)
            }
        }
        return Surroundings(isReachable: isReachable, possible: possible, certain: certain & off)
    }

    /// Rows that do not fail at every one of these values.
    private func overlap(_ choices: [Choice]) -> BitRow {
        var failing = everything
        for choice in choices { failing.formIntersection(choice.fails) }
        return everything - failing
    }

    /// Rows that fail at none of these values.
    private func common(_ choices: [Choice]) -> BitRow {
        var failing = BitRow(like: everything)
        for choice in choices { failing.formUnion(choice.fails) }
        return everything - failing
    }
}
