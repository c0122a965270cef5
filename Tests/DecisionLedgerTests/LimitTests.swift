// Limits are decided in the transaction that records: exact sums over rolling periods, charged once.

import Foundation
import Synchronization
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

@Suite(.bothStores, .timeLimit(.minutes(3))) struct LimitTests {
    let place: Place
    let clock: ManualClock
    let ledger: DecisionLedger

    init() throws {
        (place, clock, ledger) = try Place.atNine()
    }

    private func action(_ ask: Ask, _ rules: RulesSnapshot) async throws -> CallbackAction {
        try await ledger.decide(ask, rules, at: clock.clock.now()).action
    }

    @Test func whatFitsIsApprovedAndWhatDoesNotIsRejectedWithTheLimitsName() async throws {
        let rules = try limited("- { id: day, amount_usd: \"100\", per: 24h }")
        #expect(try await action(.usd("a", "60"), rules) == .approve)
        #expect(try await action(.usd("b", "40"), rules) == .approve)
        let over = try await ledger.decide(.usd("c", "0.00000001"), rules, at: clock.clock.now())
        #expect(over.action == .reject && over.rule == "payout")
        #expect(over.reason?.contains("limit day of rule payout is exceeded") == true)
    }

    @Test func aPeriodRollsByTheLedgersOwnTime() async throws {
        let rules = try limited("- { id: hour, count: 2, per: 1h }")
        #expect(try await action(.usd("a", "1"), rules) == .approve)
        try clock.set("2026-11-23T09:30:00.000Z")
        #expect(try await action(.usd("b", "1"), rules) == .approve)
        try clock.set("2026-11-23T09:59:59.999Z")
        #expect(try await action(.usd("c", "1"), rules) == .reject)
        // The first charge lies a whole period back: it no longer counts.
        try clock.set("2026-11-23T10:00:00.000Z")
        #expect(try await action(.usd("d", "1"), rules) == .approve)
        #expect(try await action(.usd("e", "1"), rules) == .reject)
        // A clock that jumps back does not bring room, nor take it.
        try clock.set("2026-11-23T08:00:00.000Z")
        #expect(try await action(.usd("f", "1"), rules) == .reject)
        try clock.set("2026-11-23T10:30:00.000Z")
        #expect(try await action(.usd("g", "1"), rules) == .approve)
    }

    @Test func approvalAndSigningChargeOnceTheLargerAmountAtTheLaterTime() async throws {
        let rules = try limited("- { id: day, amount_usd: \"100\", per: 24h }")
        #expect(try await action(.usd("a", "60", stage: .approval), rules) == .approve)
        try clock.set("2026-11-23T20:00:00.000Z")
        #expect(try await action(.usd("a", "70", stage: .signing), rules) == .approve)
        #expect(try await action(.usd("b", "31"), rules) == .reject)
        #expect(try await action(.usd("c", "30"), rules) == .approve)
        // A day after the approval, but not yet after the signing.
        try clock.set("2026-11-24T10:00:00.000Z")
        #expect(try await action(.usd("d", "1"), rules) == .reject)
        try clock.set("2026-11-24T20:00:00.000Z")
        #expect(try await action(.usd("e", "100"), rules) == .approve)
    }

    @Test func eachValueOfForEachHasItsOwnCounter() async throws {
        let rules = try limited("- { id: each, count: 1, per: 1h, for_each: [destination.address] }")
        let (one, other) = ("0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8", "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48")
        #expect(try await action(Ask(requestId: "a", address: one), rules) == .approve)
        #expect(try await action(Ask(requestId: "b", address: one.lowercased()), rules) == .reject)
        #expect(try await action(Ask(requestId: "c", address: other), rules) == .approve)
    }

    @Test func retryIsNoFinalAnswerAndChargesNothing() async throws {
        let rules = try limited("- { id: hour, count: 1, per: 1h, when_exceeded: retry }")
        #expect(try await action(.usd("a", "1"), rules) == .approve)
        #expect(try await action(.usd("b", "1"), rules) == .retry)
        #expect(try await action(.usd("b", "1"), rules) == .retry)
        try clock.set("2026-11-23T10:00:00.000Z")
        #expect(try await action(.usd("b", "1"), rules) == .approve)
        #expect(try await place.rows("SELECT count(*) FROM limit_charges") == ["[2]"])
    }

    @Test func aThousandAtOnceApproveExactlyWhatFits() async throws {
        let rules = try limited("- { id: day, amount_usd: \"1000\", per: 24h }")
        let approved = try await withThrowingTaskGroup(of: CallbackAction.self) { group in
            for number in 0..<1000 {
                group.addTask { try await action(.usd("r\(number)", "7"), rules) }
            }
            return try await group.reduce(0) { $0 + ($1 == .approve ? 1 : 0) }
        }
        #expect(approved == 142)
        #expect(try await place.rows("SELECT count(*) FROM decisions") == ["[1000]"])
    }

    @Test func oneRequestFiftyTimesAtOnceIsDecidedOnce() async throws {
        let rules = try limited("- { id: day, count: 5, per: 24h }")
        let sequences = try await withThrowingTaskGroup(of: (Int64, CallbackAction).self) { group in
            for _ in 0..<50 {
                group.addTask {
                    let recorded = try await ledger.decide(.usd("same", "7"), rules, at: clock.clock.now())
                    return (recorded.sequence, recorded.action)
                }
            }
            return try await group.reduce(into: [Int64: CallbackAction]()) { $0[$1.0] = $1.1 }
        }
        #expect(sequences == [1: .approve])
        #expect(try await place.rows("SELECT repeat FROM decisions") == ["[49]"])
        #expect(try await place.rows("SELECT count(*) FROM limit_charges") == ["[1]"])
    }

    /// Every sum that the rules were told is the sum by the definition, whatever was charged, moved and expired before.
    @Test func sumsAreThoseOfTheDefinition() async throws {
        var generator = SeededGenerator(state: 20_261_129)
        let rules = try limited(
            "- { id: hour, amount_usd: \"50\", per: 1h }\n      - { id: day, amount_usd: \"300\", per: 24h }")
        var charges: [String: (at: Int64, amount: Int)] = [:]
        var now: Int64 = 1_795_000_000_000
        for step in 0..<400 {
            now += Int64(Int.random(in: 0..<400_000, using: &generator))
            let id = "r\(Int.random(in: 0...(step / 2), using: &generator))"
            let stage: RequestStage = Int.random(in: 0..<2, using: &generator) == 0 ? .approval : .signing
            let amount = 1 + Int.random(in: 0..<20, using: &generator)
            let instant = LedgerInstant(milliseconds: now)
            try clock.set(instant.description)
            let recorded = try await ledger.decide(.usd(id, String(amount), stage: stage), rules, at: instant)
            if recorded.isRepeat || recorded.isConflict { continue }
            func sum(_ period: Int64) -> Int {
                charges.reduce(0) { $1.key != id && $1.value.at > now - period ? $0 + $1.value.amount : $0 }
            }
            let fits = sum(3_600_000) + amount <= 50 && sum(86_400_000) + amount <= 300
            #expect(recorded.action == (fits ? .approve : .reject), "step \(step)")
            if fits { charges[id] = (now, max(amount, charges[id]?.amount ?? 0)) }
        }
        #expect(charges.count > 30)
        let report = try LedgerVerifier([place.reader()], key: nil).verify()
        #expect(report.isSound, "\(report.findings)")
    }

    @Test func countersOutliveARestart() async throws {
        let rules = try limited("- { id: day, count: 1, per: 24h }")
        #expect(try await action(.usd("a", "1"), rules) == .approve)
        ledger.close()
        let again = try place.open(clock.clock)
        #expect(try await again.decide(.usd("b", "1"), rules, at: clock.clock.now()).action == .reject)
        #expect(try await again.decide(.usd("a", "1"), rules, at: clock.clock.now()).isRepeat)
    }
}
