// What a formatted text must have in common with its source.

/// Compares trees as the rules language reads them.
enum FormatGuarantee {
    /// Whether two trees are equal but for the order of keys. Quotes may come or go only around text that stays text.
    static func saysTheSame(_ left: SourceNode, _ right: SourceNode) -> Bool {
        switch (left.content, right.content) {
        case (.scalar(let one, let plain), .scalar(let other, let otherPlain)):
            return one.isExactly(other) && (plain == otherPlain || PlainScalar.misreading(one) == nil)
        case (.sequence(let items), .sequence(let others)):
            return items.count == others.count && zip(items, others).allSatisfy { saysTheSame($0, $1) }
        case (.mapping(let entries), .mapping(let others)):
            guard entries.count == others.count else { return false }
            // By bytes: Swift's own equality of strings is wider than YAML's.
            let values = Dictionary(others.map { (Array($0.key.value.utf8), $0.value) }) { first, _ in first }
            return values.count == others.count
                && entries.allSatisfy { entry in
                    values[Array(entry.key.value.utf8)].map { saysTheSame(entry.value, $0) } ?? false
                }
        default:
            return false
        }
    }
}
