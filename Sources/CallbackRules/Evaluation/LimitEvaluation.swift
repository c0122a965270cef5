// What a rule's limits would charge for a request, and whether it still fits.

import CallbackProtocol

extension CompiledLimit {
    /// The charges of this limit, or why they cannot be told.
    func charges(on facts: some FactSource) -> Fact<[LimitCharge]> {
        guard isPerDestination, facts.destinationCount > 0 else {
            return charge(on: facts, destination: nil).flatMap { .value([$0]) }
        }
        var sums: [LimitCounter: ExactDecimal] = [:]
        var order: [LimitCounter] = []
        for destination in 0..<facts.destinationCount {
            switch charge(on: facts, destination: destination) {
            case .value(let charge):
                if sums[charge.counter] == nil { order.append(charge.counter) }
                sums[charge.counter, default: .zero] = sums[charge.counter, default: .zero] + charge.amount
            case .unknown(let why): return .unknown(why)
            case .notStated, .notApplicable: return .unknown("limit \(id) has nothing to count")
            }
        }
        return .value(
            order.map { LimitCharge(counter: $0, amount: sums[$0] ?? .zero, period: period, ceiling: ceiling) })
    }

    private func charge(on facts: some FactSource, destination: Int?) -> Fact<LimitCharge> {
        var values: [String] = []
        for field in forEach {
            let place = field.isOfDestination ? destination : nil
            let stated =
                field.shape == .address
                ? facts.addressKey(field, destination: place) : facts.text(field, destination: place)
            switch stated {
            case .value(let text): values.append(text)
            case .unknown(let why): return .unknown("\(field.rawValue): \(why)")
            case .notStated, .notApplicable: return .unknown("\(field.rawValue) is not stated")
            }
        }
        let counter = LimitCounter(rule: rule, limit: id, measure: measure, values: values)
        return amount(on: facts, destination: destination).flatMap {
            .value(LimitCharge(counter: counter, amount: $0, period: period, ceiling: ceiling))
        }
    }

    private func amount(on facts: some FactSource, destination: Int?) -> Fact<ExactDecimal> {
        switch measure {
        case .count: .value(ExactDecimal(whole: 1))
        case .amount: facts.amount(destination == nil ? .amount : .destinationAmount, destination: destination)
        case .amountUSD:
            facts.amount(destination == nil ? .amountUSD : .destinationAmountUSD, destination: destination)
        }
    }
}

extension CompiledRule {
    /// Unknown where a limit cannot be told: then the rule does not match as approve does.
    func limitsTruth(on facts: some FactSource) -> Truth {
        limits.allSatisfy { limit in
            if case .value = limit.charges(on: facts) { true } else { false }
        } ? .yes : .unknown
    }
}
