// How scalars are written.

/// The canonical spelling of single values.
enum ScalarText {
    /// Keys of the language whose values are words: `effect: "reject"` loses its quotes. Everywhere else quotes stay,
    /// because amounts, times, dates, addresses and ids have them on purpose.
    private static let wordKeys = [
        "effect", "stage", "operation", "days", "type", "sub_type", "address_type", "policy_action", "kind", "in",
        "not_in", "within", "outside", "when_exceeded",
    ]

    /// An unquoted scalar. It stays unquoted unless it ran over several paragraphs, or only flow style allowed it.
    static func plain(_ value: String) -> String {
        // An indicator alone or before a space, a mark of documents, a key, a comment, a paragraph.
        let beginning = value.prefix { $0 != " " && $0 != "\t" }
        let needsQuotes =
            ["-", "?", ":", "---", "..."].contains(where: String(beginning).isExactly) || value.utf8.last == 0x3a
            || [": ", ":\t", " #", "\t#", "\n"].contains(where: value.contains)
        return needsQuotes ? doubleQuoted(value) : value
    }

    /// A quoted scalar, as its author spelled it where that fits one line.
    static func quoted(_ source: ArraySlice<UInt8>, value: String, under key: String?) -> String {
        let isWord = key.map { key in wordKeys.contains(where: key.isExactly) } ?? false
        if isWord, isWordText(value) { return value }
        guard !source.contains(0x0a) else { return doubleQuoted(value) }
        let text = String(decoding: source, as: UTF8.self)
        // A backslash, a double quote or a doubled single quote would need another spelling.
        guard source.first == 0x27, !source.dropFirst().dropLast().contains(where: { [0x22, 0x27, 0x5c].contains($0) })
        else { return text }
        return "\"" + value + "\""
    }

    /// A quoted key: without quotes where it is a word.
    static func quotedKey(_ source: ArraySlice<UInt8>, value: String) -> String {
        isWordText(value) ? value : quoted(source, value: value, under: nil)
    }

    /// A block scalar stays one where its lines can stand at another indentation as they are.
    static func block(_ lines: [[UInt8]], isFolded: Bool, value: String) -> FormatNode.Content {
        let texts = lines.map { String(decoding: $0, as: UTF8.self) }
        func isSpace(_ byte: UInt8?) -> Bool { byte == 0x20 || byte == 0x09 }
        guard let first = lines.first(where: { !$0.isEmpty }), !isSpace(first.first),
            !lines.contains(where: { isSpace($0.last) }), !value.hasSuffix("\n\n")
        else { return .line(doubleQuoted(value)) }
        return .block(header: (isFolded ? ">" : "|") + (value.utf8.last == 0x0a ? "" : "-"), lines: texts)
    }

    /// Letters, digits, `_` and `-`, beginning with a letter, and nothing that a YAML tool takes for something else.
    private static func isWordText(_ value: String) -> Bool {
        func isLetter(_ unit: UInt8) -> Bool { (0x61...0x7a).contains(unit | 0x20) }
        let units = Array(value.utf8)
        guard let first = units.first, isLetter(first), (2...64).contains(units.count) else { return false }
        return units.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2d || $0 == 0x5f }
            && PlainScalar.misreading(value) == nil
    }

    static func doubleQuoted(_ value: String) -> String {
        var text = "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\u{0}"..<"\u{20}", "\u{7f}"..."\u{a0}", "\u{ad}", "\u{200b}"..."\u{200f}", "\u{2028}"..."\u{202e}",
                "\u{2060}", "\u{2066}"..."\u{2069}", "\u{feff}", "\u{fffe}"..."\u{ffff}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
