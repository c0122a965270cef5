// From a request to an effect with every reason, for people.

package import CallbackProtocol

extension RulesSnapshot {
    /// Evaluates a request with its trace, as if the named co-signer had asked on the named listener. A malformed one is
    /// rejected before any rule, so its trace is empty.
    package func explain(
        _ content: AuthenticatedRequest.Content, cosigner: String?, listener: String, at instant: RulesInstant,
        view: LedgerView = .empty
    ) -> Evaluation {
        let input: EvaluationInput.Content
        switch content {
        case .malformed(let malformed):
            return Evaluation(effect: .reject, rule: nil, reason: malformed.reason, trace: [])
        case .transaction(let transaction): input = .transaction(transaction)
        case .configuration(let change): input = .configuration(change)
        }
        return evaluate(
            EvaluationInput(content: input, cosigner: cosigner, listener: listener), at: instant, view: view,
            tracing: true)
    }
}
