// Rules on trial: evaluated beside those in force, after the answer left, and never part of it.

import CallbackProtocol
import CallbackRules
import DecisionLedger
import Logging
import Synchronization

/// Compares what shadow rules would have decided with what was decided, logs differences and counts them.
final class ShadowRules: Sendable {
    private let logger: Logger
    private let compared = Atomic<Int>(0)
    private let different = Atomic<Int>(0)

    init(logger: Logger) {
        self.logger = logger
    }

    /// How many decisions were compared, and how many would have been different.
    var counts: (compared: Int, different: Int) {
        (compared.load(ordering: .relaxed), different.load(ordering: .relaxed))
    }

    /// Limits and holds of shadow rules see an empty past: nothing is charged to a rule on trial, and nobody signs for it.
    func compare(
        _ decision: RecordedDecision, of request: AuthenticatedRequest, with shadow: RulesSnapshot,
        at instant: RulesInstant
    ) {
        guard !decision.isRepeat, !decision.isConflict else { return }
        compared.add(1, ordering: .relaxed)
        let other = shadow.decide(request, at: instant)
        guard other.action != decision.action else { return }
        let count = different.add(1, ordering: .relaxed).newValue
        var fields: Logger.Metadata = [
            "event": "shadow_difference", "requestId": "\(decision.requestId)",
            "action": "\(decision.action.rawValue)", "shadowAction": "\(other.action.rawValue)",
            "shadowDigest": "\(shadow.digest)", "differences": .stringConvertible(count),
        ]
        if let rule = decision.rule { fields["rule"] = "\(rule)" }
        if let rule = other.rule { fields["shadowRule"] = "\(rule)" }
        if let reason = other.reason { fields["shadowReason"] = "\(reason)" }
        logger.notice("the shadow rules would have decided otherwise", metadata: fields)
    }
}
