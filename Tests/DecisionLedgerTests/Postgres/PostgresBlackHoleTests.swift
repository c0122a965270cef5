// A network in which packets vanish and nobody is told: every caller is answered within the server's deadline, nothing is
// lost or counted twice, and it works again by itself.

import Foundation
import SystemCrypto
import SystemPostgres
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

@Suite(.timeLimit(.minutes(4))) struct PostgresBlackHoleTests {
    /// A ledger behind a way that can go dark.
    private struct Far {
        let place: PostgresPlace
        let hole: BlackHole
        let ledger: DecisionLedger
        private static let patience = 2000

        init(tls: Bool = false, recoveryInterval: Int = 10) throws {
            place = try PostgresPlace()
            hole = try BlackHole(to: place.server.port)
            let store = try place.store(
                port: hole.port, "sslmode=\(tls ? "require" : "disable")", patience: Far.patience)
            var options = LedgerOptions()
            options.recoveryIntervalMilliseconds = recoveryInterval
            ledger = try DecisionLedger.open(store, options: options)
        }

        /// Why a request is not decided, before its co-signer would be told RETRY: a server of this deadline gives its
        /// ledger 2 s less (docs/operations.md, "Time").
        func refusal(_ ask: Ask, _ rules: RulesSnapshot) async throws -> LedgerError.Code? {
            let clock = ContinuousClock()
            let deadline = clock.now + .milliseconds(Far.patience + 2000)
            var refusal: LedgerError.Code?
            do { _ = try await ledger.decide(ask, rules) } catch let error as LedgerError { refusal = error.code }
            #expect(clock.now < deadline)
            return refusal
        }
    }

    private let rules: RulesSnapshot

    init() throws {
        rules = try limited("- { id: day, amount_usd: \"100\", per: 24h }")
    }

    /// Asks again after each error, as co-signers do.
    private func insist(_ ask: Ask, _ ledger: DecisionLedger) async throws -> RecordedDecision {
        while true {
            do {
                return try await ledger.decide(ask, rules)
            } catch let error as LedgerError {
                try #require([.unreachable, .locked].contains(error.code), "\(error)")
            }
        }
    }

    @Test(arguments: [[BlackHole.Direction.toServer], [.toClient], [.toServer, .toClient]], [false, true])
    func callersHearInTimeAndTheLedgerComesBackByItself(_ dark: [BlackHole.Direction], _ tls: Bool) async throws {
        let far = try Far(tls: tls)
        _ = try await far.ledger.record(Ask(requestId: "first"))
        far.hole.goDark(dark)
        // Over the connection that stands, and then over none.
        #expect(try await far.refusal(.usd("second", "1"), rules) == .unreachable)
        #expect(try await far.refusal(.usd("second", "1"), rules) == .unreachable)
        #expect(!far.ledger.status.isWritable)
        far.hole.clear()
        while !far.ledger.status.isWritable { await Task.yield() }
        #expect(try await far.ledger.decide(.usd("second", "1"), rules).sequence == 2)
    }

    /// Before BEGIN, between any two statements, and while COMMIT or its answer is on the way.
    @Test(arguments: BlackHole.Direction.allCases)
    func whereverInADecisionTheNetworkEndsItIsDecidedOnce(_ direction: BlackHole.Direction) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for sixth in 0..<6 { group.addTask { try await self.decide(direction, darkAfter: sixth) } }
            try await group.waitForAll()
        }
    }

    private func decide(_ direction: BlackHole.Direction, darkAfter sixths: Int) async throws {
        let far = try Far()
        for id in ["a", "b"] { _ = try await far.ledger.decide(.usd(id, "10"), rules) }
        let before = far.hole.passed(direction)
        _ = try await far.ledger.decide(.usd("c", "10"), rules)
        far.hole.goDark([direction], after: (far.hole.passed(direction) - before) * sixths / 6)
        #expect(try await far.refusal(.usd("d", "60"), rules) == .unreachable)
        far.hole.clear()
        let answer = try await insist(.usd("d", "60"), far.ledger)
        #expect(answer.action == .approve && answer.sequence == 4)
        let rows = try await far.place.rows("SELECT encode(leaf_hash, 'hex') FROM decisions WHERE request_id = 'd'")
        #expect(rows == ["[\"\(Hexadecimal.encode(answer.leafHash))\"]"])
        // Counted once: of 100 dollars, 10 are left.
        #expect(try await insist(.usd("e", "11"), far.ledger).action == .reject)
        #expect(try await insist(.usd("f", "10"), far.ledger).action == .approve)
        let report = try LedgerVerifier([LedgerReader.open(far.place.store)], key: nil).verify()
        #expect(report.isSound && report.checked == 6, "\(report.findings)")
    }

    @Test func aRollbackThatVanishesHoldsNoCallerBack() async throws {
        // Nothing but the callers' own decisions goes over the wire.
        let far = try Far(recoveryInterval: 600_000)
        for id in ["a", "b"] { _ = try await far.ledger.decide(.usd(id, "1"), rules) }
        let holder = try PostgresConnection.open(far.place.store.target)
        _ = try holder.executeBatch([("BEGIN", []), ("SELECT 1 FROM ledger_head FOR UPDATE", [])])
        let before = far.hole.passed(.toServer)
        #expect(try await far.refusal(.usd("c", "1"), rules) == .locked)
        // The same without its ROLLBACK, which is shorter than the look at the head.
        far.hole.goDark([.toServer], after: (far.hole.passed(.toServer) - before) * 2 / 3)
        #expect(try await far.refusal(.usd("c", "1"), rules) == .locked)
        far.hole.clear()
        _ = try holder.execute("ROLLBACK")
        #expect(try await insist(.usd("c", "1"), far.ledger).sequence == 3)
    }

    /// It holds the head of the log, and is never heard of again.
    @Test func aServerThatVanishesInItsTransactionIsNotWaitedForForever() async throws {
        let far = try Far()
        let other = try DecisionLedger.open(far.place.store)
        _ = try await far.ledger.decide(.usd("a", "1"), rules)
        far.hole.goDark([.toClient])
        async let refusal = far.refusal(.usd("b", "1"), rules)
        let idle = """
            SELECT count(*) FROM pg_stat_activity
            WHERE state = 'idle in transaction' AND datname = '\(far.place.database)'
            """
        while try await far.place.psql(idle) == "0" {}
        far.hole.goDark()
        #expect(try await refusal == .unreachable)
        #expect(try await insist(.usd("c", "1"), other).sequence == 2)
        far.hole.clear()
        #expect(try await insist(.usd("b", "1"), far.ledger).sequence == 3)
    }
}
