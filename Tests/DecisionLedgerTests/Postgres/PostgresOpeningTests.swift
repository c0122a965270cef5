// What opening a PostgreSQL ledger accepts, makes and refuses.

import CallbackProtocol
import Foundation
import SystemCrypto
import SystemPostgres
import TestSupport
import Testing

@testable import DecisionLedger

@Suite(.timeLimit(.minutes(2))) struct PostgresOpeningTests {
    let place: Place
    let postgres: PostgresPlace

    init() throws {
        place = try Place(.postgres)
        postgres = try #require(place.postgres)
    }

    @Test func serversThatStartAtOnceOnAnEmptyDatabaseShareOneLedger() async throws {
        let ledgers = try await withThrowingTaskGroup(of: DecisionLedger.self) { group in
            for _ in 0..<6 { group.addTask { try place.open() } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for (number, ledger) in ledgers.enumerated() {
            #expect(try await ledger.record(Ask(requestId: "r\(number)")).sequence == Int64(number + 1))
        }
        #expect(try await ledgers[0].record(Ask(requestId: "r5")).isRepeat)
        #expect(try await place.rows("SELECT count(*), min(version), max(version) FROM ledger_schema") == ["[1,1,1]"])
    }

    @Test func aServerWithAnotherOriginIsRefused() async throws {
        let key = try Ed25519PrivateKey.generate()
        let ours = try NoteSigner(name: "ledger.example/a", key: key)
        let other = try NoteSigner(name: "ledger.example/b", key: key)
        let first = try place.open(signer: ours)
        #expect(code { _ = try place.open(signer: other) } == .wrongOrigin)
        _ = try await first.record(Ask())
        // At once on an empty database: one of the two is refused, whichever is later.
        for _ in 0..<5 {
            let empty = try Place(.postgres)
            let codes = await withTaskGroup(of: LedgerError.Code?.self) { group in
                for signer in [ours, other] { group.addTask { code { try empty.open(signer: signer).close() } } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(codes.filter { $0 == nil }.count == 1 && codes.contains(.wrongOrigin))
        }
    }

    @Test func anotherProgramsTablesAreRefusedAndUntouched() async throws {
        try await place.alter("CREATE TABLE theirs (a int); INSERT INTO theirs VALUES (1)")
        #expect(code { _ = try place.open() } == .notALedger)
        #expect(code { _ = try place.reader() } == .notALedger)
        #expect(try await place.rows("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == ["[1]"])
    }

    @Test func aNewerSchemaIsRefusedByServerAndReader() async throws {
        try place.open().close()
        try await place.alter("UPDATE ledger_schema SET version = 99")
        #expect(code { _ = try place.open() } == .newerSchema)
        #expect(code { _ = try place.reader() } == .newerSchema)
    }

    @Test(arguments: [
        "DELETE FROM decisions", "TRUNCATE decisions", "UPDATE decisions SET action = 'REJECT'",
        "UPDATE decisions SET payload = ''", "DELETE FROM hold_events", "TRUNCATE hold_events",
        "UPDATE hold_events SET record = ''",
    ])
    func recordsAreNeitherChangedNorDeletedByAccident(_ sql: String) async throws {
        let ledger = try place.open()
        _ = try await ledger.record(Ask())
        await #expect(throws: PostgresServerError.self) { try await place.alter(sql) }
        #expect(try await place.rows("SELECT action FROM decisions") == [#"["APPROVE"]"#])
    }

    @Test func aReaderCannotWriteAndTheWriterIsDurable() async throws {
        let ledger = try place.open()
        _ = try await ledger.record(Ask())
        let reader = try place.reader()
        #expect(code { _ = try reader.source.read { try $0.execute("DELETE FROM limit_sums", []) } } == .readOnly)
        #expect(try reader.list().count == 1)
        let commit = try reader.source.read { try $0.first("SHOW synchronous_commit")?.text(0) }
        #expect(commit == "on")
    }

    @Test func whatCannotBeReachedOrIsNotPermittedSaysSo() throws {
        let server = postgres.server
        let closed = try PostgresStore(url: "postgresql://admin@/x?host=\(server.directory)&port=1")
        #expect(code { _ = try DecisionLedger.open(closed) } == .unreachable)
        let missing = try PostgresStore(url: server.url("nosuchdatabase"))
        #expect(code { _ = try LedgerReader.open(missing) } == .unreachable)
        let wrong = try PostgresStore(
            url: server.networkURL(postgres.database, user: "admin"), password: "wrong")
        #expect(code { _ = try DecisionLedger.open(wrong) } == .cannotOpen)
        #expect(code { _ = try PostgresStore(url: "postgresql://admin:secret@localhost/x") } == .cannotOpen)
        #expect("\(wrong)" == "127.0.0.1:\(server.port)/\(postgres.database)")
        #expect(!String(reflecting: wrong).contains("wrong"))
    }

    /// A server role needs no right to make or drop anything once the tables are there.
    @Test func aRoleWithFewRightsCanServe() async throws {
        try place.open().close()
        let role = "r" + postgres.database
        try await place.alter(
            """
            CREATE ROLE \(role) LOGIN;
            REVOKE CREATE ON SCHEMA public FROM PUBLIC;
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO \(role);
            GRANT INSERT ON decisions, tree_nodes, checkpoints, rules_texts, limit_counters, limit_charges, limit_sums,
                holds, hold_events TO \(role);
            GRANT UPDATE (repeat) ON decisions TO \(role);
            GRANT UPDATE ON ledger_head, limit_charges, limit_sums, holds TO \(role);
            """)
        let server = postgres.server
        let store = try PostgresStore(
            url: "postgresql://\(role)@/\(postgres.database)?host=\(server.directory)&port=\(server.port)")
        let ledger = try DecisionLedger.open(store)
        let rules = try limited("- { id: day, amount_usd: \"100\", per: 24h }")
        #expect(try await ledger.decide(.usd("a", "60"), rules).action == .approve)
        #expect(try await ledger.decide(.usd("b", "60"), rules).action == .reject)
        #expect(try await ledger.decide(.usd("b", "60"), rules).isRepeat)
        try await ledger.keep(rulesDigest: "sha256:x", files: [("rules.yaml", [1, 2])])
        #expect(try LedgerReader.open(store).rulesTexts(digest: "sha256:x").count == 1)
    }
}
