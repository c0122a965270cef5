// Compiling of approvers, holds, limits, methods and keys.

import CallbackProtocol

extension RulesCompiler {
    /// Reads every key, and sees that each stands under one name: one person must not count twice.
    mutating func compileApprovers() {
        var owners: [String: String] = [:]
        for group in file.approvers {
            var people: [String: String] = [:]
            for (person, line) in group.keys {
                let key: OpenSSHPublicKey
                do throws(SignatureError) {
                    key = try OpenSSHPublicKey(line: line.value)
                } catch {
                    findings.add(
                        .badApproverKey, at: line.position,
                        "The key of `\(person.value)` cannot be used: \(error.message)")
                    continue
                }
                if let owner = owners[key.fingerprint], owner != person.value || people[key.fingerprint] != nil {
                    findings.add(
                        .repeatedApproverKey, at: line.position,
                        "`\(person.value)` has the key of `\(owner)`: one person would count as two.")
                }
                owners[key.fingerprint] = person.value
                people[key.fingerprint] = person.value
            }
            if group.required.value > group.keys.count {
                findings.add(
                    .tooFewApprovers, at: group.required.position,
                    "`\(group.name.value)` requires \(group.required.value) of \(group.keys.count) keys.")
            }
            groups[group.name.value] = ApproverGroup(
                name: group.name.value, required: group.required.value, people: people)
        }
    }

    mutating func hold(_ hold: HoldDeclaration, _ key: HoldKey) -> CompiledHold? {
        guard let group = groups[hold.approvers.value] else {
            findings.add(
                .unknownApprovers, at: hold.approvers.position, "There are no approvers `\(hold.approvers.value)`.",
                hint: NearestName.hint(hold.approvers.value, in: file.approvers.map(\.name.value)))
            return nil
        }
        return CompiledHold(key: key, group: group, expiresAfter: hold.expiresAfter)
    }

    mutating func limit(_ limit: LimitDeclaration, of rule: String) -> CompiledLimit? {
        let consequence: CompiledLimit.Consequence
        switch limit.whenExceeded {
        case .reject: consequence = .reject
        case .retry: consequence = .retry
        case .hold(let declaration):
            guard let hold = hold(declaration, HoldKey(rule: rule, limit: limit.id.value)) else { return nil }
            consequence = .hold(hold)
        }
        return CompiledLimit(
            rule: rule, id: limit.id.value, measure: limit.measure.value, ceiling: limit.ceiling, period: limit.period,
            forEach: limit.forEach.map(\.value), consequence: consequence)
    }

    mutating func methods(_ values: [Located<String>]) -> TextSet {
        var selectors: [String] = []
        for value in values {
            if let selector = ContractMethod.selector(value.value) {
                selectors.append(selector)
            } else {
                findings.add(.badMethod, at: value.position, "`\(value.value.prefix(100))` is not a contract method.")
            }
        }
        return TextSet(selectors)
    }

    mutating func key(_ name: Located<String>) -> ExtraKey? {
        if let key = keys[name.value] { return key }
        // A key that is declared but could not be read has its own finding.
        if !file.keys.contains(where: { $0.name.value.isExactly(name.value) }) {
            findings.add(
                .unknownKeyName, at: name.position, "There is no key `\(name.value)`.",
                hint: NearestName.hint(name.value, in: file.keys.map(\.name.value)))
        }
        return nil
    }
}
