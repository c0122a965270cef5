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
        switch input.content {
        case .transaction(let request):
            evaluate(
                request, cosigner: input.cosigner, listener: input.listener, at: instant, view: view, tracing: tracing)
        case .configuration(let request):
            evaluate(
                request, cosigner: input.cosigner, listener: input.listener, at: instant, view: view, tracing: tracing)
        }
    }

    /// See `evaluate(_:at:view:tracing:)`.
    func evaluate(
        _ request: TransactionRequest, cosigner: String?, listener: String, at instant: RulesInstant, view: LedgerView,
        tracing: Bool
    ) -> Evaluation {
        if request.destinations.isEmpty, request.operation?.isExactly("TRANSFER") ?? false {
            // The reader refuses it before; a body without destinations must not count as true for all of them.
            return Evaluation(effect: .reject, rule: nil, reason: "a TRANSFER without destinations", trace: [])
        }
        let facts = TransactionFacts(
            request, cosigner: cosigner, listener: listener, windows: openWindows(at: instant), assets: plan.assets)
        return RulesCombiner(
            rules: plan.transactions, index: plan.transactionIndex, facts: facts, stage: request.stage,
            windows: plan.windows, instant: instant, view: view
        ).evaluate(tracing: tracing)
    }

    /// See `evaluate(_:at:view:tracing:)`.
    func evaluate(
        _ request: ConfigurationChangeRequest, cosigner: String?, listener: String, at instant: RulesInstant,
        view: LedgerView, tracing: Bool
    ) -> Evaluation {
        let facts = ConfigurationFacts(
            request, cosigner: cosigner, listener: listener, windows: openWindows(at: instant))
        return RulesCombiner(
            rules: plan.configurationChanges, index: plan.configurationIndex, facts: facts, stage: .approval,
            windows: plan.windows, instant: instant, view: view
        ).evaluate(tracing: tracing)
    }

    private func openWindows(at instant: RulesInstant) -> [Bool] { plan.windows.map { $0.isOpen(at: instant) } }
}
