// What an evaluation may ask about the past. The caller passes it in, so that evaluation stays a pure function.

package import CallbackProtocol

/// A counter of a limit: one for each limit and each combination of the values that `for_each` names.
package struct LimitCounter: Sendable, Hashable {
    package let rule: String
    package let limit: String
    package let measure: LimitMeasure
    /// The values in the order of `for_each`, addresses in the form in which they are compared.
    package let values: [String]

    package init(rule: String, limit: String, measure: LimitMeasure, values: [String]) {
        (self.rule, self.limit, self.measure, self.values) = (rule, limit, measure, values)
    }
}

/// Something that waits for people: a hold rule, or a limit that holds.
package struct HoldKey: Sendable, Hashable {
    package let rule: String
    /// `nil` where the rule itself holds.
    package let limit: String?

    package init(rule: String, limit: String? = nil) {
        (self.rule, self.limit) = (rule, limit)
    }
}

/// How a hold of this request stands. Signatures count for this very request and payload only.
package struct HoldState: Sendable, Hashable {
    /// When the request was first held; `nil` where it was not yet.
    package var since: RulesInstant?
    /// Fingerprints of the keys that approved.
    package var approvals: Set<String>
    /// Fingerprints of the keys that refused.
    package var refusals: Set<String>

    package init(since: RulesInstant? = nil, approvals: Set<String> = [], refusals: Set<String> = []) {
        (self.since, self.approvals, self.refusals) = (since, approvals, refusals)
    }
}

/// What the ledger knows, as far as rules may ask.
package struct LedgerView: Sendable {
    /// The sum of what was charged to a counter in the period (seconds) that ends now, without this request's own
    /// charge. The ledger's own time counts.
    package var charged: @Sendable (LimitCounter, _ period: Int64) -> ExactDecimal
    package var hold: @Sendable (HoldKey) -> HoldState

    package init(
        charged: @escaping @Sendable (LimitCounter, _ period: Int64) -> ExactDecimal,
        hold: @escaping @Sendable (HoldKey) -> HoldState
    ) {
        (self.charged, self.hold) = (charged, hold)
    }

    /// An empty past.
    package static let empty = LedgerView(charged: { _, _ in .zero }, hold: { _ in HoldState() })
}

/// What an approval adds to a counter.
package struct LimitCharge: Sendable, Hashable {
    package let counter: LimitCounter
    package let amount: ExactDecimal
    /// Seconds.
    package let period: Int64
    package let ceiling: ExactDecimal
}

/// Something that people have to decide before the request can go on.
package struct PendingHold: Sendable, Hashable {
    package let key: HoldKey
    package let group: ApproverGroup
    /// Seconds after the hold began.
    package let expiresAfter: Int64
    /// Names of those who approved, sorted.
    package let approvedBy: [String]
}
