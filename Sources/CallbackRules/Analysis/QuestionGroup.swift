// Questions that many rows ask, answered once.

import CallbackProtocol

/// One question and the rows that ask it.
struct QuestionGroup: Sendable {
    let question: Question
    let side: Int
    private(set) var when: [Int] = []
    private(set) var unless: [Int] = []

    private init(_ question: Question, side: Int) { (self.question, self.side) = (question, side) }

    /// The questions of all rows by field.
    static func all(of rows: [Row]) -> [ConditionField: [QuestionGroup]] {
        var groups: [ConditionField: [QuestionGroup]] = [:]
        var places: [QuestionKey: Int] = [:]
        func add(_ question: Question, _ row: Int, _ part: WritableKeyPath<QuestionGroup, [Int]>) {
            let key = question.key(side: rows[row].side)
            let place = places[key] ?? groups[question.slot]?.count ?? 0
            if places.updateValue(place, forKey: key) == nil {
                groups[question.slot, default: []].append(QuestionGroup(question, side: rows[row].side))
            }
            groups[question.slot]?[place][keyPath: part].append(row)
        }
        for (index, row) in rows.enumerated() {
            for question in row.when { add(question, index, \.when) }
            for question in row.unless ?? [] { add(question, index, \.unless) }
        }
        return groups
    }
}

/// Equal where two rows ask the same and lead to the same; windows count by their number only.
struct RowSignature: Hashable {
    let consequence: String
    let when: Set<QuestionKey>
    let unless: Set<QuestionKey>?
}

extension Row {
    var signature: RowSignature {
        RowSignature(
            consequence: consequence, when: Set(when.map { $0.key(side: 0) }),
            unless: unless.map { Set($0.map { $0.key(side: 0) }) })
    }
}
