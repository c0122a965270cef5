// Characters that make a text say something else than it shows.

/// Finds characters that a reviewer does not see and that change what a YAML reader reads: line breaks that editors do
/// not show as such (a rule behind them looks like the end of a comment), direction overrides, invisible spaces, and control characters.
enum HiddenCharacters {
    /// The place and the code point of the first one.
    static func find(in text: String) -> (position: SourcePosition, codePoint: String)? {
        var line = 1
        var column = 0
        var afterReturn: SourcePosition?
        for scalar in text.unicodeScalars {
            if let position = afterReturn, scalar != "\n" { return (position, "U+000D") }
            afterReturn = nil
            column += 1
            switch scalar {
            case "\n":
                line += 1
                column = 0
            case "\r": afterReturn = SourcePosition(line: line, column: column)
            case "\t": break
            case "\u{0}"..<"\u{20}", "\u{7f}"..."\u{a0}", "\u{ad}", "\u{200b}"..."\u{200f}", "\u{2060}",
                "\u{2028}"..."\u{202e}", "\u{2066}"..."\u{2069}", "\u{feff}":
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
                return (SourcePosition(line: line, column: column), "U+" + padded)
            default: break
            }
        }
        return afterReturn.map { ($0, "U+000D") }
    }
}
