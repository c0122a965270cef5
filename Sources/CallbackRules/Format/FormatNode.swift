// A rules file between reading and printing: nodes, and the comments that belong to them.

/// One comment: its text from `#` on, and its place in the source.
struct FormatComment: Sendable {
    let text: String
    let line: Int
    let column: Int
    /// Whether an empty line stands before it.
    var isSeparated: Bool
}

/// A value with the comments inside of it.
struct FormatNode: Sendable {
    enum Content: Sendable {
        /// A scalar, or a collection in flow style, as it is printed on one line. May be empty.
        case line(String)
        /// A block scalar: `|` or `>` with its chomping, and the lines below without their indentation.
        case block(header: String, lines: [String])
        case sequence([FormatElement])
        case mapping([FormatElement])
    }

    var content: Content
    /// Whether it is a list or a mapping, however it is printed.
    var isCollection = false
    /// Whether the author wrote `[...]` or `{...}`.
    var isFlow = false
    /// Comments after the last element.
    var end: [FormatComment] = []

    var elements: [FormatElement] {
        switch content {
        case .line, .block: []
        case .sequence(let elements), .mapping(let elements): elements
        }
    }

    /// Changes every element with its place.
    mutating func forEachElement(_ change: (inout FormatElement, Int) -> Void) {
        switch content {
        case .line, .block: break
        case .sequence(var elements):
            for index in elements.indices { change(&elements[index], index) }
            content = .sequence(elements)
        case .mapping(var elements):
            for index in elements.indices { change(&elements[index], index) }
            content = .mapping(elements)
        }
    }

    mutating func changeFirstElement(_ change: (inout FormatElement) -> Void) {
        forEachElement { element, index in
            if index == 0 { change(&element) }
        }
    }

    mutating func changeLastElement(_ change: (inout FormatElement) -> Void) {
        let last = elements.count - 1
        forEachElement { element, index in
            if index == last { change(&element) }
        }
    }
}

/// An entry of a mapping or an item of a list, or the whole document.
struct FormatElement: Sendable {
    /// Comments above.
    var leads: [FormatComment] = []
    /// Whether an empty line stands directly before the element itself, after its comments.
    var isSeparated = false
    /// `nil` for an item.
    var key: Key?
    var value: FormatNode
    /// The comment at the end of the line: of a single value, or of the line of a key above a block.
    var beside: FormatComment?
    /// Comments directly below, up to an empty line.
    var after: [FormatComment] = []

    struct Key: Sendable {
        let name: String
        /// As it is printed, with its quotes if it has some.
        let text: String
    }

    /// Adds comments below those that stand above already.
    mutating func lead(with comments: [FormatComment]) {
        guard var first = comments.first else { return }
        first.isSeparated = isSeparated
        isSeparated = false
        leads.append(first)
        for var comment in comments.dropFirst() {
            comment.isSeparated = false
            leads.append(comment)
        }
    }

    /// Makes an empty line stand before the first line of the element.
    mutating func separate(_ isNeeded: Bool) {
        if leads.isEmpty { isSeparated = isNeeded } else { leads[0].isSeparated = isNeeded }
    }

    var startsSeparated: Bool { leads.first?.isSeparated ?? isSeparated }
}

/// A document as read.
struct FormatDocument: Sendable {
    /// The comments before the first key stand above it, those after the last at its end or below.
    var root: FormatElement
    /// The text of every comment, in the order of the source.
    var comments: [String]
}
