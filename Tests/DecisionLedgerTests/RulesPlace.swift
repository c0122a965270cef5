// A ledger with rules in front of it: what tests of limits and holds share.

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

/// Rules as loaded from text.
func rules(_ text: String) throws -> RulesSnapshot {
    let loaded = RulesSnapshot.load(file: "rules.yaml", text: Array(text.utf8)) { _ in [] }
    return try #require(loaded.snapshot, "\(loaded.diagnostics)")
}

/// Rules that approve transfers of ETH within the limits that `lines` state.
func limited(_ lines: String) throws -> RulesSnapshot {
    try rules(
        """
        rules_version: 1
        name: limited
        time_zone: UTC
        transactions:
          - id: payout
            effect: approve
            when: { operation: TRANSFER, asset: ETH }
            limits:
              \(lines)
        configuration_changes: []
        """)
}

extension Ask {
    /// The request, with amounts that the rules can read.
    var request: AuthenticatedRequest {
        let decision = decision
        guard case .transaction(var transaction) = decision.request.content else { return decision.request }
        for index in transaction.destinations.indices {
            transaction.destinations[index].amountNative = transaction.amount
            transaction.destinations[index].addressType = "WHITELISTED"
        }
        return AuthenticatedRequest(
            origin: decision.request.origin, listener: listener, kind: kind, payload: decision.request.payload,
            content: .transaction(transaction))
    }

    /// A transfer worth so many dollars.
    static func usd(_ id: String, _ usd: String, stage: RequestStage = .signing, note: String = "") -> Ask {
        Ask(requestId: id, stage: stage, note: note, amountUSD: usd)
    }
}

extension DecisionLedger {
    /// Decides by rules that see this ledger, at the clock's time.
    func decide(_ ask: Ask, _ rules: RulesSnapshot, at instant: LedgerInstant? = nil) async throws -> RecordedDecision {
        let now = instant ?? LedgerClock.system.now()
        return try await record(
            rules.propose(ask.request, at: RulesInstant(milliseconds: now.milliseconds)), receivedAt: now)
    }
}
