// Finds every way in which two lists of rules decide differently, by choosing one field after the other.

import CallbackProtocol

/// A choice of atoms that may make a difference.
struct Candidate: Sendable {
    let request: [ConditionField: Atom]
    /// Empty: a request without destinations.
    let destinations: [DestinationClass]
    let coupling: Coupling
    /// Rows that fire.
    let firing: BitRow
}

/// A backtracking search. A branch is left where both lists have the same rules to offer from there on, where both are
/// sure to reject, or where the same state was seen before; so nothing is left out.
struct DifferenceSearch {
    let space: DecisionSpace
    let budget: Budget
    /// Made once a search takes longer.
    private var futures: Futures?
    private var steps = 0
    private let patience: Int
    private let undecided: UndecidedRows
    private let positive: [BitRow]
    private let rejecting: [BitRow]
    private var seen: Set<State> = []
    private var classes: [ClassesKey: [DestinationClass]] = [:]
    /// `false` where something was not looked at.
    private(set) var isComplete: Bool
    private var path: [ConditionField: Atom] = [:]
    /// Takes a candidate; `false` ends the search.
    private let visit: (Candidate) -> Bool
    private var isStopped = false

    private struct ClassesKey: Hashable {
        let alive: BitRow
        let isOpaque: Bool
    }

    private struct State: Hashable {
        let depth: Int
        let alive: BitRow
        let off: BitRow
        let coupling: Coupling
    }

    /// - Parameter patience: how many steps to go before branches are compared by what their rows still ask. That takes as
    ///   long as a few hundred steps, and many a search ends before.
    init(_ space: DecisionSpace, _ budget: Budget, patience: Int = 0, visit: @escaping (Candidate) -> Bool) {
        (self.space, self.budget, self.visit, isComplete) = (space, budget, visit, space.isComplete)
        self.patience = patience
        undecided = UndecidedRows(space)
        rejecting = (0..<2).map { side in space.mask { $0.side == side && $0.kind == .reject } }
        positive = (0..<2).map { side in
            space.mask { $0.side == side && $0.kind != .reject && $0.kind != .holdStops }
        }
    }

    /// Returns once everything was looked at, or the budget is spent.
    mutating func run() {
        explore(0, BitRow(count: space.rows.count, filled: true), space.withoutUnless, Coupling())
    }

    private mutating func explore(_ depth: Int, _ alive: BitRow, _ rawOff: BitRow, _ coupling: Coupling) {
        guard !isStopped else { return }
        guard budget.hasTime else {
            isComplete = false
            isStopped = true
            return
        }
        let off = rawOff & alive
        if isSettled(depth, alive, off) { return }
        guard seen.insert(State(depth: depth, alive: alive, off: off, coupling: coupling)).inserted else { return }
        guard depth < space.request.count else { return leaf(alive, off, coupling) }
        let variable = space.request[depth]
        for choice in variable.choices where coupling.allows(variable.field, choice.atom) {
            var more = coupling
            more.note(variable.field, choice.atom, space)
            path[variable.field] = choice.atom
            explore(depth + 1, alive - choice.fails, off | choice.off, more)
        }
        path[variable.field] = nil
    }

    private mutating func isSettled(_ depth: Int, _ alive: BitRow, _ off: BitRow) -> Bool {
        if !alive.intersects(positive[0]), !alive.intersects(positive[1]) { return true }
        if undecided.areRejected(alive, off, depth) { return true }
        steps += 1
        guard steps > patience else { return false }
        let futures = self.futures ?? Futures(space)
        self.futures = futures
        return futures.agree(alive, off, depth)
    }

    // MARK: Destinations

    private mutating func leaf(_ alive: BitRow, _ off: BitRow, _ coupling: Coupling) {
        let canBeNowhere = coupling.operation != .transfer || space.kind == .configuration
        if canBeNowhere, space.allowsNowhere, allowsNone(coupling) {
            offer(space.nowhere.fails, space.nowhere.off, [], alive, off, coupling)
        }
        guard space.kind == .transaction, !isStopped else { return }
        if patience > 0, let made = lonely(alive, coupling) {
            give(firing(made, alive, off), [made], coupling)
            if isStopped { return }
        }
        let key = ClassesKey(alive: alive, isOpaque: coupling.isOpaque)
        if classes[key] == nil {
            guard let made = space.destinationClasses(for: alive, isOpaque: coupling.isOpaque, budget) else {
                isComplete = false
                return
            }
            classes[key] = made
        }
        let all = classes[key] ?? []
        var fired: Set<BitRow> = []
        for made in all where allowsOne(made, coupling) {
            let mask = firing(made, alive, off)
            guard fired.insert(mask).inserted else { continue }
            give(mask, [made], coupling)
            if isStopped { return }
        }
        guard coupling.contract?.text == nil else { return }
        many(all.filter { allowsMany($0, coupling) }, alive, off, coupling)
    }

    /// The first destination that fits, of the choices that come first; often the only one that is needed.
    private func lonely(_ alive: BitRow, _ coupling: Coupling) -> DestinationClass? {
        var tries = 0
        func next(_ index: Int, _ made: DestinationClass) -> DestinationClass? {
            guard index < space.destination.count else {
                tries += 1
                return allowsOne(made, coupling) ? made : nil
            }
            for choice in space.destination[index].choices where tries < 40 {
                guard let more = made.adding(choice, space.destination[index].field, space, coupling.isOpaque)
                else { continue }
                if let found = next(index + 1, more) { return found }
            }
            return nil
        }
        let none = BitRow(count: space.rows.count)
        return next(0, DestinationClass(fails: none, off: none))
    }

    /// All sets of destinations: what several do together is what their masks are together.
    private mutating func many(
        _ classes: [DestinationClass], _ alive: BitRow, _ off: BitRow, _ coupling: Coupling
    ) {
        struct Sum: Hashable {
            var mask: BitRow
            var hasUnpriced: Bool
        }
        func add(_ left: BitRow, _ right: BitRow) -> BitRow {
            ((left ^ space.universal) | (right ^ space.universal)) ^ space.universal
        }
        var single: [Sum: DestinationClass] = [:]
        for made in classes {
            let sum = Sum(mask: firing(made, alive, off), hasUnpriced: made.usd == .unknown)
            if isRejected(sum.mask) { continue }
            // Of equal ones the cheapest fits beside most others.
            if let known = single[sum], !Self.isCheaper(made, known) { continue }
            single[sum] = made
        }
        var sums: [Sum: [DestinationClass]] = single.mapValues { [$0, $0] }
        var queue = Array(sums.keys)
        var next = 0
        while next < queue.count {
            let sum = queue[next]
            next += 1
            guard let members = sums[sum] else { continue }
            for (one, made) in single {
                guard budget.hasTime else {
                    (isComplete, isStopped) = (false, true)
                    return
                }
                let joined = Sum(
                    mask: add(sum.mask, one.mask), hasUnpriced: sum.hasUnpriced || one.hasUnpriced)
                guard sums[joined] == nil, !isRejected(joined.mask) else { continue }
                // A seed stands for two destinations of one class; the second makes room for another.
                let isSeed =
                    members.count == 2 && members[0].fails == members[1].fails && members[0].off == members[1].off
                    && members[0].atoms == members[1].atoms
                sums[joined] = (isSeed ? [members[0]] : members) + [made]
                queue.append(joined)
            }
        }
        for (sum, members) in sums {
            if needsUnpriced(coupling), !sum.hasUnpriced { continue }
            if members.count > 20 {
                isComplete = false
                continue
            }
            give(sum.mask, members, coupling)
            if isStopped { return }
        }
    }

    /// Whether both files reject, and do whatever destinations are added: these only take approvals away.
    private func isRejected(_ mask: BitRow) -> Bool {
        (0..<2).allSatisfy { mask.intersects(rejecting[$0]) || !mask.intersects(positive[$0]) }
    }

    private static func isCheaper(_ one: DestinationClass, _ other: DestinationClass) -> Bool {
        func amounts(_ made: DestinationClass) -> (ExactDecimal, ExactDecimal) {
            (made.usd?.amount ?? .zero, made.native?.amount ?? .zero)
        }
        return amounts(one) < amounts(other)
    }

    private func firing(_ made: DestinationClass, _ alive: BitRow, _ off: BitRow) -> BitRow {
        (alive - made.fails) & (off | made.off | space.withoutUnless)
    }

    private mutating func offer(
        _ fails: BitRow, _ more: BitRow, _ destinations: [DestinationClass], _ alive: BitRow, _ off: BitRow,
        _ coupling: Coupling
    ) {
        give((alive - fails) & (off | more | space.withoutUnless), destinations, coupling)
    }

    private mutating func give(_ mask: BitRow, _ destinations: [DestinationClass], _ coupling: Coupling) {
        let candidate = Candidate(request: path, destinations: destinations, coupling: coupling, firing: mask)
        if !visit(candidate) { isStopped = true }
    }

    // MARK: What fits together

    private func allowsNone(_ coupling: Coupling) -> Bool {
        (coupling.amountUSD ?? .unknown) == .unknown && coupling.contract?.text == nil
    }

    /// The sum is unknown, and amounts mean something: then one price is.
    private func needsUnpriced(_ coupling: Coupling) -> Bool {
        !coupling.isOpaque && coupling.amountUSD == .unknown
    }

    private func allowsOne(_ made: DestinationClass, _ coupling: Coupling) -> Bool {
        if let contract = coupling.contract {
            let address = made.atoms[.destinationAddress] ?? .unknown
            if contract.text != nil, contract != address { return false }
            if contract == .unknown, coupling.method == .value, address != .unknown { return false }
        }
        guard !coupling.isOpaque else { return true }
        if let sum = coupling.amountUSD, let price = made.usd {
            if space.tracked.contains(.destinationAmountUSD) {
                guard sum == price else { return false }
            } else {
                guard (sum.amount == nil) == (price.amount == nil), sum.amount?.isZero == price.amount?.isZero else {
                    return false
                }
            }
        }
        return allowsNative(made, coupling, isOnly: true)
    }

    private func allowsMany(_ made: DestinationClass, _ coupling: Coupling) -> Bool {
        guard !coupling.isOpaque else { return true }
        if let sum = coupling.amountUSD?.amount {
            guard let price = made.usd?.amount else { return false }
            if sum.isZero, !price.isZero { return false }
            // Where nobody looks at single prices, all of them can be part of the sum.
            if !space.tracked.contains(.destinationAmountUSD), !sum.isZero, price.isZero { return false }
            if space.tracked.contains(.destinationAmountUSD), price > sum { return false }
        }
        return allowsNative(made, coupling, isOnly: false)
    }

    private func allowsNative(_ made: DestinationClass, _ coupling: Coupling, isOnly: Bool) -> Bool {
        guard let amount = coupling.amount?.amount, let stated = made.native else { return true }
        guard let native = stated.amount else {
            // A destination that the top level contradicts is unknown in every part, but its amount counts.
            return isOnly && made.isUnknown
        }
        if native.isZero { return true }
        return space.tracked.contains(.destinationAmount) ? native <= amount : !amount.isZero
    }
}

extension DecisionSpace {
    /// The rows for which something holds.
    func mask(_ isIn: (Row) -> Bool) -> BitRow {
        var mask = BitRow(count: rows.count)
        for (index, row) in rows.enumerated() where isIn(row) { mask.insert(index) }
        return mask
    }
}
