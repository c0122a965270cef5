// Prints a settled document.

/// Writes lines, two spaces per level.
struct FormatPrinter {
    private var output = ""
    private var endsEmpty = true

    static func print(_ root: FormatElement) -> String {
        var printer = FormatPrinter()
        printer.comments(root.leads, indentation: 0)
        if root.isSeparated, !root.leads.isEmpty { printer.emptyLine() }
        if root.value.elements.isEmpty {
            printer.value(of: root, after: "", indentation: 0)
        } else {
            printer.elements(of: root.value, indentation: 0)
        }
        printer.comments(root.after, indentation: 0)
        return printer.output
    }

    private mutating func line(_ text: String, indentation: Int) {
        output += text.isEmpty ? "\n" : spaces(indentation) + text + "\n"
        endsEmpty = false
    }

    private mutating func emptyLine() {
        guard !endsEmpty else { return }
        output += "\n"
        endsEmpty = true
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    private mutating func comments(_ comments: [FormatComment], indentation: Int) {
        for comment in comments {
            if comment.isSeparated { emptyLine() }
            line(comment.text, indentation: indentation)
        }
    }

    /// - Parameter dash: stands before the first element, on its line.
    private mutating func elements(of node: FormatNode, indentation: Int, dash: Bool = false) {
        for (index, element) in node.elements.enumerated() {
            let isBehindDash = dash && index == 0
            comments(element.leads, indentation: indentation)
            if element.isSeparated { emptyLine() }
            let start = isBehindDash ? "- " : ""
            let place = isBehindDash ? indentation - 2 : indentation
            if let key = element.key {
                value(of: element, after: start + key.text + ":", indentation: place, isBehindDash: isBehindDash)
            } else if case .mapping = element.value.content {
                elements(of: element.value, indentation: indentation + 2, dash: true)
            } else {
                value(of: element, after: "-", indentation: indentation)
            }
            comments(element.after, indentation: indentation)
        }
        comments(node.end, indentation: indentation)
    }

    /// Prints what stands before the value, the value, and the comment beside it.
    private mutating func value(
        of element: FormatElement, after head: String, indentation: Int, isBehindDash: Bool = false
    ) {
        let beside = element.beside.map { "  " + $0.text } ?? ""
        func joined(_ text: String) -> String { head.isEmpty || text.isEmpty ? head + text : head + " " + text }
        let inner = indentation + (isBehindDash ? 4 : 2)
        switch element.value.content {
        case .line(let text): line(joined(text) + beside, indentation: indentation)
        case .block(let header, let lines):
            line(joined(header) + beside, indentation: indentation)
            for text in lines { line(text, indentation: inner) }
        case .sequence, .mapping:
            line(head + beside, indentation: indentation)
            elements(of: element.value, indentation: inner)
        }
    }
}
