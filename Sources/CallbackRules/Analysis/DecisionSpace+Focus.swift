// A part of the search space: where one row can fire.

import CallbackProtocol

extension DecisionSpace {
    /// The atoms of a field at which a row can fire.
    ///
    /// A row that must fire at every destination leaves no other destinations; one that fires at any leaves all.
    func remaining(_ atoms: [Atom], of field: ConditionField, where row: Row) -> [Atom] {
        guard !field.isOfDestination || row.isUniversal else { return atoms }
        return atoms.filter { !row.fails(field, at: $0) }
    }

    /// The instants that the windows of these rows tell apart.
    func told(_ instants: [Atom]) -> [Atom] {
        var used: [Set<Int>] = [[], []]
        for group in groups[.timeWithin] ?? [] {
            switch group.question.condition?.test {
            case .within(let windows)?: used[group.side].formUnion(windows)
            case .outside(let window)?: used[group.side].insert(window)
            default: break
            }
        }
        let numbers = used.map { $0.sorted() }
        var seen: Set<[Bool]> = []
        return instants.filter { atom in
            guard case .instant(_, let open) = atom else { return false }
            return seen.insert(zip(open, numbers).flatMap { side, windows in windows.map { side[$0] } }).inserted
        }
    }
}

extension Variable {
    /// Puts the choices first at which some rows take part and the fewest others, so that what only they decide is found
    /// at once.
    mutating func preferLonely(_ own: BitRow) {
        let order = choices.indices.map { place in
            (own: (choices[place].fails & own).count, all: choices[place].fails.count, place: place)
        }.sorted { ($0.own, $1.all, $0.place) < ($1.own, $0.all, $1.place) }
        choices = order.map { choices[$0.place] }
    }
}
