// Evaluation of one rule: its body per destination, and whether its effect takes place.

/// Where a rule's body stands over all destinations.
struct RuleOutcome {
    /// True for every destination; unknown or false where one is.
    var everywhere: Truth
    /// True for at least one destination; unknown or false where all are.
    var somewhere: Truth
}

extension CompiledRule {
    /// Evaluates `when` and not `unless` once per destination, or once where there is none (item 2).
    func outcome(on facts: some FactSource) -> RuleOutcome {
        let whenRequest = Self.all(when.request, facts, nil)
        let unlessRequest = unless.map { Self.all($0.request, facts, nil) }
        guard readsDestinations, facts.destinationCount > 0 else {
            let body = combined(facts, nil, whenRequest, unlessRequest)
            return RuleOutcome(everywhere: body, somewhere: body)
        }
        var outcome = RuleOutcome(everywhere: .yes, somewhere: .no)
        for destination in 0..<facts.destinationCount {
            let body = combined(facts, destination, whenRequest, unlessRequest)
            outcome.everywhere = min(outcome.everywhere, body)
            outcome.somewhere = max(outcome.somewhere, body)
            if outcome.everywhere == .no, outcome.somewhere == .yes { break }
        }
        return outcome
    }

    /// The body at one destination.
    func body(on facts: some FactSource, destination: Int?) -> Truth {
        combined(
            facts, destination, Self.all(when.request, facts, nil), unless.map { Self.all($0.request, facts, nil) })
    }

    private func combined(
        _ facts: some FactSource, _ destination: Int?, _ whenRequest: Truth, _ unlessRequest: Truth?
    ) -> Truth {
        guard whenRequest != .no else { return .no }
        let positive = min(whenRequest, Self.all(when.destination, facts, destination))
        guard positive != .no, let unless, let unlessRequest else { return positive }
        guard unlessRequest != .no else { return positive }
        return min(positive, !min(unlessRequest, Self.all(unless.destination, facts, destination)))
    }

    private static func all(_ conditions: [CompiledCondition], _ facts: some FactSource, _ destination: Int?) -> Truth {
        var result = Truth.yes
        for condition in conditions {
            result = min(result, condition.evaluate(on: facts, destination: destination))
            if result == .no { break }
        }
        return result
    }
}
