// What a rule does where it matches.

/// The effect of a rule, from the least to the most restrictive. `hold` will stand between `ignore` and `reject`.
package enum RuleEffect: String, Sendable, Hashable, CaseIterable {
    case approve
    /// Leaves the decision to other approvers. Legal at the approval stage only.
    case ignore
    case reject
}
