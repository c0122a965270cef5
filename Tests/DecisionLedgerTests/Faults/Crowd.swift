// Callers that ask at once, and how long they are patient.

import Dispatch
import Synchronization
import Testing

@testable import CallbackRules
@testable import DecisionLedger

/// Collects the outcome of each request. Promise 5: each comes exactly once, in bounded time.
final class Crowd: Sendable {
    typealias Outcome = Result<RecordedDecision, LedgerError>
    private let outcomes: Mutex<[Int: [Outcome]]> = Mutex([:])
    private let group = DispatchGroup()
    /// Far above what any of these disks needs; only a hang is longer.
    private static let patience = DispatchTimeInterval.seconds(60)

    /// One caller after another, and then all in one transaction (at most 15 of them): the same at every run.
    func askInTurn(_ proposals: [Proposal], of ledger: DecisionLedger, at instant: LedgerInstant) throws -> [Outcome] {
        ask(proposals, of: ledger, at: instant, deferred: true)
        ledger.flush()
        return try all(proposals.count)
    }

    /// Asks without waiting for the answers.
    func ask(_ proposals: [Proposal], of ledger: DecisionLedger, at instant: LedgerInstant, deferred: Bool) {
        for (index, proposal) in proposals.enumerated() {
            ask(index, proposal, of: ledger, instant, deferred: deferred)
        }
    }

    /// Every caller on a thread of its own, as far as there are threads.
    func askAtOnce(_ proposals: [Proposal], of ledger: DecisionLedger, at instant: LedgerInstant) throws -> [Outcome] {
        DispatchQueue.concurrentPerform(iterations: proposals.count) { index in
            ask(index, proposals[index], of: ledger, instant, deferred: false)
        }
        return try all(proposals.count)
    }

    private func ask(
        _ index: Int, _ proposal: Proposal, of ledger: DecisionLedger, _ instant: LedgerInstant, deferred: Bool
    ) {
        group.enter()
        ledger.record(proposal, receivedAt: instant, deferred: deferred) { outcome in
            self.outcomes.withLock { $0[index, default: []].append(outcome) }
            self.group.leave()
        }
    }

    /// Waits for the answers.
    func all(_ count: Int) throws -> [Outcome] {
        try #require(group.wait(timeout: .now() + Self.patience) == .success, "5: a caller heard nothing")
        return try outcomes.withLock { outcomes in
            try (0..<count).map { index in
                let heard = outcomes[index] ?? []
                try #require(heard.count == 1, "5: a caller heard \(heard.count) answers")
                return heard[0]
            }
        }
    }
}
