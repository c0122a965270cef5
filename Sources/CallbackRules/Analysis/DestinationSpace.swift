// Every way in which one destination can come out.

import CallbackProtocol

/// A class of destinations: what it does to rows, and what matters beside.
struct DestinationClass: Sendable {
    var fails: BitRow
    var off: BitRow
    var coupling = Coupling()
    /// As chosen, by field.
    var atoms: [ConditionField: Atom] = [:]
    /// Whether everything that is told of it is unknown, as where the top level contradicts it.
    var isUnknown = true

    var usd: Atom? { atoms[.destinationAmountUSD] }
    var native: Atom? { atoms[.destinationAmount] }

    fileprivate struct Key: Hashable {
        let fails: BitRow
        let off: BitRow
        let coupling: Coupling
        let isUnknown: Bool
        let kept: [Atom?]
    }

    fileprivate func key(keepsAddress: Bool) -> Key {
        Key(
            fails: fails, off: off, coupling: coupling, isUnknown: isUnknown,
            kept: [usd, native, keepsAddress ? atoms[.destinationAddress] : nil])
    }
}

extension DecisionSpace {
    /// The classes of destinations that some rows tell apart; `nil` where the budget did not suffice.
    func destinationClasses(for alive: BitRow, isOpaque: Bool, _ budget: Budget) -> [DestinationClass]? {
        let none = BitRow(count: rows.count)
        let keepsAddress = request.contains { $0.field == .contractAddress }
        var classes = [DestinationClass(fails: none, off: none)]
        for variable in destination {
            let choices = variable.told(by: alive, keepsAtoms: keepsAddress && variable.field == .destinationAddress)
            var seen: Set<DestinationClass.Key> = []
            var next: [DestinationClass] = []
            for made in classes {
                guard budget.hasTime else { return nil }
                for choice in choices {
                    guard let more = made.adding(choice, variable.field, self, isOpaque) else { continue }
                    let key = more.key(keepsAddress: keepsAddress)
                    if seen.insert(key).inserted { next.append(more) }
                }
            }
            classes = next
        }
        return classes
    }

    fileprivate func allows(
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

extension DestinationClass {
    /// With one more field; `nil` where that does not go with the others.
    func adding(
        _ choice: Choice, _ field: ConditionField, _ space: DecisionSpace, _ isOpaque: Bool
    ) -> DestinationClass? {
        guard space.allows(field, choice.atom, self, isOpaque) else { return nil }
        var more = self
        more.fails.formUnion(choice.fails)
        more.off = (off | choice.off) - more.fails
        more.coupling.note(field, choice.atom, space)
        more.atoms[field] = choice.atom
        if space.tellsUnknown.contains(field), choice.atom != .unknown { more.isUnknown = false }
        return more
    }
}

extension Variable {
    /// The choices that some rows tell apart, or that mean something else for other fields, as far as these rows see them.
    fileprivate func told(by alive: BitRow, keepsAtoms: Bool) -> [Choice] {
        struct Effect: Hashable {
            let fails: BitRow
            let off: BitRow
            let meaning: String
            let isUnknown: Bool
        }
        var seen: Set<Effect> = []
        return choices.compactMap { choice in
            let (fails, off) = (choice.fails & alive, choice.off & alive)
            let made = Choice(atom: choice.atom, fails: fails, off: off, meaning: choice.meaning)
            // Amounts are added up, and a contract is compared.
            guard !keepsAtoms, field.shape != .amount else { return made }
            let effect = Effect(
                fails: fails, off: off, meaning: choice.meaning, isUnknown: choice.atom == .unknown)
            return seen.insert(effect).inserted ? made : nil
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
