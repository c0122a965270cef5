// From a request to an effect.

package import CallbackProtocol

/// What is evaluated: a request that was read strictly, and where it came from.
package struct EvaluationInput: Sendable {
    package enum Content: Sendable {
        indirect case transaction(TransactionRequest)
        case configuration(ConfigurationChangeRequest)
    }

    package var content: Content
    /// The name of the authenticated co-signer; `nil` on a certificate-mode listener.
    package var cosigner: String?
    /// The configured address of the listener.
    package var listener: String

    package init(content: Content, cosigner: String?, listener: String) {
        self.content = content
        self.cosigner = cosigner
        self.listener = listener
    }
}

extension RulesSnapshot {
    /// Evaluates every rule and combines their effects: reject, else hold, else ignore, else approve within its limits,
    /// else reject because nothing approves (rules language, items 1 to 5 and 13). A pure function of the snapshot, the
    /// input, the instant and the view.
    package func evaluate(
        _ input: EvaluationInput, at instant: RulesInstant, view: LedgerView = .empty, tracing: Bool
    ) -> Evaluation {
        let open = plan.windows.map { $0.isOpen(at: instant) }
        switch input.content {
        case .transaction(let request):
            let facts = TransactionFacts(
                request, cosigner: input.cosigner, listener: input.listener, windows: open, assets: plan.assets)
            if request.destinations.isEmpty, request.operation?.isExactly("TRANSFER") ?? false {
                // The reader refuses it before; a body without destinations must not count as true for all of them.
                return Evaluation(effect: .reject, rule: nil, reason: "a TRANSFER without destinations", trace: [])
            }
            return RulesCombiner(
                rules: plan.transactions, index: plan.transactionIndex, facts: facts, stage: request.stage,
                windows: plan.windows, instant: instant,
                view: view
            ).evaluate(tracing: tracing)
        case .configuration(let request):
            let facts = ConfigurationFacts(
                request, cosigner: input.cosigner, listener: input.listener, windows: open)
            return RulesCombiner(
                rules: plan.configurationChanges, index: plan.configurationIndex, facts: facts, stage: .approval,
                windows: plan.windows,
                instant: instant, view: view
            ).evaluate(tracing: tracing)
        }
    }
}
