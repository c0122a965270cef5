// Callers that ask until they are answered, as co-signers do, while a test breaks things.

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

/// Requests with a limit, each asked again after every error until it has an answer.
final class Load: Sendable {
    private struct State {
        var answered = 0
        var failures = 0
        var next = 0
        /// Who waits until so many are answered, or have failed.
        var waiters: [(isDue: @Sendable (State) -> Bool, wake: CheckedContinuation<Void, Never>)] = []

        mutating func takeDue() -> [CheckedContinuation<Void, Never>] {
            let now = self
            defer { waiters.removeAll { $0.isDue(now) } }
            return waiters.filter { $0.isDue(now) }.map(\.wake)
        }
    }

    private let ledger: DecisionLedger
    private let requests: Int
    private let state = Mutex(State())
    private static let callers = 12

    init(_ ledger: DecisionLedger, requests: Int) {
        self.ledger = ledger
        self.requests = requests
    }

    /// Returns the answers once every request has one.
    func run() async throws -> [RecordedDecision] {
        let rules = try limited("- { id: day, count: \(requests / 2), per: 24h }")
        return try await withThrowingTaskGroup(of: [RecordedDecision].self) { group in
            for _ in 0..<Self.callers { group.addTask { try await self.call(rules) } }
            return try await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func call(_ rules: RulesSnapshot) async throws -> [RecordedDecision] {
        var answers: [RecordedDecision] = []
        while let number = take() {
            while true {
                do {
                    answers.append(try await ledger.decide(.usd("r\(number)", "1"), rules))
                    break
                } catch let error as LedgerError {
                    try #require([.unreachable, .locked].contains(error.code), "\(error)")
                    count { $0.failures += 1 }
                }
            }
            count { $0.answered += 1 }
        }
        return answers
    }

    private func take() -> Int? {
        state.withLock { state in
            guard state.next < requests else { return nil }
            state.next += 1
            return state.next
        }
    }

    private func count(_ change: (inout State) -> Void) {
        let due = state.withLock { state in
            change(&state)
            return state.takeDue()
        }
        due.forEach { $0.resume() }
    }

    private func wait(_ isDue: @escaping @Sendable (State) -> Bool) async {
        await withCheckedContinuation { wake in
            count { $0.waiters.append((isDue, wake)) }
        }
    }

    func answered(atLeast wanted: Int) async throws {
        try #require(wanted < requests)
        await wait { $0.answered >= wanted }
    }

    /// Returns once a caller heard of an error after this call.
    func failed() async {
        let before = state.withLock { $0.failures }
        await wait { $0.failures > before }
    }

    /// Every answer is the one row of its request, and exactly what the limit lets through was approved.
    func check(_ answers: [RecordedDecision], in place: PostgresPlace) async throws {
        #expect(answers.count == requests && state.withLock { $0.failures } > 0)
        #expect(answers.filter { $0.action == .approve }.count == requests / 2)
        let reader = try LedgerReader.open(place.store)
        let stored = Dictionary(grouping: try reader.list(), by: \.requestId)
        #expect(stored.count == requests)
        for answer in answers {
            let rows = try #require(stored[answer.requestId])
            try #require(rows.count == 1 && rows[0].leafHash == answer.leafHash && rows[0].sequence == answer.sequence)
        }
        #expect(try await place.rows("SELECT count(*) FROM limit_charges") == ["[\(requests / 2)]"])
        let report = try LedgerVerifier([reader], key: nil).verify()
        #expect(report.isSound && report.checked == report.size, "\(report.findings)")
        // It goes on without being opened again.
        #expect(try await ledger.record(Ask(requestId: "after")).sequence == Int64(requests + 1))
        #expect(ledger.status.isWritable)
    }
}
