// What fails around a PostgreSQL ledger: nothing is lost or counted twice, callers hear of it, and it works again by itself.

import Foundation
import SystemCrypto
import SystemPostgres
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

@Suite(.timeLimit(.minutes(4))) struct PostgresOutageTests {
    private func open(_ place: PostgresPlace, signer: NoteSigner? = nil, memory: String? = nil) throws -> DecisionLedger
    {
        var options = LedgerOptions()
        options.recoveryIntervalMilliseconds = 10
        options.checkpointIntervalMilliseconds = 0
        return try DecisionLedger.open(place.store, signer: signer, memory: memory, options: options)
    }

    @Test func aServerThatIsKilledUnderLoadLosesNothing() async throws {
        let place = try PostgresPlace(on: PostgresServer(), patience: 2000)
        let load = Load(try open(place), requests: 600)
        async let answers = load.run()
        for round in 1...3 {
            try await load.answered(atLeast: round * 100)
            place.server.kill()
            await load.failed()
            try place.server.start()
        }
        try await load.check(try await answers, in: place)
    }

    @Test func sessionsThatEndAtAnyInstantLoseNothing() async throws {
        let place = try PostgresPlace()
        let load = Load(try open(place), requests: 800)
        async let answers = load.run()
        for round in 1...20 {
            try await load.answered(atLeast: round * 30)
            _ = try await place.psql(
                """
                SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
                WHERE datname = '\(place.database)' AND application_name = 'countersign'
                """)
        }
        try await load.check(try await answers, in: place)
    }

    @Test func aReadOnlyDatabaseIsReportedAndUsedAgainLater() async throws {
        let place = try PostgresPlace()
        let ledger = try open(place)
        _ = try await ledger.record(Ask(requestId: "before"))
        _ = try await place.psql("ALTER DATABASE \(place.database) SET default_transaction_read_only = on")
        try await place.endSessions()
        #expect(await ledger.failure(Ask(requestId: "r")) == .readOnly)
        #expect(ledger.status.lastError?.code == .readOnly && !ledger.status.isWritable)
        _ = try await place.server.psql("ALTER DATABASE \(place.database) RESET default_transaction_read_only")
        while !ledger.status.isWritable { await Task.yield() }
        #expect(try await ledger.record(Ask(requestId: "r")).sequence == 2)
    }

    @Test func aConnectionThatEndedWhileNothingHappenedCostsNoRequest() async throws {
        let place = try PostgresPlace()
        let ledger = try open(place)
        for number in 1...3 {
            #expect(try await ledger.record(Ask(requestId: "r\(number)")).sequence == Int64(number))
            try await place.endSessions()
        }
    }

    @Test func aHeadThatSomebodyHoldsIsGivenUpInTime() async throws {
        let place = try PostgresPlace(patience: 1000)
        let ledger = try open(place)
        _ = try await ledger.record(Ask(requestId: "first"))
        let holder = try PostgresConnection.open(place.store.target)
        _ = try holder.executeBatch([("BEGIN", []), ("SELECT 1 FROM ledger_head FOR UPDATE", [])])
        #expect(await ledger.failure(Ask(requestId: "second")) == .locked)
        _ = try holder.execute("ROLLBACK")
        while !ledger.status.isWritable { await Task.yield() }
        #expect(try await ledger.record(Ask(requestId: "second")).sequence == 2)
    }

    /// Nobody waits for it any more, and it would hold the head of the log.
    @Test func aStatementThatNobodyWaitsForEndsAtTheServer() async throws {
        let place = try PostgresPlace(patience: 1000)
        let ledger = try open(place)
        try await place.slowDown(seconds: 3600)
        #expect(await ledger.failure(Ask(requestId: "r")) == .unreachable)
        let sleeping = """
            SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = '\(place.database)'
            """
        while try await place.server.psql(sleeping) != "0" {}
        _ = try await place.psql("DROP TRIGGER rest ON decisions")
        while !ledger.status.isWritable { await Task.yield() }
        #expect(try await ledger.record(Ask(requestId: "r")).sequence == 1)
    }

    /// Each of them is quick enough, and all together are not.
    @Test func manySlowStatementsAreGivenUpTogether() async throws {
        let place = try PostgresPlace(patience: 1000)
        let ledger = try open(place)
        let rules = try limited("- { id: day, count: 100, per: 24h }")
        let (stall, collector) = (Stall(ledger), Collector())
        try await place.slowDown(seconds: 0.3)
        let asks = (0..<12).map { Ask.usd("r\($0)", "1") }
        collector.record(asks.map { rules.propose($0.request, at: RulesInstant(milliseconds: 0)) }, in: ledger)
        stall.release()
        for outcome in try collector.outcomes() {
            if case .failure(let error) = outcome { #expect(error.code == .unreachable) } else { Issue.record("taken") }
        }
        #expect(try await place.rows("SELECT count(*) FROM limit_charges") == ["[0]"])
    }

    @Test func aServerThatSaysNothingIsGivenUpInTime() async throws {
        let place = try PostgresPlace(patience: 1000)
        let ledger = try open(place)
        _ = try await ledger.record(Ask(requestId: "first"))
        let session = try #require(
            Int32(
                try await place.psql(
                    "SELECT pid FROM pg_stat_activity WHERE application_name = 'countersign' AND datname = '\(place.database)'"
                )))
        kill(session, SIGSTOP)
        #expect(await ledger.failure(Ask(requestId: "second")) == .unreachable)
        kill(session, SIGCONT)
        while !ledger.status.isWritable { await Task.yield() }
        let again = try await ledger.record(Ask(requestId: "second"))
        #expect(again.sequence == 2 && again.action == .approve)
    }

    /// With synchronous replication: what the standby has not confirmed is never reported as recorded.
    @Test func aCommitWhoseStandbyIsGoneIsNotReportedAsRecorded() async throws {
        let place = try PostgresPlace(on: PostgresServer(), patience: 1500)
        let ledger = try open(place)
        _ = try await ledger.record(Ask(requestId: "first"))
        func standby(_ setting: String) async throws {
            _ = try await place.server.psql("ALTER SYSTEM \(setting)")
            _ = try await place.server.psql("SELECT pg_reload_conf()")
            let expected = setting.hasPrefix("SET") ? "nobody" : ""
            while try await place.server.psql("SHOW synchronous_standby_names") != expected {}
        }
        try await standby("SET synchronous_standby_names = 'nobody'")
        // Somebody cancels the wait: PostgreSQL calls that committed, with a warning.
        async let cancelled = ledger.failure(Ask(requestId: "second"))
        let cancel = """
            SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity
            WHERE datname = '\(place.database)' AND wait_event = 'SyncRep'
            """
        while try await place.server.psql(cancel) == "0" {}
        #expect(await cancelled == .notDurable)
        // Nobody does: it is given up here, while it still waits there.
        #expect([.unreachable, .locked].contains(await ledger.failure(Ask(requestId: "third"))))
        #expect(!ledger.status.isWritable)
        try await standby("RESET synchronous_standby_names")
        while !ledger.status.isWritable { await Task.yield() }
        for id in ["second", "third"] {
            let again = try await ledger.record(Ask(requestId: id))
            #expect(try await ledger.record(Ask(requestId: id)).sequence == again.sequence)
        }
        #expect(try await place.rows("SELECT count(*) FROM decisions") == ["[3]"])
    }

    /// As when a standby takes over that lacks the newest entries, or has others.
    @Test(arguments: [0, 15]) func anotherHistoryIsRefusedWhileServingAndAtTheNextStart(_ others: Int) async throws {
        let place = try PostgresPlace()
        let signer = try NoteSigner(name: "ledger.example/test", key: Ed25519PrivateKey.generate())
        let memory = try TemporaryDirectory()
        let file = memory.file("ledger.checkpoint").path
        func fill(_ name: String, _ count: Int, _ ledger: DecisionLedger) async throws {
            for number in 0..<count { _ = try await ledger.record(Ask(requestId: "\(name)\(number)")) }
        }
        let first = try open(place, signer: signer, memory: file)
        try await fill("a", 10, first)
        first.close()
        let copy = place.database + "copy"
        try await place.endSessions()
        _ = try await place.server.psql("CREATE DATABASE \(copy) TEMPLATE \(place.database)")
        let diverged = try DecisionLedger.open(PostgresStore(url: place.server.url(copy)), signer: signer)
        try await fill("b", others, diverged)
        diverged.close()
        let ledger = try open(place, signer: signer, memory: file)
        try await fill("c", 10, ledger)
        try await place.endSessions()
        _ = try await place.server.psql("ALTER DATABASE \(place.database) RENAME TO \(place.database)old")
        try await place.endSessions(of: copy)
        _ = try await place.server.psql("ALTER DATABASE \(copy) RENAME TO \(place.database)")
        #expect(await ledger.failure(Ask(requestId: "c0")) == .rolledBack)
        #expect(await ledger.failure(Ask(requestId: "new")) == .rolledBack)
        ledger.close()
        #expect(code { _ = try open(place, signer: signer, memory: file) } == .rolledBack)
    }

    @Test(arguments: [
        ("53100", LedgerError.Code.diskFull), ("58030", .ioError), ("40001", .locked), ("25006", .readOnly),
        ("XX001", .corrupt), ("XX000", .database), ("57P01", .unreachable),
    ])
    func whatTheServerReportsHasItsCodeAndEndsWithItsCause(_ state: String, _ code: LedgerError.Code) async throws {
        let place = try PostgresPlace()
        let ledger = try open(place)
        _ = try await place.psql(
            """
            CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN RAISE EXCEPTION 'said' USING ERRCODE = '\(state)'; END $$;
            CREATE TRIGGER fail BEFORE INSERT ON decisions FOR EACH STATEMENT EXECUTE FUNCTION fail();
            """)
        #expect(await ledger.failure(Ask(requestId: "r")) == code)
        #expect(ledger.status.lastError?.code == code)
        _ = try await place.psql("DROP TRIGGER fail ON decisions")
        while !ledger.status.isWritable { await Task.yield() }
        #expect(try await ledger.record(Ask(requestId: "r")).sequence == 1)
    }

    @Test func aBadRecordDoesNotTakeItsBatchWithIt() async throws {
        let place = try PostgresPlace()
        let ledger = try open(place)
        _ = try await place.psql(
            """
            CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no'; END $$;
            CREATE TRIGGER refuse BEFORE INSERT ON decisions FOR EACH ROW WHEN (NEW.request_id = 'bad')
            EXECUTE FUNCTION refuse();
            """)
        let stall = Stall(ledger)
        let collector = Collector()
        collector.record(["r1", "bad", "r2"].map { Ask(requestId: $0).decision }, in: ledger)
        stall.release()
        let outcomes = try collector.outcomes()
        #expect(try outcomes[0].get().sequence == 2)
        if case .failure(let error) = outcomes[1] { #expect(error.code == .unstorable) } else { Issue.record("taken") }
        #expect(try outcomes[2].get().sequence == 3)
        #expect(ledger.status.isWritable)
    }
}

extension PostgresPlace {
    /// Makes every statement that records decisions take so long.
    func slowDown(seconds: Decimal) async throws {
        _ = try await psql(
            """
            CREATE FUNCTION rest() RETURNS trigger LANGUAGE plpgsql
            AS $$ BEGIN PERFORM pg_sleep_for('\(seconds) s'); RETURN NULL; END $$;
            CREATE TRIGGER rest BEFORE INSERT ON decisions FOR EACH STATEMENT EXECUTE FUNCTION rest();
            """)
    }

    /// Ends every session of the database, and returns when they are gone.
    func endSessions(of database: String? = nil) async throws {
        let name = database ?? self.database
        _ = try await server.psql(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = '\(name)'")
    }
}
