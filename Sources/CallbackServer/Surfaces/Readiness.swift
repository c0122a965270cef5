// Why a load balancer should not send requests here, if there is a reason.

import DecisionLedger
import NIOConcurrencyHelpers

/// Collects the reasons for not being ready; no reason means ready.
final class Readiness: Sendable {
    private let ledger: DecisionLedger
    private let draining = NIOLockedValueBox(false)

    init(ledger: DecisionLedger) {
        self.ledger = ledger
    }

    func beginDraining() {
        draining.withLockedValue { $0 = true }
    }

    func reasons() -> [String] {
        var reasons = ledger.status.problems
        if draining.withLockedValue({ $0 }) { reasons.append("the server is stopping") }
        return reasons
    }
}
