// What is recorded of a decision beside its request.

import CallbackProtocol
import CallbackRules

/// The part of a row that the rules decide.
struct DecisionOutcome: Sendable {
    var action: CallbackAction
    var rule: String?
    var reason: String?
    var rulesDigest: String
    var isConflict = false
    /// What an APPROVE charges, as RFC 8785 text; `nil` where it charges nothing.
    var charges: String?
    /// The holds that had a say, as RFC 8785 text; `nil` where none had.
    var holds: String?

    init(_ decision: Decision) {
        action = decision.action
        rule = decision.rule?.storable
        reason = decision.reason?.storable
        rulesDigest = decision.rulesDigest.storable
        charges = decision.charges.isEmpty ? nil : Self.text(decision.charges)
    }

    /// The same request refused, because another payload was decided under its identity.
    var asConflict: DecisionOutcome {
        var outcome = self
        outcome.action = .reject
        (outcome.rule, outcome.charges, outcome.holds) = (nil, nil, nil)
        outcome.reason = "another payload was already decided for this requestId"
        outcome.isConflict = true
        return outcome
    }

    mutating func note(holds numbers: [Int64]) {
        holds = numbers.isEmpty ? nil : "[" + numbers.map(String.init).joined(separator: ",") + "]"
    }

    private static func text(_ charges: [LimitCharge]) -> String {
        var json = CanonicalJSON()
        json.open(0x5b)
        for charge in charges {
            json.open(0x7b)
            json.member("amount", charge.amount.description)
            json.member("limit", charge.counter.limit.storable)
            json.member("measure", charge.counter.measure.rawValue)
            json.member("rule", charge.counter.rule.storable)
            json.name("values")
            json.open(0x5b)
            charge.counter.values.forEach { json.string($0.storable) }
            json.close(0x5d)
            json.close(0x7d)
        }
        json.close(0x5d)
        return json.text
    }
}
