// Reading of keys and single values.

/// What a value stands in.
struct FormatSurroundings {
    var isFlow: Bool
    /// Of the nearest block collection, from 1; 0 outside of every one.
    var column: Int
    /// The nearest key above.
    var key: String?
}

extension FormatReader {
    /// Passes a value; also returns the comment beside the indicator of a block scalar.
    mutating func scalar(
        _ text: String, plain: Bool, at place: FormatSurroundings
    ) throws(RulesFormatError) -> (FormatNode, FormatComment?) {
        if plain {
            try pass(plain: text)
            return (FormatNode(content: .line(ScalarText.plain(text))), nil)
        }
        if cursor.byte == 0x22 || cursor.byte == 0x27 {
            let source = cursor.passQuoted()
            return (FormatNode(content: .line(ScalarText.quoted(source, value: text, under: place.key))), nil)
        }
        let isFolded = cursor.byte == 0x3e
        let (lines, beside) = cursor.passBlock(in: place.column - 1)
        return (FormatNode(content: ScalarText.block(lines, isFolded: isFolded, value: text)), beside)
    }

    /// Passes a key and returns it as it is printed.
    mutating func key(_ text: String, at place: FormatSurroundings) throws(RulesFormatError) -> String {
        switch cursor.byte {
        case 0x22, 0x27: return ScalarText.quotedKey(cursor.passQuoted(), value: text)
        case 0x7c, 0x3e:
            if let beside = cursor.passBlock(in: place.column - 1).beside { cursor.putBack(beside) }
            return ScalarText.doubleQuoted(text)
        default:
            try pass(plain: text)
            return ScalarText.plain(text)
        }
    }

    private mutating func pass(plain text: String) throws(RulesFormatError) {
        guard cursor.passPlain(text) else { throw .notKept("the value at line \(cursor.line) was not found again") }
    }
}
