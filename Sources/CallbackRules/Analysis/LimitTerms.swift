// Limits and holds by everything that a decision can depend on.

import CallbackProtocol

/// Equal for holds that stand alike in every past.
struct HoldName: Hashable {
    private let key: HoldKey
    private let required: Int
    private let people: Set<String>
    private let expiresAfter: Int64

    init(_ hold: CompiledHold) {
        (key, required, expiresAfter) = (hold.key, hold.group.required, hold.expiresAfter)
        people = Set(hold.group.people.keys)
    }
}

/// Equal for limits that are full in the same pasts, with the same consequence.
struct LimitTerms: Hashable {
    private let name: LedgerChoice.LimitName
    private let measure: LimitMeasure
    private let ceiling: ExactDecimal
    private let period: Int64
    private let forEach: [ConditionField]
    private let retries: Bool
    private let hold: HoldName?

    init(_ limit: CompiledLimit) {
        (name, measure, ceiling) = (LedgerChoice.LimitName(limit), limit.measure, limit.ceiling)
        (period, forEach) = (limit.period, limit.forEach)
        switch limit.consequence {
        case .reject: (retries, hold) = (false, nil)
        case .retry: (retries, hold) = (true, nil)
        case .hold(let held): (retries, hold) = (false, HoldName(held))
        }
    }
}
