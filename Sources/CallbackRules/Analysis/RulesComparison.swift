// Compares how two lists of rules decide, and confirms what it finds.

import CallbackProtocol

/// One way in which two files decide differently, confirmed by evaluating the example with both.
struct Difference: Sendable {
    let from: Verdict
    let to: Verdict
    let oldRule: String?
    let newRule: String?
    let example: ExampleRequest
}

struct RulesComparison {
    /// A change of the effect, before it is confirmed.
    struct Change: Hashable {
        let from: Verdict
        let to: Verdict
        /// The rules that fire, as far as they can decide.
        let rules: [String]
    }

    private(set) var differences: [Difference] = []
    /// Changes for which no example could be confirmed. They may not be possible.
    private(set) var unconfirmed: Set<Change> = []
    /// Whether everything was looked at.
    private(set) var isComplete = true

    /// Nothing differs, and that is proven.
    var isProvenEqual: Bool { differences.isEmpty && unconfirmed.isEmpty && isComplete }

    /// Changes that were not confirmed, in words, with the rules of one case each.
    var doubts: [String] {
        let cases = Dictionary(grouping: unconfirmed) { "\($0.from.rawValue) to \($0.to.rawValue)" }
        return cases.sorted { $0.key < $1.key }.map { change, all in
            let rules = all.map { Set($0.rules).sorted().joined(separator: ", ") }.min() ?? ""
            return "\(change) may be possible, but no request was found that shows it (rules \(rules))"
        }
    }

    /// Every change from one plan to another.
    ///
    /// - Parameter instants: one for each combination of windows that are open.
    init(
        _ old: RulesPlan, _ new: RulesPlan, kind: RequestKind, start: RulesInstant, instants: [Atom], budget: Budget
    ) {
        let sides = [old, new].map { plan in
            RulesSide(
                rules: kind == .transaction ? plan.transactions : plan.configurationChanges, windows: plan.windows)
        }
        let space = DecisionSpace(kind: kind, sides: sides, instants: instants)
        let finder = Finder(
            space: space, plans: [old, new], start: start, counts: { _, _ in true }, isFirstEnough: false)
        search(space, finder, budget, patience: 0)
    }

    /// One change in a space, if there is one.
    ///
    /// - Parameters:
    ///   - plans: say the same as the space, and confirm.
    ///   - counts: which changes are looked for.
    init(
        _ space: DecisionSpace, _ plans: [RulesPlan], start: RulesInstant, budget: Budget,
        counts: @escaping (_ from: Verdict, _ to: Verdict) -> Bool
    ) {
        let finder = Finder(space: space, plans: plans, start: start, counts: counts, isFirstEnough: true)
        search(space, finder, budget, patience: 64)
    }

    private mutating func search(_ space: DecisionSpace, _ finder: Finder, _ budget: Budget, patience: Int) {
        var search = DifferenceSearch(space, budget, patience: patience) { finder.visit($0) }
        search.run()
        differences = finder.differences
        unconfirmed = Set(finder.attempts.keys).subtracting(finder.confirmed)
        isComplete = (search.isComplete || finder.isEnded) && finder.isComplete
    }
}

/// Takes the candidates of a search, asks in which pasts they differ, and confirms one of each kind.
private final class Finder {
    private let space: DecisionSpace
    private let plans: [RulesPlan]
    private let start: RulesInstant
    private let counts: (Verdict, Verdict) -> Bool
    /// Whether the question is only whether there is a difference at all.
    private let isFirstEnough: Bool
    private(set) var differences: [Difference] = []
    private(set) var attempts: [RulesComparison.Change: Int] = [:]
    private(set) var confirmed: Set<RulesComparison.Change> = []
    private(set) var isComplete = true
    private(set) var isEnded = false

    private static let maximumAttempts = 40

    init(
        space: DecisionSpace, plans: [RulesPlan], start: RulesInstant, counts: @escaping (Verdict, Verdict) -> Bool,
        isFirstEnough: Bool
    ) {
        (self.space, self.plans, self.start, self.counts) = (space, plans, start, counts)
        self.isFirstEnough = isFirstEnough
    }

    func visit(_ candidate: Candidate) -> Bool {
        let stage = space.kind == .configuration ? RequestStage.approval : candidate.coupling.stage
        let decisions = (0..<2).map { CandidateDecision(space.rows, candidate.firing, side: $0, stage: stage) }
        if decisions[0].isSame(as: decisions[1]) { return true }
        let (holds, limits) = (decisions.map(\.holds), decisions.map(\.limits))
        let all = LedgerChoice.all(
            holds: holds, limits: limits, isFirstEnough: isFirstEnough, fits: { fits($0, candidate) })
        let pasts = all ?? LedgerChoice.usual(holds: holds, limits: limits) { fits($0, candidate) }
        let before = differences.count
        defer { if all == nil, !isFirstEnough || differences.count == before { isComplete = false } }
        for past in pasts {
            let (from, to) = (decisions[0].effect(past, side: 0), decisions[1].effect(past, side: 1))
            guard from != to, counts(from, to) else { continue }
            let change = RulesComparison.Change(from: from, to: to, rules: names(candidate.firing))
            guard !confirmed.contains(change), attempts[change, default: 0] < Self.maximumAttempts else { continue }
            attempts[change, default: 0] += 1
            guard let difference = confirm(candidate, past, from, to) else { continue }
            confirmed.insert(change)
            differences.append(difference)
            if isFirstEnough {
                isEnded = true
                return false
            }
        }
        return true
    }

    private func names(_ firing: BitRow) -> [String] {
        firing.members.map { space.rows[$0].rule.id }
    }

    /// Whether a limit can have room for the candidate at all.
    private func fits(_ limit: CompiledLimit, _ candidate: Candidate) -> Bool {
        switch limit.measure {
        case .count: return limit.ceiling >= ExactDecimal(whole: 1)
        case .amount, .amountUSD:
            if limit.isPerDestination { return true }
            let field: ConditionField = limit.measure == .amount ? .amount : .amountUSD
            return candidate.request[field]?.amount.map { $0 <= limit.ceiling } ?? true
        }
    }

    private func confirm(_ candidate: Candidate, _ past: LedgerChoice, _ from: Verdict, _ to: Verdict) -> Difference? {
        guard let example = ExampleRequest(candidate, space, past: past, start: start) else { return nil }
        let view = example.view(plans)
        let evaluations = plans.map {
            $0.evaluate(example.input, at: example.instant, view: view, assuming: example.assumptions)
        }
        guard evaluations[0].effect == from, evaluations[1].effect == to else { return nil }
        return Difference(
            from: from, to: to, oldRule: evaluations[0].rule, newRule: evaluations[1].rule, example: example)
    }
}
