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
    }

    private let ledger: DecisionLedger
    private let count: Int
    private let state = Mutex(State())
    private static let callers = 12

    init(_ ledger: DecisionLedger, requests: Int) {
        self.ledger = ledger
        count = requests
    }

    /// Returns the answers once every request has one.
    func run() async throws -> [RecordedDecision] {
        let rules = try limited("- { id: day, count: \(count / 2), per: 24h }")
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
                    state.withLock { $0.failures += 1 }
                    await Task.yield()
                }
            }
            state.withLock { $0.answered += 1 }
        }
        return answers
    }

    private func take() -> Int? {
        state.withLock { state in
            guard state.next < count else { return nil }
            state.next += 1
            return state.next
        }
    }

    func answered(atLeast wanted: Int) async throws {
        try #require(wanted < count)
        while state.withLock({ $0.answered }) < wanted { await Task.yield() }
    }

    /// Returns once a caller heard of an error after this call.
    func failed() async throws {
        let before = state.withLock { $0.failures }
        while state.withLock({ $0.failures }) == before { await Task.yield() }
    }

    /// Every answer is the one row of its request, and exactly what the limit lets through was approved.
    func check(_ answers: [RecordedDecision], in place: PostgresPlace) async throws {
        #expect(answers.count == count && state.withLock { $0.failures } > 0)
        #expect(answers.filter { $0.action == .approve }.count == count / 2)
        let reader = try LedgerReader.open(place.store)
        let stored = Dictionary(grouping: try reader.list(), by: \.requestId)
        #expect(stored.count == count)
        for answer in answers {
            let rows = try #require(stored[answer.requestId])
            try #require(rows.count == 1 && rows[0].leafHash == answer.leafHash && rows[0].sequence == answer.sequence)
        }
        #expect(try await place.rows("SELECT count(*) FROM limit_charges") == ["[\(count / 2)]"])
        let report = try LedgerVerifier([reader], key: nil).verify()
        #expect(report.isSound && report.checked == report.size, "\(report.findings)")
        // It goes on without being opened again.
        #expect(try await ledger.record(Ask(requestId: "after")).sequence == Int64(count + 1))
        #expect(ledger.status.isWritable)
    }
}
