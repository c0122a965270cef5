// Reading of matchers: a value, a list of values, in, not_in, prefix, bounds, windows.

import CallbackProtocol

extension RulesFileReader {
    mutating func matcher(_ node: SourceNode, of field: ConditionField) -> Matcher? {
        switch field.shape {
        case .amount: return bounds(node, of: field)
        case .window:
            if field == .timeOutside, case .sequence = node.content {
                // Outside of any, or of all? The question is not left to the reader.
                findings.add(
                    .matcherKind, at: node.position, "`time.outside` takes the name of one window.",
                    hint: "Use `unless: { time: { within: [...] } }` for several.")
                return nil
            }
            return texts(node, field.rawValue, single: true).map { .windows($0) }
        case .flag: return flag(node, field.rawValue).map { .flag($0) }
        case .key: return texts(node, field.rawValue, single: true).map { .values($0) }
        case .text, .word, .address, .method: break
        }
        switch node.content {
        case .scalar, .sequence: return texts(node, field.rawValue, single: true).map { .values($0) }
        case .mapping(let entries): return textMatcher(entries, at: node.position, of: field)
        }
    }

    private mutating func textMatcher(
        _ entries: [SourceNode.Entry], at position: SourcePosition, of field: ConditionField
    ) -> Matcher? {
        let known = ["in", "not_in"] + (field.shape == .text ? ["prefix"] : [])
        for entry in entries where !known.contains(where: entry.key.value.isExactly) {
            let name = entry.key.value
            let elsewhere = ["prefix"] + Bound.Kind.allCases.map(\.rawValue)
            if elsewhere.contains(where: name.isExactly) {
                findings.add(
                    .matcherKind, at: entry.key.position, "`\(field.rawValue)` cannot be matched with `\(name)`.",
                    hint: "Use a value, a list of values, \(known.joined(separator: ", ")).")
            } else {
                findings.add(
                    .unknownKey, at: entry.key.position, "There is no matcher `\(name)`.",
                    hint: NearestName.hint(name, in: known))
            }
            return nil
        }
        guard let entry = entries.first else {
            findings.add(.emptyCollection, at: position, "`\(field.rawValue)` has no matcher.")
            return nil
        }
        guard entries.count == 1 else {
            findings.add(
                .severalMatchers, at: entries[1].key.position, "`\(field.rawValue)` has more than one matcher.")
            return nil
        }
        guard let value = text(entry.value, entry.key.value) else { return nil }
        return switch entry.key.value {
        case "in": .inList(value)
        case "not_in": .notInList(value)
        default: .prefix(value)
        }
    }

    private mutating func bounds(_ node: SourceNode, of field: ConditionField) -> Matcher? {
        let names = Bound.Kind.allCases.map(\.rawValue)
        guard case .mapping(let entries) = node.content else {
            findings.add(
                .matcherKind, at: node.position, "`\(field.rawValue)` is an amount and takes bounds.",
                hint: "Write `{ at_most: \"1000\" }`; bounds are \(names.joined(separator: ", ")).")
            return nil
        }
        guard !entries.isEmpty else {
            findings.add(.emptyCollection, at: node.position, "`\(field.rawValue)` has no bound.")
            return nil
        }
        var bounds: [Bound] = []
        for entry in entries {
            guard let kind = Bound.Kind.allCases.first(where: { $0.rawValue.isExactly(entry.key.value) }) else {
                let elsewhere = ["in", "not_in", "prefix"].contains(where: entry.key.value.isExactly)
                findings.add(
                    elsewhere ? .matcherKind : .unknownKey, at: entry.key.position,
                    "`\(field.rawValue)` is an amount and cannot be matched with `\(entry.key.value)`.",
                    hint: NearestName.hint(entry.key.value, in: names))
                return nil
            }
            guard let amount = bound(entry) else { return nil }
            bounds.append(Bound(kind: kind, amount: amount, position: entry.key.position))
        }
        return .bounds(bounds)
    }

    private mutating func flag(_ node: SourceNode, _ what: String) -> Located<Bool>? {
        if case .scalar(let text, plain: true) = node.content {
            if text.isExactly("true") { return Located(true, node.position) }
            if text.isExactly("false") { return Located(false, node.position) }
        }
        findings.add(.matcherKind, at: node.position, "`\(what)` is true or false, without quotes.")
        return nil
    }

    mutating func bound(_ entry: SourceNode.Entry) -> ExactDecimal? {
        guard case .scalar(let text, let plain) = entry.value.content else {
            findings.add(
                .wrongKind, at: entry.value.position, "`\(entry.key.value)` must be one value, not \(entry.value.kind)."
            )
            return nil
        }
        guard !plain else {
            findings.add(
                .unquotedBound, at: entry.value.position, "The bound \(text) is not quoted.", hint: "Write \"\(text)\"."
            )
            return nil
        }
        guard let amount = ExactDecimal(plain: text) else {
            findings.add(.badBound, at: entry.value.position, "`\(text.prefix(100))` is not a plain decimal.")
            return nil
        }
        return amount
    }
}
