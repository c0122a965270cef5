// What can be said about a request before the ledger is asked, and how it is decided once it was.

package import CallbackProtocol

/// A request with the rules and the instant by which it is decided.
///
/// Most requests are settled here. Where a limit or a hold has a say, the ledger decides within the transaction that
/// records the decision, so that two requests can never both take what is left of a limit.
package struct Proposal: Sendable {
    package let request: AuthenticatedRequest
    /// The decision, where nothing that was decided before can change it.
    package let settled: Decision?
    private let decide: @Sendable (LedgerView) -> Decision

    /// A decision that nothing can change.
    package init(_ decision: Decision) {
        request = decision.request
        settled = decision
        decide = { _ in decision }
    }

    fileprivate init(
        _ request: AuthenticatedRequest, settled: Decision?, decide: @escaping @Sendable (LedgerView) -> Decision
    ) {
        self.request = request
        self.settled = settled
        self.decide = decide
    }

    /// What the rules say, given the past. They are asked again until nothing that they want to know is missing; each
    /// question is put once.
    package func decision(
        sum: (PastFacts.Sum) throws -> ExactDecimal, hold: (HoldKey) throws -> HoldState
    ) rethrows -> Decision {
        if let settled { return settled }
        let facts = PastFacts()
        while true {
            let decision = decide(facts.view)
            let (sums, holds) = facts.takeQuestions()
            if sums.isEmpty, holds.isEmpty { return decision }
            for question in sums { facts.learn(question, try sum(question)) }
            for question in holds { facts.learn(question, try hold(question)) }
        }
    }
}

extension RulesSnapshot {
    /// Decides as far as possible without the ledger.
    package func propose(_ request: AuthenticatedRequest, at instant: RulesInstant) -> Proposal {
        let decide: @Sendable (LedgerView) -> Decision = { self.decide(request, at: instant, view: $0) }
        guard needsHistory else { return Proposal(request, settled: decide(.empty), decide: decide) }
        let facts = PastFacts()
        let settled = decide(facts.view)
        let (sums, holds) = facts.takeQuestions()
        return Proposal(request, settled: sums.isEmpty && holds.isEmpty ? settled : nil, decide: decide)
    }
}
