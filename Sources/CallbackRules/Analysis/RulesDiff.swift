// What two versions of a rules file decide differently.

import CallbackProtocol

/// The changes from one version of a file to another: what becomes approved, held, ignored, rejected, or asked again.
///
/// Exact where `undecided` is empty: then whatever is not among the findings does not change. Signatures, raw bytes and
/// the past (limits, holds) are taken to be whatever they can be; an example says what it assumes of them.
package struct RulesDiff: Sendable {
    package struct Finding: Sendable {
        package let from: Verdict
        package let to: Verdict
        /// The deciding rules, before and after; `nil` where no rule decides.
        package let oldRule: String?
        package let newRule: String?
        package let example: ExampleRequest
    }

    /// One for each pair of effects and deciding rules, the most dangerous first.
    package let findings: [Finding]
    /// What the budget did not settle, in words; empty where everything was.
    package let undecided: [String]

    /// Whether somebody has to look: something becomes approved, or may.
    package var needsReview: Bool { !undecided.isEmpty || findings.contains { $0.to == .approve } }

    /// - Parameters:
    ///   - start: where windows are looked at from, for 400 days.
    ///   - hasTime: whether the budget lasts; asked often.
    package init(
        old: RulesSnapshot, new: RulesSnapshot, start: RulesInstant = .analysisStart,
        hasTime: @escaping () -> Bool
    ) {
        let budget = Budget(hasTime)
        var (findings, undecided, seen) = ([Finding](), [String](), Set<[String]>())
        let instants = InstantAtoms(windows: [old.plan.windows, new.plan.windows], start: start).atoms
        for kind in [RequestKind.configuration, .transaction] {
            let comparison = RulesComparison(
                old.plan, new.plan, kind: kind, start: start, instants: instants, budget: budget)
            let name = kind == .transaction ? "transactions" : "configuration_changes"
            if !comparison.isComplete { undecided.append("\(name): not every request was looked at") }
            undecided += comparison.doubts.map { "\(name): \($0)" }
            for found in comparison.differences {
                let key = [found.from.rawValue, found.to.rawValue, found.oldRule ?? "", found.newRule ?? "", name]
                guard seen.insert(key).inserted else { continue }
                // Evaluated once more as the server would, wherever nothing has to be assumed of bytes.
                guard found.isConfirmed(old, new) else {
                    undecided.append("\(name): \(key[0]) to \(key[1]) was not confirmed")
                    continue
                }
                findings.append(
                    Finding(
                        from: found.from, to: found.to, oldRule: found.oldRule, newRule: found.newRule,
                        example: found.example))
            }
        }
        let order: [Verdict] = [.approve, .hold, .retry, .ignore, .reject]
        self.findings = findings.enumerated().sorted {
            let left = (order.firstIndex(of: $0.element.to) ?? 0, $0.offset)
            return left < (order.firstIndex(of: $1.element.to) ?? 0, $1.offset)
        }.map(\.element)
        self.undecided = undecided
    }
}

extension RulesInstant {
    /// 2026-01-01. An analysis has no clock, and the same files must give the same answer tomorrow.
    package static let analysisStart = RulesInstant(seconds: 1_767_225_600)
}

extension Difference {
    fileprivate func isConfirmed(_ old: RulesSnapshot, _ new: RulesSnapshot) -> Bool {
        guard example.assumptions == .none else { return true }
        let view = example.view([old.plan, new.plan])
        let effects = [old, new].map {
            $0.evaluate(example.input, at: example.instant, view: view, tracing: false).effect
        }
        return effects == [from, to]
    }
}
