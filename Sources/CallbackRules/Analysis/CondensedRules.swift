// The rules of a file with long lists cut down to what the file can tell apart.

import CallbackProtocol

/// Makes rules that ask the same of every value that a search looks at, but in short.
///
/// A list of ten thousand addresses that is only ever used as a whole is one class of addresses. Here it keeps one
/// address of each class. Values that a search makes up stay in a list that has them.
struct CondensedRules {
    /// One text of each class, whatever the field: lists of ids can stand at several.
    private let representatives: TextSet
    private var known: [TextSet: TextSet] = [:]

    /// Shorter lists are kept as they are.
    private static let short = 8

    private init(_ space: DecisionSpace) {
        representatives = TextSet(
            (space.request + space.destination).flatMap { $0.choices.compactMap(\.atom.text) })
    }

    static func make(_ rules: [CompiledRule], _ space: DecisionSpace) -> [CompiledRule] {
        var made = CondensedRules(space)
        return rules.map { rule in
            CompiledRule(
                id: rule.id, effect: rule.effect, reason: nil, when: made.condensed(rule.when),
                unless: rule.unless.map { made.condensed($0) }, hold: rule.hold, limits: rule.limits)
        }
    }

    private mutating func condensed(_ conditions: CompiledConditions) -> CompiledConditions {
        CompiledConditions(
            conditions.inOrder.map { condition in
                let test: CompiledCondition.Test
                switch condition.test {
                case .anyOf(let set): test = .anyOf(short(set))
                case .noneOf(let set): test = .noneOf(short(set))
                case .anyAddress(let set): test = .anyAddress(short(set))
                case .noAddress(let set): test = .noAddress(short(set))
                case .prefix, .bounds, .flag, .signed, .within, .outside: return condition
                }
                return CompiledCondition(
                    field: condition.field, test: test, expected: condition.expected, isImplied: condition.isImplied)
            })
    }

    private mutating func short(_ set: TextSet) -> TextSet {
        guard set.count > Self.short else { return set }
        if let made = known[set] { return made }
        let made = TextSet(set.members.filter { representatives.contains($0) || FreshText.isPossible($0) })
        known[set] = made
        return made
    }
}
