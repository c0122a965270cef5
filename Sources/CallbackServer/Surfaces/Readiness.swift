// Why a load balancer should not send requests here, if there is a reason.

import DecisionLedger
import NIOConcurrencyHelpers

/// Collects the reasons for not being ready; no reason means ready.
final class Readiness: Sendable {
    private let ledger: DecisionLedger
    private let reloader: RulesReloader
    private let sinks: DecisionSinks
    private let draining = NIOLockedValueBox(false)

    init(ledger: DecisionLedger, reloader: RulesReloader, sinks: DecisionSinks) {
        self.ledger = ledger
        self.reloader = reloader
        self.sinks = sinks
    }

    func beginDraining() {
        draining.withLockedValue { $0 = true }
    }

    func reasons() -> [String] {
        var reasons = ledger.status.problems
        if draining.withLockedValue({ $0 }) { reasons.append("the server is stopping") }
        return reasons
    }

    /// What somebody should look at although the server is ready.
    func warnings() -> [String] {
        let reload = reloader.lastFailure.map {
            ["the last reload of the rules failed, the old ones are in force: \($0)"]
        }
        return (reload ?? []) + sinks.warnings
    }
}
