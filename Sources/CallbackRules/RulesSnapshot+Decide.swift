// From an authenticated request to a decision.

package import CallbackProtocol

extension RulesSnapshot {
    /// Decides one authenticated request. A malformed one is rejected before any rule (rules language, item 7).
    ///
    /// - Parameter view: what was decided before; without one, limits and holds see an empty past.
    package func decide(
        _ request: AuthenticatedRequest, at instant: RulesInstant, view: LedgerView = .empty
    ) -> Decision {
        let content: EvaluationInput.Content
        switch request.content {
        case .malformed(let malformed):
            return Decision(
                request: request, action: .reject, rule: nil, reason: malformed.reason, rulesDigest: digest)
        case .transaction(let transaction): content = .transaction(transaction)
        case .configuration(let change): content = .configuration(change)
        }
        let input = EvaluationInput(content: content, cosigner: request.cosignerName, listener: request.listener)
        let evaluation = evaluate(input, at: instant, view: view, tracing: false)
        return Decision(
            request: request, action: CallbackAction(evaluation.effect), rule: evaluation.rule,
            reason: evaluation.reason, rulesDigest: digest, charges: evaluation.charges, holds: evaluation.holds,
            doubts: evaluation.holds.isEmpty ? [] : doubts(input))
    }
}

extension CallbackAction {
    /// What the co-signer is told: to come again where people or a limit have to be waited for.
    package init(_ verdict: Verdict) {
        switch verdict {
        case .approve: self = .approve
        case .ignore: self = .ignore
        case .hold, .retry: self = .retry
        case .reject: self = .reject
        }
    }
}
