// From a request to an effect.

package import CallbackProtocol

/// What is evaluated: a request that was read strictly, and where it came from.
package struct EvaluationInput: Sendable {
    package enum Content: Sendable {
        case transaction(TransactionRequest)
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
    /// Evaluates every rule and combines their effects: reject, else ignore, else approve, else reject because nothing
    /// approves (rules language, items 1 to 5). A pure function of the snapshot, the input and the instant.
    package func evaluate(_ input: EvaluationInput, at instant: RulesInstant, tracing: Bool) -> Evaluation {
        let open = plan.windows.map { $0.isOpen(at: instant) }
        switch input.content {
        case .transaction(let request):
            let facts = TransactionFacts(
                request, cosigner: input.cosigner, listener: input.listener, windows: open)
            if request.destinations.isEmpty, request.operation?.isExactly("TRANSFER") ?? false {
                // The reader refuses it before; a body without destinations must not count as true for all of them.
                return Evaluation(effect: .reject, rule: nil, reason: "a TRANSFER without destinations", trace: [])
            }
            return combine(plan.transactions, facts, stage: request.stage, at: instant, tracing: tracing)
        case .configuration(let request):
            let facts = ConfigurationFacts(
                request, cosigner: input.cosigner, listener: input.listener, windows: open)
            return combine(plan.configurationChanges, facts, stage: .approval, at: instant, tracing: tracing)
        }
    }

    private func combine(
        _ rules: [CompiledRule], _ facts: some FactSource, stage: RequestStage, at instant: RulesInstant, tracing: Bool
    ) -> Evaluation {
        var approving: CompiledRule?
        var ignoring: CompiledRule?
        var rejecting: (rule: CompiledRule, isCertain: Bool)?
        for rule in rules {
            let outcome = rule.outcome(on: facts)
            guard rule.takesEffect(outcome) else { continue }
            switch rule.effect {
            case .reject where rejecting == nil: rejecting = (rule, outcome.somewhere == .yes)
            case .ignore where ignoring == nil: ignoring = rule
            case .approve where approving == nil: approving = rule
            default: break
            }
            if rejecting != nil, !tracing { break }
        }
        func tracer() -> RuleTracer<some FactSource> {
            RuleTracer(facts: facts, windows: plan.windows, instant: instant)
        }
        let trace = tracing ? rules.flatMap { tracer().trace($0) } : []
        func result(_ effect: RuleEffect, _ rule: CompiledRule?, _ reason: String?) -> Evaluation {
            Evaluation(effect: effect, rule: rule?.id, reason: reason, trace: trace)
        }
        if let rejecting {
            let undetermined = rejecting.isCertain ? nil : unknownCondition(rejecting.rule, tracer())
            let generated =
                undetermined.map { "rule \(rejecting.rule.id) rejects: could not tell \($0)" }
                ?? "rejected by rule \(rejecting.rule.id)"
            return result(.reject, rejecting.rule, rejecting.rule.reason ?? generated)
        }
        if let ignoring {
            guard stage == .approval else {
                return result(
                    .reject, ignoring, "rule \(ignoring.id) says ignore, which the signing stage does not allow")
            }
            return result(.ignore, ignoring, ignoring.reason ?? "ignored by rule \(ignoring.id)")
        }
        guard let approving else { return result(.reject, nil, "no rule approves this") }
        return result(.approve, approving, nil)
    }

    /// The condition that could not be told where a reject rule took effect without being certain.
    private func unknownCondition(_ rule: CompiledRule, _ tracer: RuleTracer<some FactSource>) -> String? {
        let facts = tracer.facts
        let destinations: [Int?] =
            rule.readsDestinations && facts.destinationCount > 0 ? (0..<facts.destinationCount).map { $0 } : [nil]
        for destination in destinations where rule.body(on: facts, destination: destination) == .unknown {
            return tracer.failure(rule, destination, .unknown)?.condition
        }
        return nil
    }
}
