// Limits and holds, ready to be evaluated.

import CallbackProtocol

/// People of whom some must sign.
struct CompiledHold: Sendable {
    /// What is held: the rule, and the limit where that holds.
    let key: HoldKey
    let group: ApproverGroup
    /// Seconds after the hold began.
    let expiresAfter: Int64
}

/// A group of approvers, with its keys read.
package struct ApproverGroup: Sendable, Hashable {
    package let name: String
    package let required: Int
    /// Names by key: `SHA256:` fingerprints as `ssh-keygen -l` prints them.
    package let people: [String: String]

    package init(name: String, required: Int, people: [String: String]) {
        (self.name, self.required, self.people) = (name, required, people)
    }
}

struct CompiledLimit: Sendable {
    enum Consequence: Sendable {
        case reject
        case retry
        case hold(CompiledHold)
    }

    let rule: String
    let id: String
    let measure: LimitMeasure
    let ceiling: ExactDecimal
    /// Seconds.
    let period: Int64
    let forEach: [ConditionField]
    let consequence: Consequence

    /// Whether each destination is charged for itself.
    var isPerDestination: Bool { forEach.contains(where: \.isOfDestination) }
}
