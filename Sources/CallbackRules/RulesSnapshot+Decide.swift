// From an authenticated request to a decision.

package import CallbackProtocol

extension RulesSnapshot {
    /// Decides one authenticated request. A malformed one is rejected before any rule (rules language, item 7).
    ///
    /// - Parameter view: what was decided before; without one, limits and holds see an empty past.
    package func decide(
        _ request: AuthenticatedRequest, at instant: RulesInstant, view: LedgerView = .empty
    ) -> Decision {
        let (cosigner, listener) = (request.cosignerName, request.listener)
        let evaluation = explain(
            request.content, cosigner: cosigner, listener: listener, at: instant, view: view, tracing: false)
        return Decision(
            request: request, action: CallbackAction(evaluation.effect), rule: evaluation.rule,
            reason: evaluation.reason, rulesDigest: digest, charges: evaluation.charges, holds: evaluation.holds,
            doubts: evaluation.holds.isEmpty ? [] : doubts(request.content, cosigner: cosigner, listener: listener))
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
