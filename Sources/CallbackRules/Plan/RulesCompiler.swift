// Turns a checked syntax tree into a plan.

import CallbackProtocol

/// Looks up lists, windows and zones once, so that an evaluation looks up nothing. Reports names that do not resolve.
struct RulesCompiler {
    let file: RulesFile
    var findings: Findings
    let lists: [String: LoadedList]
    let keys: [String: ExtraKey]
    private var windows: [CompiledWindow] = []
    var groups: [String: ApproverGroup] = [:]

    static func compile(
        _ file: RulesFile, lists: [String: LoadedList], keys: [String: ExtraKey], into findings: inout Findings
    ) -> RulesPlan {
        var compiler = RulesCompiler(file: file, findings: findings, lists: lists, keys: keys)
        compiler.compileWindows()
        compiler.compileApprovers()
        let plan = RulesPlan(
            transactions: file.transactions.map { compiler.rule($0, kind: .transaction) },
            configurationChanges: file.configurationChanges.map { compiler.rule($0, kind: .configuration) },
            windows: compiler.windows,
            assets: Dictionary(
                file.assets.map { ($0.id.value, $0.declaration) }, uniquingKeysWith: { first, _ in first }))
        findings = compiler.findings
        return plan
    }

    private init(
        file: RulesFile, findings: Findings, lists: [String: LoadedList], keys: [String: ExtraKey]
    ) {
        (self.file, self.findings, self.lists, self.keys) = (file, findings, lists, keys)
    }

    private mutating func compileWindows() {
        let used = Set(
            file.rules.flatMap { $0.rule.when.conditions + ($0.rule.unless ?? []) }.flatMap { condition -> [String] in
                if case .windows(let names) = condition.matcher { names.map(\.value) } else { [] }
            })
        if let zone = file.timeZone { _ = makeClock(zone) }
        for window in file.windows {
            if !used.contains(window.name.value) {
                findings.add(.unusedWindow, at: window.name.position, "No rule uses window `\(window.name.value)`.")
            }
            guard let zone = window.timeZone ?? file.timeZone else {
                findings.add(
                    .timeZoneNeeded, at: window.name.position, "Window `\(window.name.value)` has no time zone.")
                continue
            }
            guard let clock = window.timeZone == nil ? ZoneClock(zone.value) : makeClock(zone) else { continue }
            guard used.contains(window.name.value) else { continue }
            windows.append(
                CompiledWindow(
                    name: window.name.value, clock: clock, days: Set(window.days.map(\.value)), from: window.from.value,
                    to: window.to.value, except: Set(window.except.map(\.value))))
        }
    }

    private mutating func makeClock(_ zone: Located<String>) -> ZoneClock? {
        if let clock = ZoneClock(zone.value) { return clock }
        let nearest = NearestName.find(zone.value, in: ZoneClock.known)
        findings.add(
            .unknownTimeZone, at: zone.position, "`\(zone.value)` is not a time zone that this system knows.",
            hint: nearest.map { "Did you mean `\($0)`?" })
        return nil
    }

    private mutating func rule(_ rule: RuleDeclaration, kind: RequestKind) -> CompiledRule {
        var when = rule.when.conditions.compactMap { condition($0) }
        if kind == .transaction, rule.effect.value == .approve || rule.effect.value == .hold,
            !rule.when.conditions.contains(where: { $0.field == .operation })
        {
            let implied = CompiledCondition(
                field: .operation, test: .anyOf(TextSet(["TRANSFER"])), expected: "TRANSFER (as the rule names none)",
                isImplied: true)
            when.insert(implied, at: 0)
        }
        let unless = rule.unless.map { conditions in CompiledConditions(conditions.compactMap { condition($0) }) }
        return CompiledRule(
            id: rule.id.value, effect: rule.effect.value, reason: rule.reason?.value, when: CompiledConditions(when),
            unless: unless, hold: rule.hold.flatMap { hold($0, HoldKey(rule: rule.id.value)) },
            limits: rule.limits.compactMap { limit($0, of: rule.id.value) })
    }

    private mutating func condition(_ condition: ConditionDeclaration) -> CompiledCondition? {
        let field = condition.field
        guard let (test, expected) = resolve(condition) else { return nil }
        return CompiledCondition(field: field, test: test, expected: expected)
    }

    private mutating func resolve(_ condition: ConditionDeclaration) -> (CompiledCondition.Test, String)? {
        let field = condition.field
        switch condition.matcher {
        case .values(let values):
            let expected = (values.count == 1 ? "" : "one of ") + values.map(\.value).joined(separator: ", ")
            if field.shape == .method { return (.anyOf(methods(values)), expected) }
            if field.shape == .key {
                let found = values.compactMap { key($0) }
                return found.count == values.count ? (.signed(found), "signed by \(expected)") : nil
            }
            if field.shape == .address {
                return (.anyAddress(TextSet(values.map { AddressComparison.normalised($0.value) })), expected)
            }
            return (.anyOf(TextSet(values.map { Vocabulary.canonical($0.value, of: field) })), expected)
        case .inList(let name):
            guard let set = list(name, for: field) else { return nil }
            return (field.shape == .address ? .anyAddress(set) : .anyOf(set), "in \(name.value)")
        case .notInList(let name):
            guard let set = list(name, for: field) else { return nil }
            return (field.shape == .address ? .noAddress(set) : .noneOf(set), "not in \(name.value)")
        case .prefix(let prefix):
            return (.prefix(Array(prefix.value.utf8)), "begins with \(prefix.value)")
        case .bounds(let bounds):
            let words = bounds.map { bound in
                bound.kind.rawValue.split(separator: "_").joined(separator: " ") + " \(bound.amount)"
            }
            return (.bounds(bounds), words.joined(separator: " and "))
        case .flag(let flag): return (.flag(flag.value), flag.value ? "true" : "false")
        case .windows(let names):
            let indices = names.compactMap { window($0) }
            guard indices.count == names.count, let first = indices.first else { return nil }
            let all = names.map(\.value).joined(separator: " or ")
            if field == .timeOutside { return (.outside(first), "outside \(all)") }
            return (.within(indices), "within \(all)")
        }
    }

    private mutating func window(_ name: Located<String>) -> Int? {
        if let index = windows.firstIndex(where: { $0.name.isExactly(name.value) }) { return index }
        // A window that is defined but did not compile has its own finding.
        if !file.windows.contains(where: { $0.name.value.isExactly(name.value) }) {
            findings.add(
                .unknownWindow, at: name.position, "There is no window `\(name.value)`.",
                hint: NearestName.hint(name.value, in: file.windows.map(\.name.value)))
        }
        return nil
    }

    private mutating func list(_ name: Located<String>, for field: ConditionField) -> TextSet? {
        guard let declaration = file.lists.first(where: { $0.name.value.isExactly(name.value) }) else {
            findings.add(
                .unknownList, at: name.position, "There is no list `\(name.value)`.",
                hint: NearestName.hint(name.value, in: file.lists.map(\.name.value)))
            return nil
        }
        guard declaration.holdsAddresses == (field.shape == .address) else {
            findings.add(
                .listKind, at: name.position,
                "`\(field.rawValue)` cannot be matched with `\(name.value)`, a list of "
                    + (declaration.holdsAddresses ? "addresses." : "ids."))
            return nil
        }
        switch lists[name.value] {
        case .addresses(let set): return set
        case .ids(let ids):
            reportUnlisted(ids, of: name, for: field)
            if field.shape == .method { return methods(ids.map { Located($0, name.position) }) }
            return TextSet(ids.map { Vocabulary.canonical($0, of: field) })
        case nil: return nil
        }
    }

    private mutating func reportUnlisted(_ ids: [String], of list: Located<String>, for field: ConditionField) {
        guard let listed = field == .stage ? Vocabulary.stages : Vocabulary.listed(for: field) else { return }
        for id in ids where !listed.contains(where: id.isExactly) {
            findings.add(
                .unlistedValue, at: list.position,
                "`\(id)` of list `\(list.value)` is not a documented value of `\(field.rawValue)`.")
        }
    }
}

/// The members of a list, read and normalised.
enum LoadedList: Sendable {
    case addresses(TextSet)
    /// As written: which words are synonyms depends on the condition that uses the list.
    case ids([String])
}
