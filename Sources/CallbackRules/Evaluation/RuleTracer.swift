// Explains how a rule came out. Only used when somebody asks; the decision itself never depends on it.

import CallbackProtocol

struct RuleTracer<Facts: FactSource> {
    let facts: Facts
    let windows: [CompiledWindow]
    let instant: RulesInstant

    func trace(_ rule: CompiledRule) -> [TraceEntry] {
        guard rule.readsDestinations, facts.destinationCount > 0 else { return [entry(rule, destination: nil)] }
        return (0..<facts.destinationCount).map { entry(rule, destination: $0) }
    }

    private func entry(_ rule: CompiledRule, destination: Int?) -> TraceEntry {
        let rulesBody = rule.body(on: facts, destination: destination)
        let limit = rulesBody == .yes ? unknownLimit(rule) : nil
        let body = limit == nil ? rulesBody : .unknown
        let outcome: TraceEntry.Outcome =
            switch body {
            case .yes: .matched
            case .no: .notMatched
            case .unknown: .unknown
            }
        return TraceEntry(
            rule: rule.id, effect: rule.effect, destination: destination, outcome: outcome,
            failed: limit ?? (body == .yes ? nil : failure(rule, destination, body)))
    }

    /// The first limit that cannot be told, where the conditions hold.
    private func unknownLimit(_ rule: CompiledRule) -> TraceEntry.Failure? {
        for limit in rule.limits {
            guard case .unknown(let why) = limit.charges(on: facts) else { continue }
            return TraceEntry.Failure(
                condition: "limits.\(limit.id)", expected: "\(limit.measure.rawValue) to count",
                actual: "unknown: \(why)")
        }
        return nil
    }

    /// The first condition of `when` with the body's own truth, else what `unless` says.
    func failure(_ rule: CompiledRule, _ destination: Int?, _ body: Truth) -> TraceEntry.Failure? {
        if let condition = first(rule.when.inOrder, destination, body) {
            return TraceEntry.Failure(
                condition: condition.field.rawValue, expected: condition.expected,
                actual: actual(condition, destination))
        }
        guard let unless = rule.unless else { return nil }
        if body == .unknown, let condition = first(unless.inOrder, destination, .unknown) {
            return TraceEntry.Failure(
                condition: "unless.\(condition.field.rawValue)", expected: "not \(condition.expected)",
                actual: actual(condition, destination))
        }
        let described = unless.inOrder.map { "\($0.field.rawValue) \($0.expected)" }.joined(separator: " and ")
        return TraceEntry.Failure(condition: "unless", expected: "not (\(described))", actual: "all of it is true")
    }

    private func first(_ conditions: [CompiledCondition], _ destination: Int?, _ truth: Truth) -> CompiledCondition? {
        conditions.first { $0.evaluate(on: facts, destination: destination) == truth }
    }

    private func actual(_ condition: CompiledCondition, _ destination: Int?) -> String {
        switch condition.test {
        case .within(let indices): windows[indices[0]].describe(instant)
        case .outside(let index): windows[index].describe(instant)
        case .flag: Self.describe(facts.flag(condition.field), { $0 ? "true" : "false" })
        case .signed(let keys): Self.describe(facts.isSigned(by: keys[0]), { $0 ? "signed" : "not signed by it" })
        case .bounds: Self.describe(facts.amount(condition.field, destination: destination), \.description)
        case .anyAddress, .noAddress:
            if case .unknown(let why) = facts.addressKey(condition.field, destination: destination) {
                "unknown: \(why)"
            } else {
                Self.describe(facts.text(condition.field, destination: destination), \.self)
            }
        default: Self.describe(facts.text(condition.field, destination: destination), \.self)
        }
    }

    private static func describe<Value>(_ fact: Fact<Value>, _ text: (Value) -> String) -> String {
        switch fact {
        case .value(let value): text(value)
        case .unknown(let why): "unknown: \(why)"
        case .notStated: "not stated"
        case .notApplicable: "not applicable"
        }
    }
}
