// From a request to an effect with every reason, for people.

package import CallbackProtocol

extension RulesSnapshot {
    /// Evaluates a request with its trace, as if the named co-signer had asked on the named listener. A malformed one is
    /// rejected before any rule, so its trace is empty.
    package func explain(
        _ content: AuthenticatedRequest.Content, cosigner: String?, listener: String, at instant: RulesInstant,
        view: LedgerView = .empty, tracing: Bool = true
    ) -> Evaluation {
        switch content {
        case .malformed(let malformed):
            Evaluation(effect: .reject, rule: nil, reason: malformed.reason, trace: [])
        case .transaction(let request):
            evaluate(request, cosigner: cosigner, listener: listener, at: instant, view: view, tracing: tracing)
        case .configuration(let request):
            evaluate(request, cosigner: cosigner, listener: listener, at: instant, view: view, tracing: tracing)
        }
    }
}

extension RulesSnapshot {
    /// As `explain`, with how limits and holds stand in that past.
    package func explanation(
        _ content: AuthenticatedRequest.Content, cosigner: String?, listener: String, at instant: RulesInstant,
        view: LedgerView = .empty
    ) -> Explanation {
        let evaluation = explain(content, cosigner: cosigner, listener: listener, at: instant, view: view)
        func standing(_ facts: some FactSource, _ rules: [CompiledRule]) -> Explanation {
            let reader = PastReader(facts: facts, instant: instant, view: view)
            return Explanation(evaluation: evaluation, limits: reader.limits(rules), holds: reader.holds(rules))
        }
        let open = plan.windows.map { $0.isOpen(at: instant) }
        switch content {
        case .malformed: return Explanation(evaluation: evaluation, limits: [], holds: [])
        case .transaction(let request):
            let facts = TransactionFacts(
                request, cosigner: cosigner, listener: listener, windows: open, assets: plan.assets)
            return standing(facts, plan.transactions)
        case .configuration(let request):
            let facts = ConfigurationFacts(request, cosigner: cosigner, listener: listener, windows: open)
            return standing(facts, plan.configurationChanges)
        }
    }
}
