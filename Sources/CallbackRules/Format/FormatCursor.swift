// Goes through the text of a rules file once, from token to token, and collects the comments on the way.

/// A place in the text and what was passed since the last token.
///
/// The reader tells it where nodes begin; between the end of one node and the beginning of the next, YAML has nothing
/// but spaces, indicators and comments, so that every `#` there begins a comment.
struct FormatCursor {
    private let bytes: [UInt8]
    private var offset = 0
    private(set) var line = 1
    /// From 1, in Unicode scalars, as YAML counts.
    private(set) var column = 1
    /// Whether an empty line was passed since the last token or comment.
    private(set) var passedEmptyLine = false
    private var lineIsEmpty = true
    private var pending: [FormatComment] = []
    /// The text of every comment so far.
    private(set) var comments: [String] = []

    /// - Parameter text: without byte order mark, with LF line ends.
    init(_ text: [UInt8]) { bytes = text }

    var byte: UInt8? { offset < bytes.count ? bytes[offset] : nil }

    /// Comments that no element has taken yet.
    mutating func takePending() -> [FormatComment] {
        defer { pending = [] }
        return pending
    }

    /// Those of them that come first and fulfil a condition.
    mutating func takePending(while condition: (FormatComment) -> Bool) -> [FormatComment] {
        let taken = Array(pending.prefix(while: condition))
        pending.removeFirst(taken.count)
        return taken
    }

    /// Makes a comment pending that was taken and has no place yet.
    mutating func putBack(_ comment: FormatComment) { pending.append(comment) }

    mutating func advance() {
        guard offset < bytes.count else { return }
        let byte = bytes[offset]
        offset += 1
        if byte == 0x0a {
            passedEmptyLine = passedEmptyLine || lineIsEmpty
            lineIsEmpty = true
            line += 1
            column = 1
            return
        }
        if byte != 0x20, byte != 0x09, byte != 0x0d { lineIsEmpty = false }
        // Continuation bytes of UTF-8 belong to the column of their first byte.
        while offset < bytes.count, bytes[offset] & 0xc0 == 0x80 { offset += 1 }
        column += 1
    }

    /// To the node that begins at `position`, over spaces, indicators, comments, directives and document marks.
    mutating func goTo(_ position: SourcePosition) {
        while byte != nil, (line, column) < (position.line, position.column) { skip() }
    }

    mutating func goToEnd() {
        while byte != nil { skip() }
    }

    /// To the bracket that closes a flow collection, and over it.
    mutating func close(_ bracket: UInt8) {
        while let byte, byte != bracket { skip() }
        advance()
        tokenEnds()
    }

    private mutating func skip() {
        if byte == 0x23 {
            pending.append(comment())
        } else if column == 1, byte == 0x25 {
            // A directive: its comment stands after a space.
            while let byte, byte != 0x0a {
                advance()
                if byte == 0x20 || byte == 0x09, self.byte == 0x23 { return }
            }
        } else {
            advance()
        }
    }

    /// Makes the comments on lines of their own, up to the next token, pending.
    mutating func collectOwnLines() {
        while let byte, byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x23 { skip() }
    }

    /// The comment on the rest of the line, if there is nothing else on it; in flow style after a comma.
    mutating func takeBeside(afterComma: Bool) -> FormatComment? {
        while let byte, byte == 0x20 || byte == 0x09 || (afterComma && byte == 0x2c) { advance() }
        return byte == 0x23 ? comment() : nil
    }

    private mutating func comment() -> FormatComment {
        let (start, startLine, startColumn) = (offset, line, column)
        while let byte, byte != 0x0a { advance() }
        let content = bytes[start..<offset]
        let spaces = content.reversed().prefix { $0 == 0x20 || $0 == 0x09 }.count
        let text = String(decoding: content.dropLast(spaces), as: UTF8.self)
        comments.append(text)
        defer { passedEmptyLine = false }
        return FormatComment(text: text, line: startLine, column: startColumn, isSeparated: passedEmptyLine)
    }

    mutating func tokenEnds() { passedEmptyLine = false }

    /// What stands between two places of the text.
    func text(from start: Int) -> ArraySlice<UInt8> { bytes[start..<offset] }
    var place: Int { offset }
}
