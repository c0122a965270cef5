// The order of keys in a rules file.

/// Orders the keys of the file and of its rules. Everything else keeps the order that its author chose.
enum CanonicalOrder {
    private static let file = [
        "rules_version", "name", "description", "time_zone", "assets", "lists", "windows", "approvers", "keys",
        "transactions",
        "configuration_changes",
    ]
    private static let rule = [
        "id", "effect", "reason", "description", "approvers", "expires_after", "when", "unless", "limits",
    ]
    /// The sections that hold rules.
    static let ruleSections = ["transactions", "configuration_changes"]

    /// Files of rules tests have none of the keys that make a file one of rules; theirs stay where they are.
    static func apply(to root: inout FormatElement) {
        guard case .mapping(var entries) = root.value.content,
            entries.contains(where: { isNamed($0, ["rules_version"] + ruleSections) })
        else { return }
        for index in entries.indices where isNamed(entries[index], ruleSections) {
            guard case .sequence(var rules) = entries[index].value.content else { continue }
            for place in rules.indices {
                guard case .mapping(let keys) = rules[place].value.content else { continue }
                rules[place].value.content = .mapping(ordered(keys, rule))
            }
            entries[index].value.content = .sequence(rules)
        }
        root.value.content = .mapping(ordered(entries, file))
    }

    static func isNamed(_ element: FormatElement, _ names: [String]) -> Bool {
        guard let key = element.key else { return false }
        return names.contains(where: key.name.isExactly)
    }

    /// Known keys first, then the others as they stand.
    private static func ordered(_ entries: [FormatElement], _ names: [String]) -> [FormatElement] {
        let known = names.flatMap { name in entries.filter { isNamed($0, [name]) } }
        return known + entries.filter { !isNamed($0, names) }
    }
}
