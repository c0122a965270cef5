// Rules as the search sees them: rows that fire or do not.

import CallbackProtocol

/// One way in which a rule takes part in a decision.
///
/// A row fires at a destination where no condition of `when` fails and, with `unless`, one condition of it is off. For
/// approve, ignore and the matching of hold rules a condition fails unless it is true, and `unless` is off where one of
/// its conditions is false; they must fire at every destination. For reject and the stopping of hold rules a condition
/// fails where it is false, and `unless` is off where one of its conditions is not true; they fire where one does.
struct Row: Sendable {
    enum Kind: Int, Sendable { case approve, ignore, reject, holdStops, holdMatches }

    let kind: Kind
    let rule: CompiledRule
    /// 0 for the first file, 1 for the second.
    private(set) var side: Int
    let when: [Question]
    let unless: [Question]?

    /// The same row in the other file, where windows have the same numbers.
    func on(_ side: Int) -> Row {
        var row = self
        row.side = side
        return row
    }

    /// Whether it must fire at every destination to count.
    var isUniversal: Bool { kind != .reject && kind != .holdStops }

    func fails(_ truth: Truth) -> Bool { Self.fails(truth, isUniversal) }

    static func fails(_ truth: Truth, _ isUniversal: Bool) -> Bool { isUniversal ? truth != .yes : truth == .no }
    static func isOff(_ truth: Truth, _ isUniversal: Bool) -> Bool { isUniversal ? truth == .no : truth != .yes }

    /// Whether a condition of `when` on a field fails at an atom.
    func fails(_ field: ConditionField, at atom: Atom) -> Bool {
        when.contains { $0.slot == field && fails($0.truth(atom, side: side)) }
    }

    /// Whether it never fires where there are no destinations.
    var failsNowhere: Bool {
        when.contains { $0.field.isOfDestination && fails($0.truth(.notApplicable, side: side)) }
    }

    /// The rows of a rule. That a limit can be told is one more thing that approve and hold rules ask.
    static func rows(of rule: CompiledRule, side: Int) -> [Row] {
        let when = rule.when.inOrder.map { Question($0) }
        let unless = rule.unless?.inOrder.map { Question($0) }
        func row(_ kind: Kind, _ more: [Question] = []) -> Row {
            Row(kind: kind, rule: rule, side: side, when: when + more, unless: unless)
        }
        let known = rule.limits.flatMap(knownFields).map { Question(isKnown: $0) }
        switch rule.effect {
        case .approve: return [row(.approve, known)]
        case .ignore: return [row(.ignore)]
        case .reject: return [row(.reject)]
        case .hold: return [row(.holdStops), row(.holdMatches, known)]
        }
    }

    /// What a limit has to know.
    static func knownFields(_ limit: CompiledLimit) -> [ConditionField] {
        let measured: [ConditionField] =
            switch limit.measure {
            case .count: []
            case .amount: [limit.isPerDestination ? .destinationAmount : .amount]
            case .amountUSD: [limit.isPerDestination ? .destinationAmountUSD : .amountUSD]
            }
        return limit.forEach + measured
    }

    /// Equal for rows that lead to the same decision whenever both fire: effect, holds and limits.
    var consequence: String {
        func hold(_ hold: CompiledHold) -> String {
            let people = hold.group.people.sorted { $0.key < $1.key }.map { $0.key }
            return "\(hold.key.rule)/\(hold.key.limit ?? "")/\(hold.group.required)/\(hold.expiresAfter)/\(people)"
        }
        var parts = ["\(kind)"]
        if let held = rule.hold { parts.append(hold(held)) }
        if kind == .approve || kind == .holdMatches {
            for limit in rule.limits {
                parts.append("\(limit.rule)/\(limit.id)/\(limit.measure)/\(limit.ceiling)/\(limit.period)")
                parts.append(limit.forEach.map(\.rawValue).joined(separator: ","))
                switch limit.consequence {
                case .reject: parts.append("reject")
                case .retry: parts.append("retry")
                case .hold(let held): parts.append(hold(held))
                }
            }
        }
        return parts.joined(separator: "\n")
    }
}
