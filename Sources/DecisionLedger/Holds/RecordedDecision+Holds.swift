// The holds that had a say in a decision.

package import CallbackRules

extension RecordedDecision {
    /// Their numbers, in the order in which they were opened.
    package var holdNumbers: [Int64] {
        (holds ?? "").split { !$0.isNumber }.compactMap { Int64($0) }
    }

    /// What they stood at when this was decided.
    package func holds(among known: [Hold]) -> [HoldKey: HoldState] {
        var states: [HoldKey: HoldState] = [:]
        for hold in known where holdNumbers.contains(hold.number) { states[hold.key] = hold.facts(before: sequence) }
        return states
    }
}
