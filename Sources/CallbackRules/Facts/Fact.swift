// What a request says about one field, and what it does not say.

import CallbackProtocol

/// A field of a request as rules see it (rules language, item 6).
enum Fact<Value: Sendable>: Sendable {
    /// Present and trusted.
    case value(Value)
    /// Due, but absent, unusable or contradicted; the text says which.
    case unknown(String)
    /// Absent, and not due: a note that nobody wrote. Known to equal nothing; whether it is `not_in` a list is unknown.
    case notStated
    /// Part of something that the operation does not have. False for every matcher.
    case notApplicable
}

extension Fact {
    func flatMap<Other>(_ next: (Value) -> Fact<Other>) -> Fact<Other> {
        switch self {
        case .value(let value): next(value)
        case .unknown(let why): .unknown(why)
        case .notStated: .notStated
        case .notApplicable: .notApplicable
        }
    }
}

extension Fact where Value == String {
    /// A member that must be there.
    static func due(_ text: String?, _ missing: String) -> Fact {
        text.map { .value($0) } ?? .unknown(missing)
    }

    /// A member that may be left out.
    static func optional(_ text: String?) -> Fact {
        text.map { .value($0) } ?? .notStated
    }
}

/// What a condition can ask about one request.
protocol FactSource {
    /// How many destinations there are; 0 where the rule body is evaluated once for the request.
    var destinationCount: Int { get }
    /// Text, words and, for addresses, the address as stated. `destination` is `nil` where there is none.
    func text(_ field: ConditionField, destination: Int?) -> Fact<String>
    /// An address in the form in which it is compared.
    func addressKey(_ field: ConditionField, destination: Int?) -> Fact<String>
    func amount(_ field: ConditionField, destination: Int?) -> Fact<ExactDecimal>
    func flag(_ field: ConditionField) -> Fact<Bool>
    /// Whether an extra parameter is signed by this key.
    func isSigned(by key: ExtraKey) -> Fact<Bool>
    /// Whether the window with this index of the plan is open.
    func isOpen(window: Int) -> Bool
}
