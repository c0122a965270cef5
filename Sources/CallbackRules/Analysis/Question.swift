// Something that a row asks about one field.

import CallbackProtocol

struct Question: Sendable {
    let field: ConditionField
    /// `nil`: whether the field has a value.
    let condition: CompiledCondition?
    private let baseKey: QuestionKey

    init(_ condition: CompiledCondition) {
        (field, self.condition) = (condition.field, condition)
        baseKey = QuestionKey(condition)
    }

    init(isKnown field: ConditionField) {
        (self.field, condition) = (field, nil)
        baseKey = QuestionKey(isKnown: field)
    }

    /// Both conditions on the time are about one variable.
    var slot: ConditionField { field == .timeOutside ? .timeWithin : field }

    /// Windows of two files are different questions.
    func key(side: Int) -> QuestionKey {
        field.shape == .window ? baseKey.on(side) : baseKey
    }

    func truth(_ atom: Atom, side: Int) -> Truth {
        if let condition { return condition.evaluate(on: AtomFacts(atom: atom, side: side), destination: 0) }
        switch atom {
        case .text, .amount: return .yes
        default: return .unknown
        }
    }
}

/// Equal only for questions that every atom answers equally.
struct QuestionKey: Sendable, Hashable {
    private let field: ConditionField
    private let words: String
    private let set: TextSet?
    /// Of windows, whose names may mean different things in two files.
    private var side: Int?

    init(isKnown field: ConditionField) {
        (self.field, words, set) = (field, "known", nil)
    }

    init(_ condition: CompiledCondition) {
        field = condition.field
        (words, set) =
            switch condition.test {
            case .anyOf(let set), .anyAddress(let set): ("any", set)
            case .noneOf(let set), .noAddress(let set): ("none", set)
            case .signed(let keys): ("signed " + keys.map(\.identity).joined(separator: " "), nil)
            case .prefix(let prefix): ("prefix \(prefix)", nil)
            case .bounds(let bounds): (bounds.map { "\($0.kind) \($0.amount)" }.joined(separator: " "), nil)
            case .flag(let flag): ("\(flag)", nil)
            case .within(let windows): ("within \(windows)", nil)
            case .outside(let window): ("outside \(window)", nil)
            }
    }

    func on(_ side: Int) -> QuestionKey {
        var key = self
        key.side = side
        return key
    }
}
