// From the outcome of every rule to the effect of the whole file.

import CallbackProtocol

/// Combines the rules for one request (rules language, items 1 to 5 and 13).
struct RulesCombiner<Facts: FactSource> {
    let rules: [CompiledRule]
    let index: RuleIndex
    let facts: Facts
    let stage: RequestStage
    let windows: [CompiledWindow]
    let instant: RulesInstant
    let view: LedgerView

    /// A hold rule that stops the request, and whether it would also match as approve does.
    private struct Stop {
        let rule: CompiledRule
        let hold: CompiledHold
        let matches: Bool
    }

    /// What the rules say before any limit is asked.
    private struct Findings {
        var rejecting: (rule: CompiledRule, isCertain: Bool)?
        var stops: [Stop] = []
        var ignoring: CompiledRule?
        var approving: [CompiledRule] = []
    }

    private var tracer: RuleTracer<Facts> { RuleTracer(facts: facts, windows: windows, instant: instant) }

    func evaluate(tracing: Bool) -> Evaluation {
        let trace = tracing ? rules.flatMap { tracer.trace($0) } : []
        let findings = find(tracing: tracing)
        func result(_ effect: Verdict, _ rule: CompiledRule?, _ reason: String?) -> Evaluation {
            Evaluation(effect: effect, rule: rule?.id, reason: reason, trace: trace)
        }
        if let (rule, isCertain) = findings.rejecting {
            let doubt = isCertain ? nil : unknownCondition(rule)
            let reason = rule.reason ?? (isCertain ? "rejected by rule \(rule.id)" : "rule \(rule.id) rejects")
            return result(.reject, rule, doubt.map { "\(reason): could not tell \($0)" } ?? reason)
        }
        var matched = findings.approving
        if let first = findings.stops.first {
            let signed = findings.stops.filter(\.matches).map(\.rule)
            guard !matched.isEmpty || !signed.isEmpty else {
                let why = unknownCondition(first.rule).map { ": could not tell \($0)" } ?? ""
                return result(
                    .reject, first.rule, "rule \(first.rule.id) holds, and no signature could lead to approval\(why)")
            }
            if var stopped = stop(findings.stops.map { ($0.rule, $0.hold) }) {
                stopped.trace = trace
                return stopped
            }
            matched += signed
        }
        if let ignoring = findings.ignoring {
            guard stage == .approval else {
                return result(
                    .reject, ignoring, "rule \(ignoring.id) says ignore, which the signing stage does not allow")
            }
            return result(.ignore, ignoring, ignoring.reason ?? "ignored by rule \(ignoring.id)")
        }
        guard let approving = matched.first else { return result(.reject, nil, "no rule approves this") }
        var evaluation = charge(matched) ?? result(.approve, approving, nil)
        if evaluation.effect == .approve { evaluation.charges = matched.flatMap(charges) }
        evaluation.trace = trace
        return evaluation
    }

    private func find(tracing: Bool) -> Findings {
        var findings = Findings()
        for number in index.candidates(for: facts) {
            let rule = rules[number]
            let outcome = rule.outcome(on: facts)
            switch rule.effect {
            case .reject where findings.rejecting == nil && outcome.somewhere != .no:
                findings.rejecting = (rule, outcome.somewhere == .yes)
                if !tracing { return findings }
            case .hold where outcome.somewhere != .no:
                guard let hold = rule.hold else { break }
                let matches = min(outcome.everywhere, rule.limitsTruth(on: facts)) == .yes
                findings.stops.append(Stop(rule: rule, hold: hold, matches: matches))
            case .ignore where findings.ignoring == nil && outcome.everywhere == .yes: findings.ignoring = rule
            case .approve where outcome.everywhere == .yes && rule.limitsTruth(on: facts) == .yes:
                findings.approving.append(rule)
            default: break
            }
        }
        return findings
    }

    // MARK: People

    /// Why these holds do not let the request go on; `nil` where every one has its signatures.
    private func stop(_ holds: [(rule: CompiledRule, hold: CompiledHold)]) -> Evaluation? {
        var waiting: [(rule: CompiledRule, pending: PendingHold)] = []
        for (rule, hold) in holds {
            let state = view.hold(hold.key)
            if let refused = state.refusals.compactMap({ hold.group.people[$0] }).min() {
                return Evaluation(
                    effect: .reject, rule: rule.id, reason: "\(refused) refused what rule \(rule.id) holds", trace: [])
            }
            if let since = state.since, instant.seconds - since.seconds >= hold.expiresAfter {
                return Evaluation(
                    effect: .reject, rule: rule.id, reason: "the hold of rule \(rule.id) expired", trace: [])
            }
            // Keys count once, and only those that are in force now.
            let approved = state.approvals.compactMap { hold.group.people[$0] }.sorted()
            guard approved.count < hold.group.required else { continue }
            waiting.append(
                (
                    rule,
                    PendingHold(
                        key: hold.key, group: hold.group, expiresAfter: hold.expiresAfter, approvedBy: approved)
                ))
        }
        guard let (rule, pending) = waiting.first else { return nil }
        let place = pending.key.limit.map { "limit \($0) of rule \(rule.id)" } ?? "rule \(rule.id)"
        return Evaluation(
            effect: .hold, rule: rule.id,
            reason:
                "\(place) waits for \(pending.group.name): \(pending.approvedBy.count) of \(pending.group.required) signed",
            trace: [], holds: waiting.map(\.pending))
    }

    // MARK: Limits

    private func charges(_ rule: CompiledRule) -> [LimitCharge] {
        rule.limits.flatMap { limit -> [LimitCharge] in
            if case .value(let charges) = limit.charges(on: facts) { charges } else { [] }
        }
    }

    /// What exceeded limits of the rules that matched lead to; `nil` where everything fits or was allowed by people.
    private func charge(_ matched: [CompiledRule]) -> Evaluation? {
        var retry: Evaluation?
        var holds: [(rule: CompiledRule, hold: CompiledHold)] = []
        for rule in matched {
            for limit in rule.limits {
                guard case .value(let charges) = limit.charges(on: facts),
                    let excess = charges.first(where: { exceeds($0) })
                else { continue }
                let reason = "limit \(limit.id) of rule \(rule.id) is exceeded\(Self.place(excess.counter))"
                switch limit.consequence {
                case .reject: return Evaluation(effect: .reject, rule: rule.id, reason: reason, trace: [])
                case .retry:
                    retry = retry ?? Evaluation(effect: .retry, rule: rule.id, reason: reason, trace: [])
                case .hold(let hold): holds.append((rule, hold))
                }
            }
        }
        return stop(holds) ?? retry
    }

    private func exceeds(_ charge: LimitCharge) -> Bool {
        view.charged(charge.counter, charge.period) + charge.amount > charge.ceiling
    }

    private static func place(_ counter: LimitCounter) -> String {
        counter.values.isEmpty ? "" : " for \(counter.values.joined(separator: ", "))"
    }

    // MARK: Reasons

    /// The condition that could not be told where a reject or hold rule stops without being certain.
    private func unknownCondition(_ rule: CompiledRule) -> String? {
        let destinations: [Int?] =
            rule.readsDestinations && facts.destinationCount > 0 ? (0..<facts.destinationCount).map { $0 } : [nil]
        for destination in destinations where rule.body(on: facts, destination: destination) == .unknown {
            return tracer.failure(rule, destination, .unknown)?.condition
        }
        return nil
    }
}
