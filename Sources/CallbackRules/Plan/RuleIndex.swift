// Which rules can match a request at all, by one condition of each.

import CallbackProtocol

/// An index over rules, so that an evaluation does not look at every one.
///
/// A condition of `when` that does not speak of destinations and is false makes the whole rule false. So each rule is filed
/// under the values of one such condition, the one that few other rules share, and is looked at only where the request has
/// one of them. Rules without one are always looked at. What is found may hold more rules than match, never fewer.
struct RuleIndex: Sendable {
    private var always: [Int] = []
    private var filed: [(field: ConditionField, byValue: [String: [Int]], all: [Int])] = []

    /// Looks at every rule every time.
    init(scanning count: Int) { always = Array(0..<count) }

    init(_ rules: [CompiledRule]) {
        var counts: [ConditionField: [String: Int]] = [:]
        for rule in rules {
            for (field, values) in Self.choices(rule) {
                for value in values { counts[field, default: [:]][value, default: 0] += 1 }
            }
        }
        var places: [ConditionField: Int] = [:]
        for (number, rule) in rules.enumerated() {
            func crowd(_ choice: (field: ConditionField, values: [String])) -> Int {
                choice.values.reduce(0) { $0 + (counts[choice.field]?[$1] ?? 0) }
            }
            let choice = Self.choices(rule).min { crowd($0) < crowd($1) }
            guard let choice, crowd(choice) * 2 <= rules.count else {
                always.append(number)
                continue
            }
            let place = places[choice.field] ?? filed.count
            if place == filed.count { filed.append((choice.field, [:], [])) }
            places[choice.field] = place
            filed[place].all.append(number)
            for value in choice.values { filed[place].byValue[value, default: []].append(number) }
        }
    }

    private static func choices(_ rule: CompiledRule) -> [(field: ConditionField, values: [String])] {
        rule.when.request.compactMap { condition in
            guard case .anyOf(let set) = condition.test, set.count <= 64 else { return nil }
            return (condition.field, set.members)
        }
    }

    /// The numbers of the rules that may come out other than false, in the order of the file.
    func candidates(for facts: some FactSource) -> [Int] {
        var found = always
        for (field, byValue, all) in filed {
            switch facts.text(field, destination: nil) {
            case .value(let text): found += byValue[text] ?? []
            // Could not tell: reject and hold rules stop then.
            case .unknown: found += all
            case .notStated, .notApplicable: break
            }
        }
        found.sort()
        return found
    }
}
