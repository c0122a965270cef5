// Several servers over one database: one log, one answer for each request, one sum for each limit.

import Foundation
import Synchronization
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

@Suite(.timeLimit(.minutes(3))) struct PostgresServersTests {
    let place: Place
    let ledgers: [DecisionLedger]

    init() throws {
        let place = try Place(.postgres)
        self.place = place
        ledgers = try (0..<3).map { _ in try place.open() }
    }

    private func isSound() throws -> Bool {
        let report = try LedgerVerifier([place.reader(), place.reader()], key: nil).verify()
        return report.isSound && report.checked == report.size
    }

    @Test func aLimitApprovesExactlyWhatFitsWhoeverIsAsked() async throws {
        let rules = try limited("- { id: day, amount_usd: \"1000\", per: 24h }")
        let ledgers = ledgers
        let approved = try await withThrowingTaskGroup(of: CallbackAction.self) { group in
            for number in 0..<1200 {
                group.addTask { try await ledgers[number % 3].decide(.usd("r\(number)", "7"), rules).action }
            }
            return try await group.reduce(0) { $0 + ($1 == .approve ? 1 : 0) }
        }
        #expect(approved == 142)
        #expect(try await place.rows("SELECT count(*), max(sequence) FROM decisions") == ["[1200,1200]"])
        #expect(try isSound())
    }

    @Test func theSameRequestAtAllServersAtOnceHasOneRowAndOneAnswer() async throws {
        let rules = try limited("- { id: day, count: 5, per: 24h }")
        let ledgers = ledgers
        for round in 0..<5 {
            let answers = try await withThrowingTaskGroup(of: RecordedDecision.self) { group in
                for number in 0..<30 {
                    group.addTask { try await ledgers[number % 3].decide(.usd("same\(round)", "7"), rules) }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers.map(\.sequence)).count == 1 && Set(answers.map(\.leafHash)).count == 1)
            #expect(answers.allSatisfy { $0.action == .approve } && answers.filter { !$0.isRepeat }.count == 1)
        }
        #expect(
            try await place.rows("SELECT count(*), min(repeat), max(repeat) FROM decisions") == ["[5,29,29]"])
        #expect(try await place.rows("SELECT count(*) FROM limit_charges") == ["[5]"])
    }

    @Test func settledDecisionsOfTheSameRequestsMeetAsWell() async throws {
        let ledgers = ledgers
        let collectors = (0..<3).map { _ in Collector() }
        for (collector, ledger) in zip(collectors, ledgers) {
            collector.record((0..<300).map { Ask(requestId: "r\($0 % 150)").decision }, in: ledger)
        }
        let outcomes = try collectors.flatMap { try $0.outcomes() }.map { try $0.get() }
        #expect(outcomes.filter { !$0.isRepeat }.count == 150)
        #expect(
            Dictionary(grouping: outcomes, by: \.requestId).values.allSatisfy { Set($0.map(\.leafHash)).count == 1 })
        #expect(try await place.rows("SELECT count(*), sum(repeat) FROM decisions") == ["[150,750]"])
        #expect(try isSound())
    }

    @Test func aBatchOfHundredsOfRowsIsRecordedWhole() async throws {
        let (stall, collector) = (Stall(ledgers[0]), Collector())
        collector.record((0..<600).map { Ask(requestId: "r\($0)").decision }, in: ledgers[0])
        stall.release()
        #expect(try collector.outcomes().map { try $0.get().sequence } == (2...601).map(Int64.init))
        #expect(try await place.rows("SELECT count(*) FROM decisions") == ["[601]"])
        #expect(try isSound())
    }

    @Test func aReaderSeesOneMomentWhileServersWrite() async throws {
        let ledger = ledgers[0]
        _ = try await ledger.record(Ask(requestId: "first"))
        let seen = try place.reader().source.read { session in
            let before = try session.first("SELECT count(*) FROM decisions")?.integer(0)
            let recorded = DispatchSemaphore(value: 0)
            ledger.record(Ask(requestId: "second").decision) { _ in recorded.signal() }
            recorded.wait()
            return [before, try session.first("SELECT max(sequence) FROM decisions")?.integer(0)]
        }
        #expect(seen == [1, 1])
        #expect(try place.reader().list().count == 2)
    }

    @Test func ofTwoPayloadsOfOneRequestAtTwoServersOneIsRefused() async throws {
        let ledgers = ledgers
        for round in 0..<10 {
            async let one = ledgers[0].record(Ask(requestId: "r\(round)", note: "a"))
            async let other = ledgers[1].record(Ask(requestId: "r\(round)", note: "b"))
            let both = try await [one, other]
            #expect(both.filter(\.isConflict).count == 1 && both.filter { $0.action == .approve }.count == 1)
        }
    }

    /// A server that does not see what another has recorded since it looked: the index stops it. All of its batch are told
    /// RETRY, and what stands is the other server's answer.
    @Test func whatAnotherServerRecordedBetweenLookAndInsertIsAnsweredTheNextTime() async throws {
        let postgres = try #require(place.postgres)
        let rules = try limited("- { id: day, count: 4, per: 24h }")
        let first = try await ledgers[0].decide(.usd("both", "7"), rules)
        let role = "r" + postgres.database
        try await place.alter("CREATE ROLE \(role) LOGIN; GRANT ALL ON ALL TABLES IN SCHEMA public TO \(role)")
        let late = try DecisionLedger.open(PostgresStore(url: postgres.server.url(postgres.database, user: role)))
        try await place.alter(
            """
            ALTER TABLE decisions ENABLE ROW LEVEL SECURITY;
            CREATE POLICY blind ON decisions TO \(role) USING (request_id <> 'both') WITH CHECK (true);
            """)
        let (stall, collector) = (Stall(late), Collector())
        let asks = ["new", "both", "other"].map { Ask.usd($0, "7") }
        collector.record(asks.map { rules.propose($0.request, at: RulesInstant(milliseconds: 0)) }, in: late)
        stall.release()
        for outcome in try collector.outcomes() {
            #expect(throws: LedgerError.self) { try outcome.get() }
            if case .failure(let error) = outcome { #expect(error.code == .corrupt) }
        }
        #expect(try await place.rows("SELECT request_id FROM decisions ORDER BY 1") == [#"["both"]"#, #"["stall"]"#])
        #expect(try await place.rows("SELECT request_id FROM limit_charges") == [#"["both"]"#])
        try await place.alter("DROP POLICY blind ON decisions; ALTER TABLE decisions DISABLE ROW LEVEL SECURITY")
        var answers: [RecordedDecision] = []
        for ask in asks { answers.append(try await late.decide(ask, rules)) }
        #expect(answers.map(\.isRepeat) == [false, true, false] && answers[1].leafHash == first.leafHash)
        // Three of four are charged: one more is approved, and no more than that.
        #expect(try await ledgers[1].decide(.usd("fourth", "7"), rules).action == .approve)
        #expect(try await late.decide(.usd("fifth", "7"), rules).action == .reject)
        #expect(try isSound() && late.status.isWritable)
    }

    @Test func aHoldThatOneServerOpenedIsSignedAtAnother() async throws {
        let desk = try await Desk(required: 1)
        #expect(try await ledgers[0].decide(.usd("big", "5000"), desk.rules).action == .retry)
        let hold = try #require(try await ledgers[1].holds(open: true).first)
        let signature = try await desk.sign(hold.statement.bytes(.approve), by: "alice")
        _ = try await ledgers[1].sign(hold.number, .approve, signature: signature)
        #expect(try await ledgers[2].decide(.usd("big", "5000"), desk.rules).action == .approve)
        #expect(try isSound())
    }

    /// The server plans when the tables are empty, and keeps the plan.
    @Test func noLookUpReadsAWholeIndex() async throws {
        let rules = try limited("- { id: day, count: 2000, per: 24h }")
        let ledger = ledgers[0]
        let filler = String(repeating: "x", count: 180)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<1500 {
                group.addTask { _ = try await ledger.decide(.usd("\(number)\(filler)", "1"), rules) }
            }
            try await group.waitForAll()
        }
        // The session tells its figures at its end.
        ledger.close()
        let blocks = try await place.rows(
            "SELECT idx_blks_hit + idx_blks_read FROM pg_statio_user_indexes WHERE indexrelname = 'limit_charges_pkey'")
        let read = try #require(blocks.first.flatMap { Int($0.dropFirst().dropLast()) })
        // Three ways down a tree of some fifty blocks, one for the look, two for the row.
        #expect((1500..<1500 * 12).contains(read), "\(read)")
    }

    /// Printed, not judged: the machine is shared.
    @Test func theRateOfRecordingIsPrinted() async throws {
        let clock = ContinuousClock()
        let ledger = ledgers[0]
        let settled = try clock.measure {
            let collector = Collector()
            collector.record((0..<4000).map { Ask(requestId: "s\($0)").decision }, in: ledger)
            _ = try collector.outcomes().map { try $0.get() }
        }
        let rules = try limited("- { id: day, amount_usd: \"100000\", per: 24h }")
        let counted = try await clock.measure {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<2000 {
                    group.addTask { _ = try await ledger.decide(.usd("l\(number)", "7"), rules) }
                }
                try await group.waitForAll()
            }
        }
        #expect(try await place.rows("SELECT count(*) FROM decisions") == ["[6000]"])
        print("PostgreSQL ledger: 4000 settled decisions in \(settled), 2000 with a limit in \(counted)")
    }
}
