// What every atom of a field does to every row, worked out question by question.

import CallbackProtocol

struct AnswerTables {
    let groups: [ConditionField: [QuestionGroup]]
    /// By row: whether it must fire at every destination.
    let universal: [Bool]

    struct Answer {
        var fails: BitRow
        var off: BitRow
    }

    /// For each atom, the rows of which a condition on the field fails, and those whose `unless` it turns off.
    func answers(_ field: ConditionField, _ atoms: [Atom]) -> [Answer] {
        let none = BitRow(count: universal.count)
        var answers = [Answer](repeating: Answer(fails: none, off: none), count: atoms.count)
        for group in groups[field] ?? [] {
            let within = Self.interval(group.question, atoms)
            for place in atoms.indices {
                let truth =
                    if let within, atoms[place].amount != nil {
                        Truth(within.contains(place))
                    } else {
                        group.question.truth(atoms[place], side: group.side)
                    }
                for row in group.when where Row.fails(truth, universal[row]) { answers[place].fails.insert(row) }
                for row in group.unless where Row.isOff(truth, universal[row]) { answers[place].off.insert(row) }
            }
        }
        return answers
    }

    /// The places of the amounts within bounds; the amounts ascend and come before everything else.
    private static func interval(_ question: Question, _ atoms: [Atom]) -> Range<Int>? {
        guard case .bounds(let bounds)? = question.condition?.test else { return nil }
        let end = atoms.firstIndex { $0.amount == nil } ?? atoms.count
        func first(_ isReached: (ExactDecimal) -> Bool) -> Int {
            var (low, high) = (0, end)
            while low < high {
                let middle = (low + high) / 2
                if atoms[middle].amount.map(isReached) ?? true { high = middle } else { low = middle + 1 }
            }
            return low
        }
        let lower = first { amount in bounds.allSatisfy { !$0.kind.isLower || $0.contains(amount) } }
        let upper = first { amount in !bounds.allSatisfy { $0.kind.isLower || $0.contains(amount) } }
        return lower..<max(lower, upper)
    }
}
