// Where empty lines stand.

/// One empty line between sections and between rules; elsewhere where the author left some, but never two.
enum FormatSpacing {
    static func apply(to root: inout FormatElement) {
        root.value.forEachElement { section, _ in
            let holdsRules = CanonicalOrder.isNamed(section, CanonicalOrder.ruleSections)
            if case .sequence = section.value.content {
                space(&section.value) { holdsRules || isBlockMapping($0.value) || isBlockMapping($1.value) }
            } else {
                space(&section.value) { _, _ in false }
            }
        }
        separate(&root.value) { $0.value.isCollection || $1.value.isCollection }
    }

    private static func isBlockMapping(_ node: FormatNode) -> Bool {
        if case .mapping = node.content { true } else { false }
    }

    private static func space(_ node: inout FormatNode, _ isNeeded: (FormatElement, FormatElement) -> Bool) {
        node.forEachElement { element, _ in space(&element.value) { _, _ in false } }
        separate(&node, isNeeded)
    }

    private static func separate(_ node: inout FormatNode, _ isNeeded: (FormatElement, FormatElement) -> Bool) {
        var previous: FormatElement?
        node.forEachElement { element, _ in
            defer { previous = element }
            guard let previous else {
                element.separate(false)
                return
            }
            // Without the empty line, comments below one element would be those above the next.
            element.separate(
                element.startsSeparated || !previous.after.isEmpty || isNeeded(previous, element))
        }
    }
}
