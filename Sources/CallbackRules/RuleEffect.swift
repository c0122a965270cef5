// What a rule does where it matches.

/// The effect of a rule, from the least to the most restrictive.
package enum RuleEffect: String, Sendable, Hashable, CaseIterable {
    case approve
    /// Leaves the decision to other approvers. Legal at the approval stage only.
    case ignore
    /// RETRY until enough approvers have signed.
    case hold
    case reject
}

/// What a whole file says about one request.
package enum Verdict: String, Sendable, Hashable, CaseIterable {
    case approve, ignore
    /// A limit is full for now; the co-signer is asked to come again.
    case retry
    /// People have to sign first.
    case hold
    case reject
}
