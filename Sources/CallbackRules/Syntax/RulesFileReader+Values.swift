// Reading of single values and of mappings with known keys.

extension RulesFileReader {
    /// The members of a mapping by name; unknown and missing keys are findings. `nil` where it is no mapping.
    mutating func mapping(
        _ node: SourceNode, of what: String, allowed: [String], required: [String] = []
    ) -> [String: SourceNode]? {
        guard case .mapping(let entries) = node.content else {
            findings.add(.wrongKind, at: node.position, "\(what) must be a mapping, not \(node.kind).")
            return nil
        }
        var members: [String: SourceNode] = [:]
        for entry in entries {
            let key = entry.key
            if allowed.contains(where: key.value.isExactly) {
                members[key.value] = entry.value
            } else {
                findings.add(
                    .unknownKey, at: key.position, "\(what) has no key `\(key.value)`.",
                    hint: NearestName.hint(key.value, in: allowed))
            }
        }
        for key in required where !entries.contains(where: { $0.key.value.isExactly(key) }) {
            findings.add(.missingKey, at: node.position, "\(what) needs `\(key)`.")
        }
        return members
    }

    /// A text that cannot be mistaken for anything else.
    mutating func text(_ node: SourceNode, _ what: String, limit: Int = maximumText) -> Located<String>? {
        guard case .scalar(let text, let plain) = node.content else {
            findings.add(.wrongKind, at: node.position, "`\(what)` must be one value, not \(node.kind).")
            return nil
        }
        if plain, let kind = PlainScalar.misreading(text) {
            if text.isEmpty {
                findings.add(.emptyText, at: node.position, "`\(what)` has no value.")
            } else {
                findings.add(
                    .unquoted, at: node.position, "`\(what)` must be text, but \(text) is \(kind) unless it is quoted.",
                    hint: "Write \"\(text)\".")
            }
            return nil
        }
        guard !text.isEmpty else {
            findings.add(.emptyText, at: node.position, "`\(what)` is empty.")
            return nil
        }
        guard text.utf8.count <= limit else {
            findings.add(.tooLong, at: node.position, "`\(what)` has more than \(limit) bytes.")
            return nil
        }
        return Located(text, node.position)
    }

    /// A non-empty list of texts, or one text where `single` allows it.
    mutating func texts(_ node: SourceNode, _ what: String, single: Bool = false, empty: Bool = false)
        -> [Located<String>]?
    {
        switch node.content {
        case .sequence(let items):
            guard empty || !items.isEmpty else {
                findings.add(.emptyCollection, at: node.position, "`\(what)` is an empty list.")
                return nil
            }
            let read = items.compactMap { text($0, what) }
            return read.count == items.count ? read : nil
        case .scalar where single:
            return text(node, what).map { [$0] }
        default:
            findings.add(.wrongKind, at: node.position, "`\(what)` must be a list, not \(node.kind).")
            return nil
        }
    }

    /// A whole number without sign or quotes.
    mutating func wholeNumber(
        _ node: SourceNode, _ code: DiagnosticCode, _ what: String, in range: ClosedRange<UInt64>
    ) -> UInt64? {
        guard case .scalar(let text, plain: true) = node.content, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            text.utf8.count == 1 || text.utf8.first != 0x30, let number = UInt64(text), range.contains(number)
        else {
            findings.add(code, at: node.position, "`\(what)` must be a whole number, \(range.lowerBound) or more.")
            return nil
        }
        return number
    }

    /// Names of rules, lists, windows and assets: ASCII, so that two of them never look alike by accident.
    mutating func checkName(_ name: Located<String>) {
        func isLetterOrDigit(_ unit: UInt8) -> Bool {
            switch unit {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
            default: false
            }
        }
        let units = Array(name.value.utf8)
        guard let first = units.first, isLetterOrDigit(first), units.count <= Self.maximumName,
            units.allSatisfy({ isLetterOrDigit($0) || $0 == 0x2d || $0 == 0x2e || $0 == 0x5f })
        else {
            findings.add(.badName, at: name.position, "`\(name.value.prefix(80))` cannot be a name.")
            return
        }
    }
}
