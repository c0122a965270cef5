// The past of a test: what was charged, and who signed.

import CallbackProtocol

extension RulesTestReader {
    /// `charged`: entries of `rule`, `limit`, `for` (the values of for_each) and `amount`.
    mutating func charges(_ node: SourceNode) -> [LimitCounter: ExactDecimal] {
        var charges: [LimitCounter: ExactDecimal] = [:]
        for item in items(node, "charged") {
            guard
                let members = reader.mapping(
                    item, of: "an entry of `charged`", allowed: ["rule", "limit", "for", "amount"],
                    required: ["rule", "limit", "amount"]),
                let rule = members["rule"].flatMap({ reader.text($0, "rule") }),
                let name = members["limit"].flatMap({ reader.text($0, "limit") }), let amount = members["amount"],
                let limit = limit(rule, name)
            else { continue }
            let values = members["for"].flatMap { reader.texts($0, "for", single: true) } ?? []
            guard values.count == limit.forEach.count else {
                reader.findings.add(
                    .wrongCount, at: item.position,
                    "Limit `\(limit.id)` is kept for each of \(limit.forEach.count) values; `for` names \(values.count)."
                )
                continue
            }
            let entry = SourceNode.Entry(key: Located("amount", amount.position), value: amount)
            guard let number = reader.bound(entry) else { continue }
            let counter = LimitCounter(
                rule: limit.rule, limit: limit.id, measure: limit.measure,
                values: zip(values, limit.forEach).map { value, field in
                    field.shape == .address
                        ? AddressComparison.normalised(value.value) : Vocabulary.canonical(value.value, of: field)
                })
            charges[counter, default: .zero] = charges[counter, default: .zero] + number
        }
        return charges
    }

    /// `holds`: entries of `rule`, `limit` where that holds, `since`, `approved_by` and `refused_by`.
    mutating func holds(_ node: SourceNode) -> [HoldKey: HoldState] {
        var holds: [HoldKey: HoldState] = [:]
        for item in items(node, "holds") {
            guard
                let members = reader.mapping(
                    item, of: "an entry of `holds`", allowed: ["rule", "limit", "since", "approved_by", "refused_by"],
                    required: ["rule"]),
                let rule = members["rule"].flatMap({ reader.text($0, "rule") })
            else { continue }
            let name = members["limit"].flatMap { reader.text($0, "limit") }
            guard let hold = hold(rule, name) else { continue }
            let since = members["since"].flatMap { instant($0) }
            holds[hold.key] = HoldState(
                since: since, approvals: keys(members["approved_by"], "approved_by", of: hold.group),
                refusals: keys(members["refused_by"], "refused_by", of: hold.group))
        }
        return holds
    }

    private mutating func items(_ node: SourceNode, _ what: String) -> [SourceNode] {
        if case .sequence(let items) = node.content { return items }
        reader.findings.add(.wrongKind, at: node.position, "`\(what)` must be a list, not \(node.kind).")
        return []
    }

    private mutating func rule(_ name: Located<String>) -> CompiledRule? {
        if let rule = rules.plan.rules.first(where: { $0.id.isExactly(name.value) }) { return rule }
        reader.findings.add(
            .unknownRule, at: name.position, "There is no rule `\(name.value)`.",
            hint: NearestName.hint(name.value, in: rules.plan.rules.map(\.id)))
        return nil
    }

    private mutating func limit(_ ruleName: Located<String>, _ name: Located<String>) -> CompiledLimit? {
        guard let rule = rule(ruleName) else { return nil }
        if let limit = rule.limits.first(where: { $0.id.isExactly(name.value) }) { return limit }
        reader.findings.add(
            .unknownRule, at: name.position, "Rule `\(rule.id)` has no limit `\(name.value)`.",
            hint: NearestName.hint(name.value, in: rule.limits.map(\.id)))
        return nil
    }

    private mutating func hold(_ ruleName: Located<String>, _ limitName: Located<String>?) -> CompiledHold? {
        if let limitName {
            guard let limit = limit(ruleName, limitName) else { return nil }
            if case .hold(let hold) = limit.consequence { return hold }
        } else {
            guard let rule = rule(ruleName) else { return nil }
            if let hold = rule.hold { return hold }
        }
        reader.findings.add(.unknownRule, at: ruleName.position, "`\(ruleName.value)` does not hold.")
        return nil
    }

    private mutating func keys(_ node: SourceNode?, _ what: String, of group: ApproverGroup) -> Set<String> {
        guard let names = node.flatMap({ reader.texts($0, what, single: true) }) else { return [] }
        return Set(
            names.compactMap { name in
                if let key = group.people.first(where: { $0.value.isExactly(name.value) })?.key { return key }
                reader.findings.add(
                    .unknownApprovers, at: name.position, "`\(group.name)` has nobody called `\(name.value)`.",
                    hint: NearestName.hint(name.value, in: Array(group.people.values)))
                return nil
            })
    }
}
