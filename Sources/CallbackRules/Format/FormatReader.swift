// Follows the nodes of a rules file through its text and gives every comment to one of them.

/// Reads a document: the nodes as YAML has them, their spelling and the comments from the text.
struct FormatReader {
    var cursor: FormatCursor

    static func read(_ root: SourceNode, in text: String) throws(RulesFormatError) -> FormatDocument {
        var bytes = Array(text.utf8)
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { bytes.removeFirst(3) }
        // Carriage returns stand at line ends only; anywhere else the reader refuses them.
        bytes.removeAll { $0 == 0x0d }
        var reader = FormatReader(cursor: FormatCursor(bytes))
        return try reader.document(root)
    }

    private mutating func document(_ source: SourceNode) throws(RulesFormatError) -> FormatDocument {
        cursor.goTo(source.position)
        var root = FormatElement(value: FormatNode(content: .line("")))
        root.leads = cursor.takePending()
        root.isSeparated = cursor.passedEmptyLine
        // Comments that an empty line separates from the first key are the file's; those below it are the key's. Without
        // an empty line all are the file's. The file's stay at the start when the key moves.
        var ofFirst: [FormatComment] = []
        if !root.isSeparated, isBlock(source, isFlow: false),
            let split = root.leads.lastIndex(where: \.isSeparated), split > 0
        {
            ofFirst = Array(root.leads[split...])
            ofFirst[0].isSeparated = false
            root.leads.removeSubrange(split...)
            root.isSeparated = true
        }
        try value(source, of: &root, at: FormatSurroundings(isFlow: false, column: 0, key: nil))
        root.value.changeFirstElement { $0.leads.insert(contentsOf: ofFirst, at: 0) }
        cursor.goToEnd()
        root.after += cursor.takePending()
        // Directly below the last section stands what is commented out of it; it moves with the section.
        let ofLast = root.value.end.firstIndex(where: \.isSeparated) ?? root.value.end.count
        let comments = Array(root.value.end[..<ofLast])
        root.value.changeLastElement { $0.after = comments }
        root.value.end.removeSubrange(..<ofLast)
        return FormatDocument(root: root, comments: cursor.comments)
    }

    /// Whether the node at the cursor is a collection in block style.
    private func isBlock(_ source: SourceNode, isFlow: Bool) -> Bool {
        if case .scalar = source.content { return false }
        return !isFlow && cursor.byte != 0x5b && cursor.byte != 0x7b
    }

    /// Reads the value of an element whose key, if it has one, was passed.
    private mutating func value(
        _ source: SourceNode, of element: inout FormatElement, at place: FormatSurroundings
    ) throws(RulesFormatError) {
        let keyLine = cursor.line
        cursor.goTo(source.position)
        let isBlock = isBlock(source, isFlow: place.isFlow)
        let besideKey = cursor.takePending { $0.line == keyLine }.first
        // Other comments between a key and a block stand above the first element of the block.
        if !isBlock { element.lead(with: cursor.takePending()) }
        var beside: FormatComment?
        var besideBracket: FormatComment?
        switch source.content {
        case .scalar(let text, let plain):
            (element.value, beside) = try scalar(text, plain: plain, at: place)
        case .sequence, .mapping:
            (element.value, besideBracket) =
                isBlock ? (try block(source, at: place), nil) : try flow(source, at: place)
        }
        if element.value.elements.isEmpty {
            // Nothing is inside that comments could stand above.
            element.lead(with: element.value.end)
            element.value.end = []
        }
        if !isBlock, beside == nil { beside = cursor.takeBeside(afterComma: place.isFlow) }
        for comment in [beside, besideKey].compactMap({ $0 }) { addBeside(comment, to: &element) }
        guard let besideBracket else { return }
        if element.beside == nil || element.value.elements.isEmpty {
            addBeside(besideBracket, to: &element)
        } else {
            element.value.changeFirstElement { $0.leads.insert(besideBracket, at: 0) }
        }
    }

    private func addBeside(_ comment: FormatComment, to element: inout FormatElement) {
        if element.beside == nil { element.beside = comment } else { element.lead(with: [comment]) }
    }

    private mutating func block(
        _ source: SourceNode, at place: FormatSurroundings
    ) throws(RulesFormatError) -> FormatNode {
        let column = source.position.column
        var node = FormatNode(
            content: try elements(of: source, at: FormatSurroundings(isFlow: false, column: column, key: place.key)),
            isCollection: true)
        // Comments below the last element belong to the collection that they are indented like.
        cursor.collectOwnLines()
        node.end = cursor.takePending { $0.column >= column && $0.column > place.column }
        return node
    }

    /// Also returns the comment beside the opening bracket.
    private mutating func flow(
        _ source: SourceNode, at place: FormatSurroundings
    ) throws(RulesFormatError) -> (FormatNode, FormatComment?) {
        // A pair in a list, `[a: b]`, is a mapping without brackets.
        let bracket = cursor.byte == 0x5b || cursor.byte == 0x7b ? cursor.byte : nil
        var besideBracket: FormatComment?
        if bracket != nil {
            cursor.advance()
            cursor.tokenEnds()
            besideBracket = cursor.takeBeside(afterComma: false)
        }
        let inner = FormatSurroundings(isFlow: true, column: place.column, key: place.key)
        var node = FormatNode(content: try elements(of: source, at: inner), isCollection: true, isFlow: true)
        // Opening and closing brackets are two apart in ASCII.
        if let bracket { cursor.close(bracket + 2) }
        node.end = cursor.takePending()
        return (node, besideBracket)
    }

    private mutating func elements(
        of source: SourceNode, at place: FormatSurroundings
    ) throws(RulesFormatError) -> FormatNode.Content {
        var elements: [FormatElement] = []
        switch source.content {
        case .scalar: return .line("")
        case .sequence(let items):
            for item in items {
                cursor.goTo(item.position)
                var element = next(after: &elements)
                try value(item, of: &element, at: place)
                elements.append(element)
            }
            return elements.isEmpty ? .line("[]") : .sequence(elements)
        case .mapping(let entries):
            for entry in entries {
                cursor.goTo(entry.key.position)
                var element = next(after: &elements)
                element.key = FormatElement.Key(name: entry.key.value, text: try key(entry.key.value, at: place))
                let inner = FormatSurroundings(isFlow: place.isFlow, column: place.column, key: entry.key.value)
                try value(entry.value, of: &element, at: inner)
                elements.append(element)
            }
            return elements.isEmpty ? .line("{}") : .mapping(elements)
        }
    }

    /// A new element with the comments above it, but for those that belong to the element before: directly below that,
    /// and an empty line before the new one.
    private mutating func next(after elements: inout [FormatElement]) -> FormatElement {
        var element = FormatElement(value: FormatNode(content: .line("")))
        element.leads = cursor.takePending()
        element.isSeparated = cursor.passedEmptyLine
        guard let last = elements.indices.last else { return element }
        let ofLast =
            element.leads.firstIndex(where: \.isSeparated) ?? (element.isSeparated ? element.leads.count : 0)
        elements[last].after = Array(element.leads[..<ofLast])
        element.leads.removeSubrange(..<ofLast)
        return element
    }
}
