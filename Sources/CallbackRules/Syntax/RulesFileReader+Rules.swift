// Reading of rules, their conditions and matchers.

import CallbackProtocol

extension RulesFileReader {
    mutating func rule(_ node: SourceNode, kind: RequestKind) -> RuleDeclaration? {
        guard
            let members = mapping(
                node, of: "a rule",
                allowed: ["id", "effect", "reason", "approvers", "expires_after", "when", "unless", "limits"],
                required: ["id", "effect", "when"])
        else { return nil }
        let id = members["id"].flatMap { text($0, "id") }
        if let id { checkName(id) }
        let effect = members["effect"].flatMap { readEffect($0) }
        let reason = members["reason"].flatMap { text($0, "reason", limit: Self.maximumReason) }
        let when = members["when"].flatMap { readWhen($0, kind: kind) }
        let unless = members["unless"].flatMap { readUnless($0, kind: kind) }
        guard let id, let effect else { return nil }
        let hold = readHold(members, of: "rule `\(id.value)`", isHold: effect.value == .hold, at: id.position)
        let limits = members["limits"].map { readLimits($0, kind: kind) } ?? []
        if !limits.isEmpty, effect.value != .approve, effect.value != .hold {
            findings.add(
                .misplacedKey, at: limits[0].id.position,
                "Limits stand on approve and hold rules; `\(id.value)` says \(effect.value.rawValue).")
        }
        guard let when, members["unless"] == nil || unless != nil else { return nil }
        return RuleDeclaration(
            position: node.position, id: id, effect: effect, reason: reason, when: when, unless: unless, hold: hold,
            limits: limits)
    }

    private mutating func readEffect(_ node: SourceNode) -> Located<RuleEffect>? {
        guard let text = text(node, "effect") else { return nil }
        if let effect = RuleEffect.allCases.first(where: { $0.rawValue.isExactly(text.value) }) {
            return Located(effect, text.position)
        }
        findings.add(
            .unknownEffect, at: text.position, "`\(text.value)` is not an effect.",
            hint: NearestName.hint(text.value, in: RuleEffect.allCases.map(\.rawValue)))
        return nil
    }

    private func isAlways(_ node: SourceNode) -> Bool {
        if case .scalar(let text, _) = node.content { text.isExactly("always") } else { false }
    }

    private mutating func readWhen(_ node: SourceNode, kind: RequestKind) -> RuleDeclaration.When? {
        if isAlways(node) { return .always }
        if case .mapping(let entries) = node.content, entries.isEmpty {
            findings.add(.emptyWhen, at: node.position, "`when` has no condition.")
            return nil
        }
        if case .scalar(let text, _) = node.content, text.isEmpty {
            findings.add(.emptyWhen, at: node.position, "`when` has no condition.")
            return nil
        }
        return conditions(node, "when", kind: kind).map { .all($0) }
    }

    private mutating func readUnless(_ node: SourceNode, kind: RequestKind) -> [ConditionDeclaration]? {
        if isAlways(node) {
            findings.add(.alwaysMisplaced, at: node.position, "`unless: always` would make the rule match never.")
            return nil
        }
        if case .mapping(let entries) = node.content, entries.isEmpty {
            findings.add(.emptyCollection, at: node.position, "`unless` has no condition.")
            return nil
        }
        return conditions(node, "unless", kind: kind)
    }

    private mutating func conditions(_ node: SourceNode, _ what: String, kind: RequestKind) -> [ConditionDeclaration]? {
        let fields = ConditionField.fields(of: kind)
        let names = fields.map { $0.rawValue.split(separator: ".").map(String.init) }
        let top = names.map { $0[0] }
        guard case .mapping(let entries) = node.content else {
            findings.add(.wrongKind, at: node.position, "`\(what)` must be a mapping of conditions, not \(node.kind).")
            return nil
        }
        let before = findings.all.count
        var conditions: [ConditionDeclaration] = []
        for entry in entries {
            let key = entry.key
            if let field = fields.first(where: { $0.rawValue.isExactly(key.value) && !$0.rawValue.contains(".") }) {
                if let matcher = matcher(entry.value, of: field) {
                    conditions.append(ConditionDeclaration(field: field, position: key.position, matcher: matcher))
                }
            } else if top.contains(where: key.value.isExactly) {
                conditions += group(entry, fields: fields.filter { $0.rawValue.hasPrefix(key.value + ".") })
            } else {
                reportUnknown(key, top: Set(top), fields: fields)
            }
        }
        return findings.all.count == before ? conditions : nil
    }

    private mutating func reportUnknown(_ key: Located<String>, top: Set<String>, fields: [ConditionField]) {
        var hint = NearestName.hint(key.value, in: Array(top))
        if let field = fields.first(where: { $0.rawValue.isExactly(key.value) }) {
            let parts = field.rawValue.split(separator: ".")
            hint = "Write `\(parts[0]): { \(parts[1]): ... }`."
        } else if ConditionField.allCases.contains(where: { $0.rawValue.hasPrefix(key.value) }) {
            hint = "This condition belongs to the other kind of request."
        }
        findings.add(.unknownKey, at: key.position, "There is no condition `\(key.value)` here.", hint: hint)
    }

    private mutating func group(_ entry: SourceNode.Entry, fields: [ConditionField]) -> [ConditionDeclaration] {
        let name = entry.key.value
        guard case .mapping(let members) = entry.value.content else {
            findings.add(.wrongKind, at: entry.value.position, "`\(name)` must be a mapping, not \(entry.value.kind).")
            return []
        }
        if members.isEmpty { findings.add(.emptyCollection, at: entry.value.position, "`\(name)` has no condition.") }
        return members.compactMap { member in
            let path = "\(name).\(member.key.value)"
            guard let field = fields.first(where: { $0.rawValue.isExactly(path) }) else {
                let known = fields.map { String($0.rawValue.dropFirst(name.count + 1)) }
                findings.add(
                    .unknownKey, at: member.key.position, "There is no condition `\(path)`.",
                    hint: NearestName.hint(member.key.value, in: known))
                return nil
            }
            return matcher(member.value, of: field).map {
                ConditionDeclaration(field: field, position: member.key.position, matcher: $0)
            }
        }
    }
}
