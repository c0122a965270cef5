// Decides what is printed on one line and what in a block.

/// Collections in flow style stay so where they fit the line and hold no comments.
enum FormatStyle {
    /// The longest line with a flow collection, in characters, without the comment beside it.
    private static let width = 100

    static func settle(_ root: inout FormatElement) {
        guard !root.value.elements.isEmpty else { return }
        settleBlock(&root.value, indentation: 0)
        root.lead(with: [root.beside].compactMap { $0 })
        root.beside = nil
    }

    private static func settle(_ element: inout FormatElement, indentation: Int) {
        guard !element.value.elements.isEmpty else { return }
        let prefix = element.key.map { $0.text.unicodeScalars.count + 2 } ?? 2
        if element.value.isFlow, let text = line(element.value, room: width - indentation - prefix) {
            element.value.content = .line(text)
            return
        }
        settleBlock(&element.value, indentation: indentation + 2)
        guard element.key == nil else { return }
        // The line of the dash is the first element's: what stood beside the whole, or above the first element, stands
        // above the dash.
        element.lead(with: [element.beside].compactMap { $0 })
        element.beside = nil
        var leads: [FormatComment] = []
        element.value.changeFirstElement { first in
            swap(&leads, &first.leads)
            first.isSeparated = false
        }
        element.lead(with: leads)
    }

    private static func settleBlock(_ node: inout FormatNode, indentation: Int) {
        node.isFlow = false
        node.forEachElement { element, _ in settle(&element, indentation: indentation) }
    }

    /// In flow style, if that is possible in so many characters.
    private static func line(_ node: FormatNode, room: Int) -> String? {
        let (open, close): (String, String)
        switch node.content {
        case .line(let text): return text.unicodeScalars.count <= room ? text : nil
        case .block: return nil
        case .sequence: (open, close) = ("[", "]")
        case .mapping: (open, close) = ("{ ", " }")
        }
        guard node.end.isEmpty else { return nil }
        var text = open
        var length = open.utf8.count + close.utf8.count
        for (index, element) in node.elements.enumerated() {
            guard element.leads.isEmpty, element.beside == nil, element.after.isEmpty else { return nil }
            var part = index == 0 ? "" : ", "
            if let key = element.key { part += key.text + ": " }
            length += part.unicodeScalars.count
            guard let value = line(element.value, room: room - length) else { return nil }
            length += value.unicodeScalars.count
            text += part + value
        }
        if text.hasSuffix(" "), close.hasPrefix(" ") { text.removeLast() }
        return text + close
    }
}
