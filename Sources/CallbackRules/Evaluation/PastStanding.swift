// How limits and holds stand for one request, for explanations. The decision itself never depends on it.

package import CallbackProtocol

/// One counter of a limit of a rule that matched.
package struct LimitStanding: Sendable, Hashable {
    package let counter: LimitCounter
    /// Charged in the period before this request.
    package let before: ExactDecimal
    /// What this request would add.
    package let charge: ExactDecimal
    package let ceiling: ExactDecimal
    /// Seconds.
    package let period: Int64
    /// `reject`, `retry` or `hold`.
    package let whenExceeded: String

    package var fits: Bool { before + charge <= ceiling }
}

/// One group of people that a request waits for, or waited for.
package struct HoldStanding: Sendable, Hashable {
    package enum State: String, Sendable, Hashable {
        case waiting
        /// Enough have signed.
        case signed
        case refused
        case expired
    }

    package let key: HoldKey
    package let group: ApproverGroup
    /// Names, sorted. Keys that are not in the group do not count.
    package let approvedBy: [String]
    package let refusedBy: [String]
    /// When the request was first held; `nil` where it was not yet.
    package let since: RulesInstant?
    package let expires: RulesInstant?
    package let state: State
}

/// Looks at the limits of the rules that match, at the hold rules that stop, and at the limits that hold.
struct PastReader<Facts: FactSource> {
    let facts: Facts
    let instant: RulesInstant
    let view: LedgerView

    func limits(_ rules: [CompiledRule]) -> [LimitStanding] {
        rules.filter(matches).flatMap(\.limits).flatMap(standings)
    }

    func holds(_ rules: [CompiledRule]) -> [HoldStanding] {
        rules.flatMap { rule -> [HoldStanding] in
            let own = rule.hold.flatMap { rule.outcome(on: facts).somewhere == .no ? nil : standing($0) }
            guard matches(rule) else { return own.map { [$0] } ?? [] }
            let exceeded = rule.limits.compactMap { limit -> HoldStanding? in
                guard case .hold(let hold) = limit.consequence, standings(limit).contains(where: { !$0.fits }) else {
                    return nil
                }
                return standing(hold)
            }
            return (own.map { [$0] } ?? []) + exceeded
        }
    }

    /// As an approve rule matches: for every destination, with nothing unknown.
    private func matches(_ rule: CompiledRule) -> Bool {
        guard rule.effect == .approve || rule.effect == .hold else { return false }
        return min(rule.outcome(on: facts).everywhere, rule.limitsTruth(on: facts)) == .yes
    }

    private func standings(_ limit: CompiledLimit) -> [LimitStanding] {
        guard case .value(let charges) = limit.charges(on: facts) else { return [] }
        let consequence =
            switch limit.consequence {
            case .reject: "reject"
            case .retry: "retry"
            case .hold: "hold"
            }
        return charges.map { charge in
            LimitStanding(
                counter: charge.counter, before: view.charged(charge.counter, charge.period), charge: charge.amount,
                ceiling: charge.ceiling, period: charge.period, whenExceeded: consequence)
        }
    }

    private func standing(_ hold: CompiledHold) -> HoldStanding {
        let known = view.hold(hold.key)
        let approved = known.approvals.compactMap { hold.group.people[$0] }.sorted()
        let refused = known.refusals.compactMap { hold.group.people[$0] }.sorted()
        let expires = known.since.map { RulesInstant(seconds: $0.seconds + hold.expiresAfter) }
        let state: HoldStanding.State =
            if !refused.isEmpty {
                .refused
            } else if let expires, instant.seconds >= expires.seconds {
                .expired
            } else {
                approved.count < hold.group.required ? .waiting : .signed
            }
        return HoldStanding(
            key: hold.key, group: hold.group, approvedBy: approved, refusedBy: refused, since: known.since,
            expires: expires, state: state)
    }
}
