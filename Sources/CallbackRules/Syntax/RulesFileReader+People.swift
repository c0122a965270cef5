// Reading of approvers, keys, holds and limits.

import CallbackProtocol

extension RulesFileReader {
    mutating func approverGroup(_ entry: SourceNode.Entry) -> ApproverGroupDeclaration? {
        let what = "approvers `\(entry.key.value)`"
        guard
            let members = mapping(
                entry.value, of: what, allowed: ["required", "keys"], required: ["required", "keys"]),
            let required = members["required"], let keys = members["keys"]
        else { return nil }
        guard case .mapping(let people) = keys.content, !people.isEmpty else {
            findings.add(.wrongKind, at: keys.position, "The keys of \(what) must be a mapping of names to keys.")
            return nil
        }
        guard let count = wholeNumber(required, .badNumber, "required", in: 1...100) else { return nil }
        let read = people.compactMap { person -> (person: Located<String>, key: Located<String>)? in
            checkName(person.key)
            return text(person.value, person.key.value).map { (person.key, $0) }
        }
        guard read.count == people.count else { return nil }
        return ApproverGroupDeclaration(
            name: entry.key, required: Located(Int(count), required.position), keys: read)
    }

    mutating func extraKey(_ entry: SourceNode.Entry) -> ExtraKeyDeclaration? {
        let what = "key `\(entry.key.value)`"
        guard
            let members = mapping(
                entry.value, of: what, allowed: ["public_key", "public_key_file", "parameter", "signature_parameter"])
        else { return nil }
        let inline = members["public_key"].flatMap { text($0, "public_key") }
        let file = members["public_key_file"].flatMap { text($0, "public_key_file") }
        let parameter = members["parameter"].map { text($0, "parameter") } ?? Located("message", entry.key.position)
        let signature =
            members["signature_parameter"].map { text($0, "signature_parameter") }
            ?? Located("extraSignature", entry.key.position)
        let source: ExtraKeyDeclaration.Source
        switch (inline, file) {
        case (let text?, nil): source = .inline(text)
        case (nil, let name?): source = .file(name)
        default:
            findings.add(.missingKey, at: entry.key.position, "\(what) needs one of public_key and public_key_file.")
            return nil
        }
        guard let parameter, let signature else { return nil }
        return ExtraKeyDeclaration(
            name: entry.key, source: source, parameter: parameter.value, signatureParameter: signature.value)
    }

    /// `approvers` and `expires_after`, which belong together and to a hold.
    mutating func readHold(
        _ members: [String: SourceNode], of what: String, isHold: Bool, at position: SourcePosition
    ) -> HoldDeclaration? {
        let (approvers, expiry) = (members["approvers"], members["expires_after"])
        guard isHold else {
            for node in [approvers, expiry].compactMap({ $0 }) {
                findings.add(.misplacedKey, at: node.position, "Nothing holds here: \(what) needs no approvers.")
            }
            return nil
        }
        guard let approvers, let expiry else {
            findings.add(.missingKey, at: position, "\(what) holds and needs `approvers` and `expires_after`.")
            return nil
        }
        guard let name = text(approvers, "approvers"), let seconds = duration(expiry, "expires_after") else {
            return nil
        }
        return HoldDeclaration(approvers: name, expiresAfter: seconds)
    }

    mutating func readLimits(_ node: SourceNode, kind: RequestKind) -> [LimitDeclaration] {
        guard case .sequence(let items) = node.content else {
            findings.add(.wrongKind, at: node.position, "`limits` must be a list of limits, not \(node.kind).")
            return []
        }
        if items.isEmpty { findings.add(.emptyCollection, at: node.position, "`limits` is an empty list.") }
        return items.compactMap { limit($0, kind: kind) }
    }

    private mutating func limit(_ node: SourceNode, kind: RequestKind) -> LimitDeclaration? {
        let measures = LimitMeasure.allCases.map(\.rawValue)
        guard
            let members = mapping(
                node, of: "a limit",
                allowed: ["id", "per", "for_each", "when_exceeded", "approvers", "expires_after"] + measures,
                required: ["id", "per"]),
            let id = members["id"].flatMap({ text($0, "id") })
        else { return nil }
        checkName(id)
        let period = members["per"].flatMap { duration($0, "per") }
        let measure = measure(members, of: id)
        let fields = members["for_each"].flatMap { texts($0, "for_each") } ?? []
        let forEach = fields.compactMap { splitField($0, kind: kind) }
        let consequence = consequence(members, of: id)
        guard let period, let (measure, ceiling) = measure, forEach.count == fields.count, let consequence else {
            return nil
        }
        return LimitDeclaration(
            id: id, measure: measure, ceiling: ceiling, period: period, forEach: forEach, whenExceeded: consequence)
    }

    private mutating func measure(
        _ members: [String: SourceNode], of id: Located<String>
    ) -> (Located<LimitMeasure>, ExactDecimal)? {
        let stated = LimitMeasure.allCases.filter { members[$0.rawValue] != nil }
        guard stated.count == 1, let node = members[stated[0].rawValue] else {
            findings.add(
                .limitMeasure, at: id.position, "Limit `\(id.value)` must have one of count, amount_usd, amount.")
            return nil
        }
        let measure = Located(stated[0], node.position)
        if measure.value == .count {
            return wholeNumber(node, .badNumber, "count", in: 0...1_000_000_000).map {
                (measure, ExactDecimal(whole: UInt($0)))
            }
        }
        let entry = SourceNode.Entry(key: Located(measure.value.rawValue, node.position), value: node)
        return bound(entry).map { (measure, $0) }
    }

    private mutating func splitField(_ name: Located<String>, kind: RequestKind) -> Located<ConditionField>? {
        let known = ConditionField.fields(of: kind).filter(\.canSplitLimits)
        if let field = known.first(where: { $0.rawValue.isExactly(name.value) }) {
            return Located(field, name.position)
        }
        findings.add(
            .unknownKey, at: name.position, "A limit cannot be kept for each `\(name.value)`.",
            hint: NearestName.hint(name.value, in: known.map(\.rawValue)))
        return nil
    }

    private mutating func consequence(
        _ members: [String: SourceNode], of id: Located<String>
    ) -> LimitDeclaration.Consequence? {
        let words = ["reject", "retry", "hold"]
        let what = "limit `\(id.value)`"
        guard let stated = members["when_exceeded"].map({ text($0, "when_exceeded") }) ?? Located("reject", id.position)
        else { return nil }
        let hold = readHold(members, of: what, isHold: stated.value.isExactly("hold"), at: id.position)
        switch words.first(where: stated.value.isExactly) {
        case "reject": return .reject
        case "retry": return .retry
        case "hold": return hold.map { .hold($0) }
        default:
            findings.add(
                .unknownEffect, at: stated.position, "`\(stated.value)` cannot happen when a limit is exceeded.",
                hint: NearestName.hint(stated.value, in: words))
            return nil
        }
    }

    /// `45m`, `24h`, `7d`, `30s` as seconds.
    private mutating func duration(_ node: SourceNode, _ what: String) -> Int64? {
        guard let text = text(node, what) else { return nil }
        let units: [UInt8: Int64] = [0x73: 1, 0x6d: 60, 0x68: 3_600, 0x64: 86_400]
        let digits = text.value.utf8.dropLast()
        guard let unit = text.value.utf8.last.flatMap({ units[$0] }), (1...6).contains(digits.count),
            digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), digits.first != 0x30,
            let number = Int64(String(decoding: digits, as: UTF8.self)), number * unit <= Self.longestPeriod
        else {
            findings.add(.badDuration, at: text.position, "`\(what)`: `\(text.value.prefix(40))` is not a duration.")
            return nil
        }
        return number * unit
    }

    /// 400 days in seconds: the ledger looks back no further.
    private static let longestPeriod: Int64 = 400 * 86_400
}
