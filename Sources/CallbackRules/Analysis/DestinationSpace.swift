// Every way in which one destination can come out.

import CallbackProtocol

/// A class of destinations: what it does to rows, and what matters beside.
struct DestinationClass: Sendable {
    var fails: BitRow
    var off: BitRow
    var coupling = Coupling()
    /// As chosen, by field.
    var atoms: [ConditionField: Atom] = [:]

    var usd: Atom? { atoms[.destinationAmountUSD] }
    var native: Atom? { atoms[.destinationAmount] }

    fileprivate struct Key: Hashable {
        let fails: BitRow
        let off: BitRow
        let coupling: Coupling
        let kept: [Atom?]
    }

    fileprivate var key: Key {
        Key(fails: fails, off: off, coupling: coupling, kept: [usd, native, atoms[.destinationAddress].flatMap { $0 }])
    }
}

extension DecisionSpace {
    /// The classes of destinations; `nil` where the budget did not suffice.
    func destinationClasses(isOpaque: Bool, _ budget: Budget) -> [DestinationClass]? {
        let none = BitRow(count: rows.count)
        let keepsAddress = request.contains { $0.field == .contractAddress }
        var classes = [DestinationClass(fails: none, off: none)]
        for variable in destination {
            var seen: Set<DestinationClass.Key> = []
            var next: [DestinationClass] = []
            for made in classes {
                guard budget.hasTime else { return nil }
                for choice in variable.choices where allows(variable.field, choice.atom, made, isOpaque) {
                    var more = made
                    more.fails = made.fails | choice.fails
                    more.off = (made.off | choice.off) - more.fails
                    more.coupling.note(variable.field, choice.atom, self)
                    more.atoms[variable.field] = choice.atom
                    var key = more.key
                    if !keepsAddress {
                        key = DestinationClass.Key(
                            fails: key.fails, off: key.off, coupling: key.coupling, kept: [more.usd, more.native])
                    }
                    if seen.insert(key).inserted { next.append(more) }
                }
            }
            classes = next
        }
        return classes
    }

    private func allows(
        _ field: ConditionField, _ atom: Atom, _ made: DestinationClass, _ isOpaque: Bool
    ) -> Bool {
        switch field {
        case .destinationAmount: return !isOpaque || atom == .unknown
        case .destinationAmountUSD:
            if isOpaque { return atom == .unknown }
            // 0 is a price only for an amount of 0. `destination.amount` is chosen first.
            guard atom == .amount(.zero), let native = made.native else { return true }
            return native == .amount(.zero)
        default: return made.coupling.allows(field, atom)
        }
    }
}

/// How long to go on.
final class Budget {
    private let isLeft: () -> Bool
    private var countdown = 0
    private(set) var isSpent = false

    init(_ isLeft: @escaping () -> Bool) { self.isLeft = isLeft }

    /// Asks once in a while.
    var hasTime: Bool {
        if isSpent { return false }
        countdown -= 1
        if countdown <= 0 {
            countdown = 64
            isSpent = !isLeft()
        }
        return !isSpent
    }
}
