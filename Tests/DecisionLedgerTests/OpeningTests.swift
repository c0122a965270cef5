// What opening accepts, refuses and makes sure of.

import Foundation
import GRDB
import TestSupport
import Testing

@testable import DecisionLedger

@Suite struct OpeningTests {
    let place: Place

    init() throws {
        place = try Place()
    }

    private func settings(_ ledger: DecisionLedger) throws -> [String] {
        try #require(
            try ledger.withDatabase { db in
                [
                    try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "",
                    try String.fetchOne(db, sql: "PRAGMA synchronous") ?? "",
                ]
            })
    }

    @Test func commitsAreSyncedAfterOpeningAndReopening() throws {
        for _ in 0..<2 {
            let ledger = try place.open()
            #expect(try settings(ledger) == ["wal", "2"])
            ledger.close()
        }
    }

    /// A CHECK with IN over more than two values makes SQLite create, fill and drop a table at every row.
    @Test func aDecisionIsInsertedWithoutATableOfItsOwn() throws {
        let ledger = try place.open()
        let steps = try #require(
            try ledger.withDatabase { db in
                try Row.fetchAll(db, sql: "EXPLAIN INSERT INTO decisions DEFAULT VALUES").map { $0["opcode"] as String }
            })
        #expect(steps.contains("OpenWrite") && !steps.contains("OpenEphemeral"))
        ledger.close()
    }

    @Test(arguments: ["'approve'", "''", "'APPROVE '", "'REJECTED'", "NULL", "1"])
    func anActionThatIsNoneIsNoRow(_ action: String) async throws {
        let ledger = try place.open()
        _ = try await ledger.record(Ask())
        let copied = "UPDATE decisions SET action = \(action) WHERE sequence = 1"
        #expect(throws: DatabaseError.self) {
            try ledger.withDatabase { db in
                try db.execute(sql: "DROP TRIGGER decisions_are_immutable")
                try db.execute(sql: copied)
            }
        }
        ledger.close()
    }

    @Test func aConnectionWithTheModeOfGRDBIsRefused() throws {
        var configuration = Configuration()
        configuration.journalMode = .wal
        let queue = try DatabaseQueue(path: place.path, configuration: configuration)
        let found = code { try queue.writeWithoutTransaction { try LedgerConnection.assertDurable($0) } }
        #expect(found == .notDurable)
    }

    @Test(arguments: [false, true])
    func onlyTheOwnerCanReadTheFiles(existing: Bool) async throws {
        if existing {
            try place.open().close()
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: place.path)
        }
        let ledger = try place.open()
        _ = try await ledger.record(Ask())
        for name in ["", "-wal", "-shm", ".lock"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: place.path + name)
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
    }

    @Test func aSecondServerIsRefusedUntilTheFirstEnds() async throws {
        let first = try place.open()
        let link = place.directory.file("link.sqlite")
        try FileManager.default.createSymbolicLink(atPath: link.path, withDestinationPath: place.path)
        for path in [place.path, link.path, place.directory.url.path + "/./ledger.sqlite"] {
            #expect(code { _ = try DecisionLedger.open(path: path) } == .inUse)
        }
        // As another process sees it.
        #expect(try await run("flock", ["-n", place.path + ".lock", "true"]).status == 1)
        // The refused ones took nothing from the first.
        #expect(try await first.record(Ask()).sequence == 1)
        first.close()
        #expect(try await place.open().record(Ask()).isRepeat)
    }

    @Test func theRefusalNamesTheProcess() throws {
        let first = try place.open()
        do {
            _ = try place.open()
            Issue.record("opened twice")
        } catch let error as LedgerError {
            #expect(error.description.contains("process \(ProcessInfo.processInfo.processIdentifier)"))
            #expect(error.description.contains("ledger.sqlite"))
        }
        first.close()
    }

    @Test func garbageIsRefusedAndKept() throws {
        let garbage = String(repeating: "this is no database ", count: 500)
        try place.directory.write("ledger.sqlite", garbage)
        #expect(code { _ = try place.open() } == .corrupt)
        #expect(try String(contentsOfFile: place.path, encoding: .utf8) == garbage)
    }

    @Test func aDamagedPageIsRefused() async throws {
        let ledger = try place.open()
        for number in 0..<40 { _ = try await ledger.record(Ask(requestId: "r\(number)")) }
        ledger.close()
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: place.path))
        try handle.seek(toOffset: 4096 * 5)
        try handle.write(contentsOf: Data(repeating: 0xa5, count: 4096))
        try handle.close()
        #expect(code { _ = try place.open() } == .corrupt)
    }

    @Test func aNewerSchemaIsRefusedByServerAndReader() async throws {
        try place.open().close()
        try await place.alter("PRAGMA user_version = 99")
        #expect(code { _ = try place.open() } == .newerSchema)
        #expect(code { _ = try place.reader() } == .newerSchema)
    }

    @Test func aLedgerOfAnUnreleasedLayoutIsRefused() async throws {
        try place.open().close()
        try await place.alter("PRAGMA user_version = 1")
        let error = try #require(throws: LedgerError.self) { try place.open() }
        #expect(error.code == .notALedger && error.message.contains("move the file away"))
    }

    @Test func theDatabaseOfAnotherProgramIsRefusedAndUntouched() async throws {
        try await place.alter("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)")
        let before = try Data(contentsOf: URL(fileURLWithPath: place.path))
        #expect(code { _ = try place.open() } == .notALedger)
        #expect(code { _ = try place.reader() } == .notALedger)
        #expect(try Data(contentsOf: URL(fileURLWithPath: place.path)) == before)
    }

    @Test func aMissingDirectoryAndADirectoryAreRefused() throws {
        let missing = place.directory.file("missing/ledger.sqlite").path
        #expect(code { _ = try DecisionLedger.open(path: missing) } == .cannotOpen)
        try FileManager.default.createDirectory(atPath: place.path, withIntermediateDirectories: false)
        #expect(code { _ = try place.open() } == .cannotOpen)
    }

    @Test func theFileSaysWhoseItIs() async throws {
        try place.open().close()
        #expect(try await place.rows("SELECT * FROM pragma_application_id") == ["[\(0x4353_4C47)]"])
        #expect(try await place.rows("SELECT * FROM pragma_user_version") == ["[3]"])
    }

    @Test func recordsAreNeitherChangedNorDeletedByAccident() async throws {
        let ledger = try place.open()
        _ = try await ledger.record(Ask())
        ledger.close()
        for sql in ["DELETE FROM decisions", "UPDATE decisions SET action = 'REJECT'"] {
            let result = try await run(
                "python3",
                [
                    "-c", "import sqlite3,sys;c=sqlite3.connect(sys.argv[1]);c.execute(sys.argv[2]);c.commit()",
                    place.path, sql,
                ])
            #expect(result.status != 0 && result.errorText.contains("decisions"), "\(sql)")
        }
        #expect(try await place.rows("SELECT action FROM decisions") == [#"["APPROVE"]"#])
    }
}
