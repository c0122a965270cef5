// The result of an evaluation, with its explanation.

/// What the rules say, why, and how every rule came out.
package struct Evaluation: Sendable, Hashable {
    /// The effect of the whole file. `ignore` at the signing stage has become `reject` here.
    package let effect: Verdict
    /// The id of the deciding rule; `nil` where no rule decided.
    package let rule: String?
    /// Why, for the rejection reason and the record; `nil` for approve.
    package let reason: String?
    /// Per rule, and per destination where the rule reads destinations, in the order of the file. Empty unless asked
    /// for.
    package var trace: [TraceEntry]
    /// What an approval charges; empty for every other effect.
    package var charges: [LimitCharge] = []
    /// What waits for people; empty unless the effect is hold.
    package var holds: [PendingHold] = []
}

/// How one rule came out at one destination.
package struct TraceEntry: Sendable, Hashable {
    package enum Outcome: String, Sendable, Hashable {
        case matched
        case notMatched = "not_matched"
        case unknown
    }

    /// The first condition that failed or could not be told.
    package struct Failure: Sendable, Hashable {
        package let condition: String
        package let expected: String
        package let actual: String
    }

    package let rule: String
    package let effect: RuleEffect
    /// Index into `destinations`, where the rule reads destinations and there are some.
    package let destination: Int?
    package let outcome: Outcome
    /// `nil` where the rule matched.
    package let failed: Failure?
}
