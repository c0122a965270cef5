// Looks for what a file says and cannot mean, or probably does not mean.

import CallbackProtocol

/// Checks that need the whole syntax tree but no list contents.
struct RulesChecker {
    let file: RulesFile
    var findings: Findings

    static func check(_ file: RulesFile, into findings: inout Findings) {
        var checker = RulesChecker(file: file, findings: findings)
        checker.checkNames()
        checker.checkAssets()
        checker.checkWindows()
        for (kind, rule) in file.rules { checker.check(rule, kind: kind) }
        findings = checker.findings
    }

    private mutating func checkNames() {
        checkName(file.name)
        var seen: [String: SourcePosition] = [:]
        for (_, rule) in file.rules {
            if let first = seen[rule.id.value] {
                findings.add(
                    .duplicateRule, at: rule.id.position,
                    "Rule `\(rule.id.value)` is defined on line \(first.line) too.")
            } else {
                seen[rule.id.value] = rule.id.position
            }
        }
        let used = Set(
            file.rules.flatMap { $0.rule.when.conditions + ($0.rule.unless ?? []) }.compactMap { condition in
                switch condition.matcher {
                case .inList(let name), .notInList(let name): name.value
                default: nil
                }
            })
        for list in file.lists where !used.contains(list.name.value) {
            findings.add(.unusedList, at: list.name.position, "No rule uses list `\(list.name.value)`.")
        }
        checkUse()
    }

    /// Approvers, keys and assets that nothing uses.
    private mutating func checkUse() {
        let limits = file.rules.flatMap(\.rule.limits)
        let holds =
            file.rules.compactMap(\.rule.hold)
            + limits.compactMap { limit in
                if case .hold(let hold) = limit.whenExceeded { hold } else { nil }
            }
        let groups = Set(holds.map(\.approvers.value))
        for group in file.approvers where !groups.contains(group.name.value) {
            findings.add(
                .unusedApprovers, at: group.name.position, "No rule waits for approvers `\(group.name.value)`.")
        }
        let conditions = file.rules.flatMap { $0.rule.when.conditions + ($0.rule.unless ?? []) }
        let keys = Set(
            conditions.filter { $0.field == .extraSignatureKey }.flatMap { condition -> [String] in
                if case .values(let names) = condition.matcher { names.map(\.value) } else { [] }
            })
        for key in file.keys where !keys.contains(key.name.value) {
            findings.add(.unusedKey, at: key.name.position, "No rule uses key `\(key.name.value)`.")
        }
        guard !conditions.contains(where: { $0.field == .rawTransactionAgrees }) else { return }
        for asset in file.assets {
            findings.add(
                .unusedAsset, at: asset.id.position,
                "No rule looks at raw transactions, which `\(asset.id.value)` is for.")
        }
    }

    /// The file's name reaches logs and records; it may have spaces, but nothing unprintable.
    private mutating func checkName(_ name: Located<String>) {
        if name.value.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7f }) {
            findings.add(.badName, at: name.position, "The name has control characters.")
        }
    }

    private mutating func checkAssets() {
        for asset in file.assets {
            guard let contract = asset.contract, AddressText.isImpossible(contract.value) else { continue }
            findings.add(.notAnAddress, at: contract.position, "`\(contract.value)` cannot be a contract's address.")
        }
    }

    private mutating func checkWindows() {
        for window in file.windows {
            if window.from.value == window.to.value {
                findings.add(.emptyWindow, at: window.to.position, "Window `\(window.name.value)` never opens.")
            }
            reportRepeated(window.days.map { Located($0.value.name, $0.position) })
            reportRepeated(window.except.map { Located($0.value.description, $0.position) })
            let days = Set(window.days.map(\.value))
            for date in window.except where !days.contains(date.value.weekday) {
                findings.add(
                    .pointlessException, at: date.position,
                    "\(date.value) is a \(date.value.weekday.name), and the window does not open then.")
            }
        }
    }

    mutating func reportRepeated(_ values: [Located<String>]) {
        var seen: Set<[UInt8]> = []
        for value in values where !seen.insert(Array(value.value.utf8)).inserted {
            findings.add(.repeatedValue, at: value.position, "`\(value.value)` stands here twice.")
        }
    }
}
