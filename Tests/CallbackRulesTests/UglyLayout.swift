// Writes random rules documents in random layouts that no team would agree on.

/// Documents with keys of the language and others, in any mixture of indentation, quotes, flow and block style, with
/// comments wherever YAML allows one. Every comment holds a number of its own, `~12~`.
struct UglyLayout {
    var random: SplitMix64
    private(set) var commentCount = 0

    private static let plain = [
        "ETH", "TRANSFER", "small-payout", "10", "1:30", "012", "no", "~", "2026-12-25", "a#b", "it's", "x:y", "-1",
        "http://a.b/c?d=e#f", "-x", "0x1F", "1_000", "=", "é漢字", "two words", "K\u{212a}", ".5", "null", "a\"b",
    ]
    private static let plainInBlock = ["a, b", "x [y]", "what? {no}", "key:[v]", "a ,b"]
    private static let quoted = [
        "\"10000\"", "'08:00'", "\"# no comment\"", "'it''s # none'", "\"a\\\"b # c\"", "\"\\u00e9 \\\\ # x\"",
        "\"{ a: b }\"", "\"\"", "''", "'a \"b\" c'", "'back\\slash'", "\"approve\"", "'TRANSFER'", "\"no\"", "\"y\"",
        "\"\\x85\"", "' spaced '", "\"0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8\"", "\"tab\tin\"", "'é'", "\"- a\"",
    ]
    private static let lines = [
        "text", "# not a comment", "  more indented", "", "key: value", "- item", "'quote", "\"", "ends with space ",
        "é", "last",
    ]
    private static let keys = [
        "id", "effect", "reason", "description", "approvers", "expires_after", "when", "unless", "limits", "zebra",
        "type", "days", "in", "asset", "amount_usd", "x-1", "note",
    ]
    private static let top = [
        "transactions", "configuration_changes", "windows", "lists", "assets", "time_zone", "name", "rules_version",
        "tests", "description", "extra",
    ]

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// Not every one is valid YAML: some mixtures are not, and the reader says so.
    mutating func document() -> String {
        commentCount = 0
        var text = random.chance(10) ? "\u{feff}" : ""
        if random.chance(10) { text += "%YAML 1.1\(random.chance(50) ? " " + comment() : "")\n---\n" }
        text += ownLines()
        if random.chance(10) { text += "---\(random.chance(50) ? " " + comment() : "")\n" + ownLines() }
        if random.chance(5) {
            text += flow(mapping: Self.top, depth: 0, indentation: 1) + lineEnd()
        } else {
            text += mapping(Self.top, depth: 0, indentation: random.chance(10) ? 2 : 0)
        }
        text += ownLines()
        if random.chance(5) { text += "...\n" + ownLines() }
        if random.chance(20) {
            while text.last == "\n" { text.removeLast() }
        }
        return random.chance(15) ? text.replacing("\n", with: "\r\n") : text
    }

    private mutating func comment() -> String {
        commentCount += 1
        let tail = random.pick(["", " it's", " \"x", " [a, {b: - #", "  ", " # again", " é", ": |"])
        return random.pick(["# ", "#"]) + "~\(commentCount)~" + tail
    }

    private func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

    /// Lines that hold nothing but comments, at any column.
    private mutating func ownLines() -> String {
        var text = ""
        while random.chance(25) {
            text += random.chance(40) ? spaces(random.below(4)) + "\n" : spaces(random.below(9)) + comment() + "\n"
        }
        return text
    }

    private mutating func lineEnd() -> String {
        (random.chance(20) ? spaces(1 + random.below(3)) + comment() : random.chance(5) ? "  " : "") + "\n"
    }

    // MARK: Blocks

    private mutating func some(_ keys: [String]) -> [String] {
        Array(keys.shuffled(using: &random).prefix(1 + random.below(5)))
    }

    /// Lines with their ends; the first begins at the column where the text stands if `isInline`.
    private mutating func mapping(_ names: [String], depth: Int, indentation: Int, isInline: Bool = false) -> String {
        var text = ""
        for (index, name) in some(names).enumerated() {
            if index > 0 || !isInline { text += (index > 0 ? ownLines() : "") + spaces(indentation) }
            let key = random.chance(10) ? random.pick(["\"\(name)\"", "'\(name)'"]) : name
            if random.chance(3) {
                text += "? " + key + lineEnd() + ownLines() + spaces(indentation) + ":"
            } else {
                text += key + spaces(random.below(8) == 0 ? 1 : 0) + ":"
            }
            text += value(depth: depth, indentation: indentation, isItem: false)
        }
        return text
    }

    private mutating func sequence(depth: Int, indentation: Int) -> String {
        var text = ""
        for index in 0..<(1 + random.below(3)) {
            text += (index > 0 ? ownLines() : "") + spaces(indentation) + "-"
            if random.chance(60), depth < 4 {
                let gap = 1 + random.below(3)
                let column = indentation + 1 + gap
                text += random.chance(80) ? spaces(gap) : lineEnd() + ownLines() + spaces(column)
                text += mapping(Self.keys, depth: depth + 1, indentation: column, isInline: true)
            } else {
                text += value(depth: depth, indentation: indentation, isItem: true)
            }
        }
        return text
    }

    private mutating func value(depth: Int, indentation: Int, isItem: Bool) -> String {
        let deeper = indentation + 1 + random.below(6)
        switch random.below(depth < 4 ? 10 : 6) {
        case 0..<3: return gap(deeper) + scalar(isFlow: false, indentation: deeper) + lineEnd()
        case 3: return blockScalar(indentation)
        case 4, 5:
            let flow =
                random.chance(50)
                ? flow(mapping: Self.keys, depth: depth, indentation: deeper)
                : flow(sequence: depth, indentation: deeper)
            return gap(deeper) + flow + lineEnd()
        case 6, 7: return lineEnd() + ownLines() + mapping(Self.keys, depth: depth + 1, indentation: deeper)
        case 8:
            let column = random.chance(30) && !isItem ? indentation : deeper
            return lineEnd() + ownLines() + sequence(depth: depth + 1, indentation: column)
        default: return lineEnd()
        }
    }

    private mutating func gap(_ indentation: Int) -> String {
        random.chance(90) ? spaces(1 + random.below(3)) : lineEnd() + ownLines() + spaces(indentation)
    }

    private mutating func scalar(isFlow: Bool, indentation: Int) -> String {
        let words = (0..<(2 + random.below(3))).map { "w\($0)" }
        let fold = random.chance(20) ? "\n\n" : "\n"
        switch random.below(10) {
        case 0: return words.joined(separator: fold + spaces(indentation))
        case 1: return "\"" + words.joined(separator: fold + spaces(indentation)) + " \\\"# no\""
        case 2: return "'" + words.joined(separator: fold + spaces(indentation)) + " # no'"
        case 3..<6: return random.pick(Self.quoted)
        case 6 where !isFlow: return random.pick(Self.plainInBlock)
        default: return random.pick(Self.plain)
        }
    }

    private mutating func blockScalar(_ indentation: Int) -> String {
        let depth = 1 + random.below(4)
        let indicator = random.chance(20) ? "\(depth)" : ""
        var text = " " + random.pick(["|", ">"]) + indicator + random.pick(["", "-", "+"]) + lineEnd()
        for _ in 0..<(1 + random.below(5)) {
            let line = random.pick(Self.lines)
            text += line.isEmpty ? "\n" : spaces(indentation + depth) + line + "\n"
        }
        return text
    }

    // MARK: Flow

    /// Space between two tokens of a flow collection.
    private mutating func space(_ indentation: Int) -> String {
        guard random.chance(8) else { return random.pick(["", " ", " ", "  "]) }
        return lineEnd() + ownLines() + spaces(indentation)
    }

    private mutating func flow(mapping names: [String], depth: Int, indentation: Int) -> String {
        var text = "{" + space(indentation)
        let keys = random.chance(10) ? [] : some(names)
        for (index, name) in keys.enumerated() {
            let key = random.chance(20) ? "\"\(name)\"" : name
            text += key
            if random.chance(95) {
                text += ":" + " " + space(indentation) + flow(depth: depth + 1, indentation: indentation)
            }
            let isLast = index == keys.count - 1
            text += space(indentation) + (isLast && random.chance(80) ? "" : "," + space(indentation))
        }
        return text + "}"
    }

    private mutating func flow(sequence depth: Int, indentation: Int) -> String {
        var text = "[" + space(indentation)
        let count = random.below(5)
        for index in 0..<count {
            if random.chance(5) { text += "pair: " }
            text += flow(depth: depth + 1, indentation: indentation) + space(indentation)
            text += (index == count - 1 && random.chance(80) ? "" : "," + space(indentation))
        }
        return text + "]"
    }

    private mutating func flow(depth: Int, indentation: Int) -> String {
        switch random.below(depth < 5 ? 6 : 4) {
        case 4: flow(mapping: Self.keys, depth: depth, indentation: indentation)
        case 5: flow(sequence: depth, indentation: indentation)
        default: scalar(isFlow: true, indentation: indentation)
        }
    }
}
