// Checks of single rules and their conditions.

import CallbackProtocol

extension RulesChecker {
    mutating func check(_ rule: RuleDeclaration, kind: RequestKind) {
        let when = rule.when.conditions
        let unless = rule.unless ?? []
        for condition in when + unless { check(condition) }
        if rule.effect.value == .approve || rule.effect.value == .hold, let reason = rule.reason {
            findings.add(
                .unusedReason, at: reason.position,
                "Rule `\(rule.id.value)` \(rule.effect.value.rawValue)s; its reason is never used.")
        }
        check(rule.limits, of: rule)
        switch kind {
        case .transaction: checkTransaction(rule, when: when, unless: unless)
        case .configuration: checkConfiguration(rule, when: when)
        }
    }

    private mutating func check(_ condition: ConditionDeclaration) {
        switch condition.matcher {
        case .values(let values):
            reportRepeated(values)
            for value in values { check(value, of: condition.field) }
        case .bounds(let bounds):
            check(bounds, of: condition.field)
        case .windows(let names):
            reportRepeated(names)
        case .inList, .notInList, .prefix, .flag: break
        }
    }

    private mutating func check(_ value: Located<String>, of field: ConditionField) {
        if field == .stage, !Vocabulary.stages.contains(where: value.value.isExactly) {
            findings.add(.unknownStage, at: value.position, "`\(value.value)` is not a stage.")
        }
        if let listed = Vocabulary.listed(for: field), !listed.contains(where: value.value.isExactly) {
            let nearest = NearestName.find(value.value, in: listed.filter { !$0.isEmpty })
            findings.add(
                .unlistedValue, at: value.position,
                "`\(value.value)` is not a documented value of `\(field.rawValue)`.",
                hint: nearest.map { "Did you mean `\($0)`?" })
        }
        if field.shape == .address {
            if AddressText.isImpossible(value.value) {
                findings.add(.notAnAddress, at: value.position, "`\(value.value)` cannot be an address.")
            } else if let mistake = AddressText.mistake(in: value.value) {
                findings.add(.oddAddress, at: value.position, mistake)
            }
        }
    }

    private mutating func check(_ bounds: [Bound], of field: ConditionField) {
        for isLower in [true, false] {
            let side = bounds.filter { $0.kind.isLower == isLower }
            if side.count > 1 {
                findings.add(.repeatedBound, at: side[1].position, "`\(field.rawValue)` is bounded twice on one side.")
            }
        }
        guard let lower = bounds.first(where: \.kind.isLower), let upper = bounds.first(where: { !$0.kind.isLower })
        else {
            if let bound = bounds.first, bound.kind == .lessThan, bound.amount.isZero {
                findings.add(.impossibleBounds, at: bound.position, "No amount is less than 0.")
            }
            return
        }
        let strict = lower.kind.isStrict || upper.kind.isStrict
        if lower.amount > upper.amount || (strict && lower.amount == upper.amount) {
            findings.add(.impossibleBounds, at: upper.position, "No `\(field.rawValue)` fits between these bounds.")
        }
    }

    private mutating func checkTransaction(
        _ rule: RuleDeclaration, when: [ConditionDeclaration], unless: [ConditionDeclaration]
    ) {
        for (block, other) in [(when, []), (unless, when)] {
            for condition in block where condition.field == .amount || condition.field == .destinationAmount {
                if !namesOneAsset(block), !namesOneAsset(other) {
                    findings.add(
                        .amountNeedsAsset, at: condition.position,
                        "`\(condition.field.rawValue)` needs one `asset` beside it.")
                }
            }
        }
        if let fee = unless.first(where: { $0.field == .fee }), !isAboutSigningOnly(when) {
            findings.add(
                .feeAtApproval, at: fee.position, "Rule `\(rule.id.value)` also sees requests that state no fee yet.")
        }
        switch rule.effect.value {
        case .approve, .hold: checkApproval(rule, when: when, unless: unless)
        case .ignore where !values(of: .stage, in: when).contains("approval") || values(of: .stage, in: when).count > 1:
            findings.add(
                .ignoreAtSigning, at: rule.effect.position,
                "Rule `\(rule.id.value)` can match at the signing stage, where ignore rejects.")
        default: break
        }
    }

    private mutating func checkApproval(
        _ rule: RuleDeclaration, when: [ConditionDeclaration], unless: [ConditionDeclaration]
    ) {
        let operations = when.first { $0.field == .operation }
        if let operations {
            let named = values(of: .operation, in: when)
            let opaque = named.filter(Vocabulary.opaqueOperations.contains)
            let looksInside = (when + unless).contains { Self.insideFields.contains($0.field) }
            if !opaque.isEmpty || named.isEmpty, !looksInside {
                let what = opaque.isEmpty ? "operations of a list" : opaque.sorted().joined(separator: ", ")
                findings.add(
                    .blindApprove, at: operations.position,
                    "Rule `\(rule.id.value)` approves \(what) without a condition on what is signed.")
            }
        } else if unless.count == 1, values(of: .operation, in: unless).contains("TRANSFER") {
            findings.add(
                .neverMatches, at: rule.id.position,
                "Without `operation` in `when`, rule `\(rule.id.value)` is about TRANSFER, which `unless` excludes.",
                hint: "Name the operations in `when`.")
        }
        let about = Set(when.map(\.field))
        let narrowing: Set<ConditionField> = [
            .asset, .amount, .amountUSD, .sourceType, .sourceID, .externalID, .operation,
        ]
        if about.isDisjoint(with: narrowing), !about.contains(where: \.isOfDestination), unless.isEmpty {
            findings.add(
                .approvesEveryTransfer, at: rule.id.position, "Rule `\(rule.id.value)` approves every transfer it sees."
            )
        }
    }

    /// Conditions on what is signed where the summary does not say it.
    private static let insideFields: Set<ConditionField> = [
        .contractMethod, .contractAddress, .messageKind, .messageAlgorithm, .rawTransactionAgrees,
    ]

    private mutating func check(_ limits: [LimitDeclaration], of rule: RuleDeclaration) {
        var seen: Set<[UInt8]> = []
        for limit in limits {
            if !seen.insert(Array(limit.id.value.utf8)).inserted {
                findings.add(
                    .duplicateLimit, at: limit.id.position,
                    "Rule `\(rule.id.value)` has two limits `\(limit.id.value)`.")
            }
            reportRepeated(limit.forEach.map { Located($0.value.rawValue, $0.position) })
            if limit.measure.value == .amount, !namesOneAsset(rule.when.conditions),
                !limit.forEach.contains(where: { $0.value == .asset })
            {
                findings.add(
                    .limitNeedsAsset, at: limit.measure.position,
                    "Limit `\(limit.id.value)` would add up amounts of different assets.")
            }
        }
    }

    private mutating func checkConfiguration(_ rule: RuleDeclaration, when: [ConditionDeclaration]) {
        guard rule.effect.value == .approve || rule.effect.value == .hold else { return }
        let names = when.contains { condition in
            guard condition.field == .type else { return false }
            switch condition.matcher {
            case .values, .inList: return true
            default: return false
            }
        }
        if !names {
            findings.add(
                .approveNeedsType, at: rule.id.position,
                "Rule `\(rule.id.value)` \(rule.effect.value.rawValue)s and names no `type`.")
        }
    }

    /// The values that a condition of `when` allows, where it is written as values.
    private func values(of field: ConditionField, in conditions: [ConditionDeclaration]) -> Set<String> {
        for condition in conditions where condition.field == field {
            if case .values(let values) = condition.matcher { return Set(values.map(\.value)) }
        }
        return []
    }

    private func isAboutSigningOnly(_ when: [ConditionDeclaration]) -> Bool {
        values(of: .stage, in: when) == ["signing"]
    }

    private func namesOneAsset(_ conditions: [ConditionDeclaration]) -> Bool {
        conditions.contains { condition in
            guard condition.field == .asset else { return false }
            switch condition.matcher {
            case .values(let values): return values.count == 1
            case .inList(let name):
                guard let list = file.lists.first(where: { $0.name.value.isExactly(name.value) }),
                    case .ids(let ids) = list.content
                else { return false }
                return ids.count == 1
            default: return false
            }
        }
    }
}
