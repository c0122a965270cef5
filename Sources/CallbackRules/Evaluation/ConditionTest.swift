// Evaluation of one condition. Pure; allocates nothing that the request does not already hold.

import CallbackProtocol

extension CompiledCondition {
    func evaluate(on facts: some FactSource, destination: Int?) -> Truth {
        switch test {
        case .anyOf(let set):
            return Self.truth(facts.text(field, destination: destination), notStated: .no) { set.contains($0) }
        case .noneOf(let set):
            return Self.truth(facts.text(field, destination: destination), notStated: .unknown) { !set.contains($0) }
        case .prefix(let prefix):
            return Self.truth(facts.text(field, destination: destination), notStated: .no) {
                $0.utf8.starts(with: prefix)
            }
        case .anyAddress(let set):
            return Self.truth(facts.addressKey(field, destination: destination), notStated: .no) { set.contains($0) }
        case .noAddress(let set):
            return Self.truth(facts.addressKey(field, destination: destination), notStated: .unknown) {
                !set.contains($0)
            }
        case .bounds(let bounds):
            return Self.truth(facts.amount(field, destination: destination), notStated: .unknown) { amount in
                bounds.allSatisfy { $0.contains(amount) }
            }
        case .flag(let wanted):
            return Self.truth(facts.flag(field), notStated: .unknown) { $0 == wanted }
        case .signed(let keys):
            // Any key's signature will do; one that cannot be judged leaves it open.
            return keys.map { key in Self.truth(facts.isSigned(by: key), notStated: .unknown) { $0 } }.max() ?? .no
        case .within(let windows):
            return Truth(windows.contains { facts.isOpen(window: $0) })
        case .outside(let window):
            return Truth(!facts.isOpen(window: window))
        }
    }

    private static func truth<Value>(_ fact: Fact<Value>, notStated: Truth, _ test: (Value) -> Bool) -> Truth {
        switch fact {
        case .value(let value): Truth(test(value))
        case .unknown: .unknown
        case .notStated: notStated
        case .notApplicable: .no
        }
    }
}

extension Bound {
    func contains(_ amount: ExactDecimal) -> Bool {
        switch kind {
        case .atLeast: amount >= self.amount
        case .moreThan: amount > self.amount
        case .atMost: amount <= self.amount
        case .lessThan: amount < self.amount
        }
    }
}
