// A request that shows what was found, as `rules explain` would read it.

package import CallbackProtocol

/// A payload and everything around it that an evaluation needs.
package struct ExampleRequest: Sendable {
    package let kind: RequestKind
    /// The payload as JSON text.
    package let payload: JSONValue
    package let instant: RulesInstant
    package let cosigner: String?
    package let listener: String
    /// What has to be added, in words: `limit per-day of rule payout is full`.
    package let assuming: [String]
    package let input: EvaluationInput
    let assumptions: Assumptions
    let past: LedgerChoice
}

extension ExampleRequest {
    static let listener = "127.0.0.1:8443"

    /// The example of a candidate; `nil` where its atoms do not go together after all.
    init?(_ candidate: Candidate, _ space: DecisionSpace, past: LedgerChoice, start: RulesInstant) {
        let builder = PayloadBuilder(candidate: candidate, space: space)
        guard let payload = space.kind == .transaction ? builder.transaction() : builder.configuration() else {
            return nil
        }
        kind = space.kind
        self.payload = .object(payload)
        self.past = past
        instant = if case .instant(let instant, _)? = candidate.request[.timeWithin] { instant } else { start }
        // A co-signer that no rule asks about is there.
        cosigner = candidate.request[.cosigner].map { $0.text } ?? "primary"
        listener = candidate.request[.listener]?.text ?? Self.listener
        var (assumptions, words) = (Assumptions.none, [String]())
        if case .flag(let agrees)? = candidate.request[.rawTransactionAgrees] {
            assumptions.agrees = agrees
            words.append("the raw transaction \(agrees ? "agrees" : "does not agree")")
        }
        if case .signatures(let truths)? = candidate.request[.extraSignatureKey] {
            for (key, truth) in truths.sorted(by: { $0.key < $1.key }) where truth != .unknown {
                assumptions.signatures[key] = truth == .yes
                words.append("a key of extra_signature \(truth == .yes ? "signed" : "did not sign") (\(key))")
            }
        }
        self.assumptions = assumptions
        assuming = words + past.words
        guard
            let read = try? RequestAuthenticator.acceptUnauthenticated(
                json: self.payload.serialized(), kind: kind, listener: listener)
        else { return nil }
        let content: EvaluationInput.Content
        switch read.content {
        case .malformed: return nil
        case .transaction(let request): content = .transaction(request)
        case .configuration(let request): content = .configuration(request)
        }
        input = EvaluationInput(content: content, cosigner: cosigner, listener: listener)
    }

    /// The past in which the chosen limits are full, for what this request would charge.
    func view(_ plans: [RulesPlan]) -> LedgerView {
        struct Place: Hashable {
            let counter: LimitCounter
            let period: Int64
        }
        var (charged, ceilings) = ([Place: ExactDecimal](), [Place: ExactDecimal]())
        let all = plans.enumerated().flatMap { side, plan in
            plan.charges(input, at: instant).map { (side: side, limit: $0.limit, charge: $0.charge) }
        }
        let huge = ExactDecimal(whole: 1).shifted(by: 40)
        for entry in all where past.exceeded[entry.side].contains(LedgerChoice.LimitName(entry.limit)) {
            let place = Place(counter: entry.charge.counter, period: entry.charge.period)
            (charged[place], ceilings[place]) = (huge, entry.charge.ceiling)
        }
        // Where the other file has a higher limit on the same counter, as much is charged as still fits there.
        for entry in all where !past.exceeded[entry.side].contains(LedgerChoice.LimitName(entry.limit)) {
            let place = Place(counter: entry.charge.counter, period: entry.charge.period)
            guard let full = ceilings[place], full < entry.charge.ceiling else { continue }
            charged[place] = max(.zero, entry.charge.ceiling - entry.charge.amount)
        }
        let (sums, arrival, holds) = (charged, instant, past.holds)
        return LedgerView(
            charged: { sums[Place(counter: $0, period: $1)] ?? .zero },
            hold: { key in
                guard let state = holds[key] else { return HoldState() }
                return HoldState(
                    since: state.since.map { RulesInstant(seconds: arrival.seconds - $0) }, approvals: state.approvals,
                    refusals: state.refusals)
            })
    }
}

extension LedgerChoice {
    /// In words, for people.
    var words: [String] {
        let full = exceeded[0].union(exceeded[1]).map { "limit \($0.limit) of rule \($0.rule) is full" }.sorted()
        let people = holds.compactMap { key, state -> String? in
            let place = key.limit.map { "limit \($0) of rule \(key.rule)" } ?? "rule \(key.rule)"
            if !state.refusals.isEmpty { return "\(place): somebody refused" }
            if let since = state.since { return "\(place): held \(since) seconds ago" }
            return state.approvals.isEmpty ? nil : "\(place): \(state.approvals.count) signed"
        }
        return full + people.sorted()
    }
}
