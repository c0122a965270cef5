// What is wrong with one rules file that no check of a single rule can see.

import CallbackProtocol

/// Rules of a file that never match, that change nothing, or that others always override; and amounts between rules.
///
/// A finding is proven, not guessed: what the budget did not settle is in `undecided` instead. An example shows a
/// request at which the rule matches; a rule that never matches has none.
package struct RulesAnalysis: Sendable {
    package enum Kind: String, Sendable, CaseIterable {
        /// No request makes the rule match.
        case unreachable
        /// Without the rule, every request has the same effect.
        case redundant
        /// An approve rule that never approves by itself: wherever it matches, another rule or its own limit stops the
        /// request. A hold rule that leads to nothing: wherever it stops, the request is rejected, whoever signs.
        case contradictory
        /// Amounts between the rule and the next one above that no rule decides.
        case gap
    }

    package struct Finding: Sendable {
        package let kind: Kind
        package let rule: String
        /// The effect of the example and the rule that decides it.
        package let effect: Verdict?
        package let decidedBy: String?
        package let example: ExampleRequest?
        /// Of gaps.
        package var gap: RulesGap?
    }

    package private(set) var findings: [Finding] = []
    /// What the budget did not settle: `rule payout: redundant`.
    package private(set) var undecided: [String] = []

    package var hasContradictions: Bool { findings.contains { $0.kind == .contradictory } }

    /// - Parameters:
    ///   - start: where windows are looked at from.
    ///   - hasTime: whether the budget lasts; asked often.
    package init(_ rules: RulesSnapshot, start: RulesInstant = .analysisStart, hasTime: @escaping () -> Bool) {
        let budget = Budget(hasTime)
        let instants = InstantAtoms(windows: [rules.plan.windows, rules.plan.windows], start: start).atoms
        for kind in [RequestKind.configuration, .transaction] {
            add(FileAnalysis(rules.plan, kind: kind, start: start, instants: instants, budget: budget))
        }
    }

    private mutating func add(_ file: FileAnalysis) {
        var unreachable: Set<Int> = []
        for index in file.rules.indices {
            guard file.budget.hasTime else {
                undecided.append("rule \(file.rules[index].id): unreachable, contradictory, redundant")
                continue
            }
            let result = file.analyse(index)
            if !result.isReachable { unreachable.insert(index) }
            if let finding = result.finding { findings.append(finding) }
            undecided += result.undecided.map { "rule \(file.rules[index].id): \($0.rawValue)" }
        }
        for index in file.rules.indices {
            let gaps = file.gaps(of: index, unreachable: unreachable)
            findings += gaps.findings
            undecided += gaps.undecided
        }
    }
}
