// A request as it is, except for bytes and signatures that an analysis cannot make.

import CallbackProtocol

/// What is taken for granted: keys and raw transactions cannot be forged for an example.
struct Assumptions: Sendable, Hashable {
    /// Whether the raw transaction agrees.
    var agrees: Bool?
    /// Whether the named keys signed, by identity.
    var signatures: [String: Bool] = [:]

    static let none = Assumptions()
}

struct AssumedFacts: FactSource {
    let facts: TransactionFacts
    let assumptions: Assumptions

    var destinationCount: Int { facts.destinationCount }

    func text(_ field: ConditionField, destination: Int?) -> Fact<String> {
        facts.text(field, destination: destination)
    }

    func addressKey(_ field: ConditionField, destination: Int?) -> Fact<String> {
        facts.addressKey(field, destination: destination)
    }

    func amount(_ field: ConditionField, destination: Int?) -> Fact<ExactDecimal> {
        facts.amount(field, destination: destination)
    }

    func flag(_ field: ConditionField) -> Fact<Bool> {
        if field == .rawTransactionAgrees, let agrees = assumptions.agrees { return .value(agrees) }
        return facts.flag(field)
    }

    func isSigned(by key: ExtraKey) -> Fact<Bool> {
        if let signed = assumptions.signatures[key.identity] { return .value(signed) }
        return facts.isSigned(by: key)
    }

    func isOpen(window: Int) -> Bool { facts.isOpen(window: window) }
}

extension RulesPlan {
    /// Evaluates with the rules' own combiner.
    func evaluate(
        _ input: EvaluationInput, at instant: RulesInstant, view: LedgerView, assuming assumptions: Assumptions
    ) -> Evaluation {
        let open = windows.map { $0.isOpen(at: instant) }
        switch input.content {
        case .transaction(let request):
            let facts = TransactionFacts(
                request, cosigner: input.cosigner, listener: input.listener, windows: open, assets: assets)
            return RulesCombiner(
                rules: transactions, index: transactionIndex,
                facts: AssumedFacts(facts: facts, assumptions: assumptions),
                stage: request.stage, windows: windows, instant: instant, view: view
            ).evaluate(tracing: false)
        case .configuration(let request):
            let facts = ConfigurationFacts(
                request, cosigner: input.cosigner, listener: input.listener, windows: open)
            return RulesCombiner(
                rules: configurationChanges, index: configurationIndex, facts: facts, stage: .approval,
                windows: windows, instant: instant,
                view: view
            ).evaluate(tracing: false)
        }
    }

    /// What limits of the rules would charge.
    func charges(_ input: EvaluationInput, at instant: RulesInstant) -> [(limit: CompiledLimit, charge: LimitCharge)] {
        func all(_ rules: [CompiledRule], _ facts: some FactSource) -> [(limit: CompiledLimit, charge: LimitCharge)] {
            rules.flatMap(\.limits).flatMap { limit -> [(limit: CompiledLimit, charge: LimitCharge)] in
                guard case .value(let charges) = limit.charges(on: facts) else { return [] }
                return charges.map { (limit, $0) }
            }
        }
        let open = windows.map { $0.isOpen(at: instant) }
        switch input.content {
        case .transaction(let request):
            return all(
                transactions,
                TransactionFacts(
                    request, cosigner: input.cosigner, listener: input.listener, windows: open, assets: assets))
        case .configuration(let request):
            return all(
                configurationChanges,
                ConfigurationFacts(request, cosigner: input.cosigner, listener: input.listener, windows: open))
        }
    }
}
