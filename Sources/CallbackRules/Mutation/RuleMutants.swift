// The mutants of one rule: conditions, exceptions, values, bounds, effect, limits.

import CallbackProtocol

/// Makes the mutants of the rule at one place of a file.
struct RuleMutants {
    private let section: RuleSection
    private let index: Int
    private let rule: RuleDeclaration

    init(_ section: RuleSection, _ index: Int, in file: RulesFile) {
        (self.section, self.index) = (section, index)
        rule = file[section][index]
    }

    var all: [RulesMutant] { effects + conditions + exceptions + limits }

    private func mutant(
        _ what: String, at position: SourcePosition, _ change: @escaping @Sendable (inout RuleDeclaration) -> Void
    ) -> RulesMutant {
        let (section, index) = (section, index)
        return RulesMutant(rule.id.value, what, at: position) { change(&$0.file[section][index]) }
    }

    // MARK: The rule as a whole

    private var effects: [RulesMutant] {
        let others: [RuleEffect] =
            switch rule.effect.value {
            case .approve: [.reject]
            case .reject: [.approve]
            case .hold, .ignore: [.approve, .reject]
            }
        let (section, index) = (section, index)
        let removed = RulesMutant(rule.id.value, "rule removed", at: rule.position) { draft in
            draft.file[section].remove(at: index)
        }
        return [removed]
            + others.map { other in
                mutant("effect \(rule.effect.value.rawValue) is \(other.rawValue)", at: rule.effect.position) {
                    $0.effect.value = other
                    $0.hold = nil
                    if other == .reject { $0.limits = [] }
                }
            }
    }

    // MARK: Conditions

    private var conditions: [RulesMutant] {
        let conditions = rule.when.conditions
        var mutants = conditions.indices.map { place in
            dropped(conditions[place])
        }
        if !conditions.contains(where: { $0.field == .operation }), isAboutTransfersByItself {
            mutants.append(everyOperation("the unstated operation TRANSFER dropped", at: rule.id.position) { _ in })
        }
        return mutants
            + conditions.indices.flatMap { place in
                changes(of: conditions[place], "when") { rule, matcher in
                    var changed = rule.when.conditions
                    changed[place].matcher = matcher
                    rule.when = .all(changed)
                }
            }
    }

    private var isAboutTransfersByItself: Bool {
        section == .transactions && (rule.effect.value == .approve || rule.effect.value == .hold)
    }

    private func dropped(_ condition: ConditionDeclaration) -> RulesMutant {
        let field = condition.field
        let change: @Sendable (inout RuleDeclaration) -> Void = { rule in
            let left = rule.when.conditions.filter { $0.field != field }
            rule.when = left.isEmpty ? .always : .all(left)
        }
        let what = "when.\(field.rawValue) dropped"
        // Without it the rule would be about TRANSFER by itself: the mutant is about every operation.
        return field == .operation && isAboutTransfersByItself
            ? everyOperation(what, at: condition.position, change) : mutant(what, at: condition.position, change)
    }

    private func everyOperation(
        _ what: String, at position: SourcePosition, _ change: @escaping @Sendable (inout RuleDeclaration) -> Void
    ) -> RulesMutant {
        let (section, index, id) = (section, index, rule.id.value)
        return RulesMutant(id, what, at: position) { draft in
            change(&draft.file[section][index])
            draft.aboutEveryOperation.insert(id)
        }
    }

    private var exceptions: [RulesMutant] {
        guard let unless = rule.unless, let first = unless.first else { return [] }
        var mutants = [mutant("unless dropped", at: first.position) { $0.unless = nil }]
        if unless.count > 1 {
            mutants += unless.map { condition in
                mutant("unless.\(condition.field.rawValue) dropped", at: condition.position) { rule in
                    rule.unless = rule.unless?.filter { $0.field != condition.field }
                }
            }
        }
        return mutants
            + unless.indices.flatMap { place in
                changes(of: unless[place], "unless") { $0.unless?[place].matcher = $1 }
            }
    }

    /// Entries removed, bounds moved and dropped.
    private func changes(
        of condition: ConditionDeclaration, _ block: String,
        _ set: @escaping @Sendable (inout RuleDeclaration, Matcher) -> Void
    ) -> [RulesMutant] {
        let name = "\(block).\(condition.field.rawValue)"
        func mutant(_ what: String, _ position: SourcePosition, _ matcher: Matcher) -> RulesMutant {
            self.mutant("\(name): \(what)", at: position) { set(&$0, matcher) }
        }
        switch condition.matcher {
        case .values(let values):
            return Self.shortened(values).map { mutant("\($0.value) removed", $0.position, .values($1)) }
        case .windows(let names):
            return Self.shortened(names).map { mutant("\($0.value) removed", $0.position, .windows($1)) }
        case .flag(let flag):
            return [mutant("is \(!flag.value)", flag.position, .flag(Located(!flag.value, flag.position)))]
        case .bounds(let bounds):
            let dropped: [RulesMutant] =
                bounds.count == 1
                ? []
                : bounds.indices.map { place in
                    var left = bounds
                    let bound = left.remove(at: place)
                    return mutant("\(bound.kind.rawValue) dropped", bound.position, .bounds(left))
                }
            return dropped
                + bounds.indices.flatMap { place in
                    bounds[place].amount.oneUnitAway.map { amount in
                        var moved = bounds
                        moved[place].amount = amount
                        return mutant(
                            "\(bounds[place].kind.rawValue) \(bounds[place].amount) is \(amount)",
                            bounds[place].position, .bounds(moved))
                    }
                }
        case .inList, .notInList, .prefix: return []
        }
    }

    /// Each entry with the list without it; nothing where there is only one.
    private static func shortened(
        _ values: [Located<String>]
    ) -> [(Located<String>, [Located<String>])] {
        guard values.count > 1 else { return [] }
        return values.indices.map { place in
            var left = values
            return (left.remove(at: place), left)
        }
    }

    // MARK: Limits

    private var limits: [RulesMutant] {
        rule.limits.indices.flatMap { place -> [RulesMutant] in
            let limit = rule.limits[place]
            let name = "limits.\(limit.id.value)"
            let moved = limit.ceiling.oneUnitAway.map { amount in
                mutant("\(name): \(limit.ceiling) is \(amount)", at: limit.measure.position) {
                    $0.limits[place].ceiling = amount
                }
            }
            let consequence: (String, LimitDeclaration.Consequence) =
                switch limit.whenExceeded {
                case .reject: ("reject is retry", .retry)
                case .retry: ("retry is reject", .reject)
                case .hold: ("hold is reject", .reject)
                }
            let exceeded = mutant("\(name): when_exceeded \(consequence.0)", at: limit.id.position) {
                $0.limits[place].whenExceeded = consequence.1
            }
            return [mutant("\(name) removed", at: limit.id.position) { $0.limits.remove(at: place) }] + moved
                + [exceeded]
        }
    }
}

extension ExactDecimal {
    /// One unit of the last written place more, and less where that is not negative.
    var oneUnitAway: [ExactDecimal] {
        let places = description.split(separator: ".").dropFirst().first?.count ?? 0
        let text = places == 0 ? "1" : "0." + String(repeating: "0", count: places - 1) + "1"
        guard let unit = ExactDecimal(plain: text) else { return [] }
        return [self + unit] + (self < unit ? [] : [self - unit])
    }
}
