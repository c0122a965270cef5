// The mutants of what rules name: lists, windows, approvers.

import CallbackProtocol

enum DeclarationMutants {
    /// Each entry of an inline list removed; a list in a file is emptied as a whole, for its entries are data.
    static func list(_ list: ListDeclaration) -> [RulesMutant] {
        let (name, subject) = (list.name.value, "list \(list.name.value)")
        func removals(
            _ entries: [Located<String>], _ make: @escaping @Sendable ([String]) -> LoadedList
        ) -> [RulesMutant] {
            entries.indices.map { place in
                var left = entries.map(\.value)
                left.remove(at: place)
                return RulesMutant(subject, "\(entries[place].value) removed", at: entries[place].position) { [left] in
                    $0.lists[name] = make(left)
                }
            }
        }
        switch list.content {
        case .ids(let ids): return removals(ids) { .ids($0) }
        case .addresses(let addresses):
            return removals(addresses) { .addresses(TextSet($0.map(AddressComparison.normalised))) }
        case .file(let file):
            return [
                RulesMutant(subject, "\(file.value) emptied", at: file.position) {
                    $0.lists[name] = .addresses(TextSet([]))
                }
            ]
        }
    }

    /// Both ends a minute earlier and later, each stated day and each exception removed.
    static func window(_ index: Int, in file: RulesFile) -> [RulesMutant] {
        let window = file.windows[index]
        func mutant(
            _ what: String, _ position: SourcePosition, _ change: @escaping @Sendable (inout WindowDeclaration) -> Void
        ) -> RulesMutant {
            RulesMutant("window \(window.name.value)", what, at: position) { change(&$0.file.windows[index]) }
        }
        var mutants: [RulesMutant] = []
        for step in [-1, 1] {
            let word = step < 0 ? "earlier" : "later"
            if (0...1439).contains(window.from.value + step) {
                mutants.append(mutant("from a minute \(word)", window.from.position) { $0.from.value += step })
            }
            if (0...1440).contains(window.to.value + step) {
                mutants.append(mutant("to a minute \(word)", window.to.position) { $0.to.value += step })
            }
        }
        // Days that are not stated stand at the place of the name.
        for (place, day) in window.days.enumerated() where day.position != window.name.position {
            mutants.append(mutant("\(day.value.name) removed", day.position) { $0.days.remove(at: place) })
        }
        for (place, date) in window.except.enumerated() {
            mutants.append(mutant("exception \(date.value) removed", date.position) { $0.except.remove(at: place) })
        }
        return mutants
    }

    /// One signature more and one less, and each person removed.
    static func approvers(_ index: Int, in file: RulesFile) -> [RulesMutant] {
        let group = file.approvers[index]
        let subject = "approvers \(group.name.value)"
        let required = group.required
        let counts = [required.value - 1, required.value + 1].filter { $0 >= 0 && $0 <= group.keys.count }
        return counts.map { count in
            RulesMutant(subject, "required \(required.value) is \(count)", at: required.position) {
                $0.file.approvers[index].required.value = count
            }
        }
            + group.keys.enumerated().map { place, entry in
                RulesMutant(subject, "\(entry.person.value) removed", at: entry.person.position) {
                    $0.file.approvers[index].keys.remove(at: place)
                }
            }
    }
}
