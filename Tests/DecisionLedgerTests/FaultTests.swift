// What fails around the ledger: nothing is reported as recorded that is not, and it recovers when the cause ends.

import CallbackProtocol
import Foundation
import GRDB
import TestSupport
import Testing

@testable import DecisionLedger

@Suite(.timeLimit(.minutes(2))) struct FaultTests {
    let place: Place
    let ledger: DecisionLedger

    init() throws {
        place = try Place()
        ledger = try place.open()
    }

    private func execute(_ sql: String) throws {
        _ = try ledger.withDatabase { try $0.execute(sql: sql) }
    }

    @Test func aFullDiskIsReportedAndTheLedgerRecovers() async throws {
        _ = try await ledger.record(Ask(requestId: "before"))
        let pages = try #require(try ledger.withDatabase { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 })
        try execute("PRAGMA max_page_count = \(pages + 8)")
        var recorded = 1
        var failure: LedgerError.Code?
        for number in 0..<100 where failure == nil {
            failure = await ledger.failure(
                Ask(requestId: "r\(number)", note: String(repeating: "x", count: 3000)))
            if failure == nil { recorded += 1 }
        }
        #expect(failure == .diskFull)
        #expect(try await place.python("SELECT count(*) FROM decisions") == ["[\(recorded)]"])
        // What was decided is still answered, as that takes no room.
        #expect(try await ledger.record(Ask(requestId: "before")).isRepeat)
        try execute("PRAGMA max_page_count = 1000000")
        #expect(try await ledger.record(Ask(requestId: "after")).sequence == Int64(recorded + 1))
        #expect(ledger.status.isWritable)
    }

    @Test func aReadOnlyDatabaseIsReportedAndOpenedAgain() async throws {
        try execute("PRAGMA query_only = 1")
        #expect(await ledger.failure(Ask()) == .readOnly)
        #expect(try await ledger.record(Ask()).isRepeat == false)
        #expect(try ledger.withDatabase { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
    }

    @Test func aFailedCommitIsNotReportedAsRecorded() async throws {
        final class FailingCommit: TransactionObserver {
            func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
            func databaseDidChange(with event: DatabaseEvent) {}
            func databaseWillCommit() throws { throw DatabaseError(resultCode: .SQLITE_IOERR_FSYNC) }
            func databaseDidCommit(_ db: Database) {}
            func databaseDidRollback(_ db: Database) {}
        }
        let observer = FailingCommit()
        _ = try ledger.withDatabase { $0.add(transactionObserver: observer) }
        let stall = Collector()
        stall.record((0..<5).map { Ask(requestId: "r\($0)").decision }, in: ledger)
        let failed = try stall.outcomes().compactMap { outcome in
            if case .failure(let error) = outcome { error.code } else { nil }
        }
        #expect(!failed.isEmpty && failed.allSatisfy { $0 == .ioError })
        // The connection was replaced, durable again, and the same request is decided once.
        let ask = Ask(requestId: "r0")
        let recorded = try await ledger.record(ask)
        #expect(try await ledger.record(ask).sequence == recorded.sequence)
        #expect(
            try await place.python("SELECT count(*) FROM decisions WHERE request_id = 'r0'") == ["[1]"])
        #expect(try ledger.withDatabase { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        withExtendedLifetime(observer) {}
    }

    @Test func aLockHeldByAnotherProcessEndsInAnErrorAndThenInRecovery() async throws {
        let holder = try Conversation(
            """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN IMMEDIATE')
            print('held', flush=True)
            sys.stdin.readline()
            c.execute('ROLLBACK')
            """, place.path)
        #expect(await holder.line() == "held")
        let collector = Collector()
        collector.record((0..<10).map { Ask(requestId: "r\($0)").decision }, in: ledger)
        for outcome in try collector.outcomes() {
            #expect(throws: LedgerError.self) { try outcome.get() }
            if case .failure(let error) = outcome { #expect(error.code == .locked) }
        }
        #expect(ledger.status.lastError?.code == .locked && !ledger.status.isWritable)
        #expect(await holder.end() == 0)
        // Readiness returns without any request.
        while !ledger.status.isWritable { await Task.yield() }
        #expect(try await ledger.record(Ask(requestId: "r0")).sequence == 1)
    }

    @Test func aReaderOfAnotherProcessDoesNotDisturb() async throws {
        _ = try await ledger.record(Ask(requestId: "first"))
        let reader = try Conversation(
            """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1], isolation_level=None); c.execute('BEGIN')
            for line in range(2):
                print(c.execute('SELECT count(*) FROM decisions').fetchone()[0], flush=True)
                sys.stdin.readline()
            """, place.path)
        #expect(await reader.line() == "1")
        #expect(try await ledger.record(Ask(requestId: "second")).sequence == 2)
        try reader.say()
        #expect(await reader.line() == "1")
        #expect(await reader.end() == 0)
    }

    @Test func aBadRecordDoesNotTakeItsBatchWithIt() async throws {
        try execute(
            """
            CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.decisions WHEN NEW.request_id = 'bad'
            BEGIN SELECT raise(ABORT, 'no'); END
            """)
        let stall = Stall(ledger)
        let collector = Collector()
        collector.record(["r1", "bad", "r2"].map { Ask(requestId: $0).decision }, in: ledger)
        stall.release()
        let outcomes = try collector.outcomes()
        #expect(try outcomes[0].get().sequence == 2)
        #expect(throws: LedgerError.self) { try outcomes[1].get() }
        #expect(try outcomes[2].get().sequence == 3)
        #expect(
            try await place.python("SELECT request_id FROM decisions ORDER BY sequence")
                == [#"["stall"]"#, #"["r1"]"#, #"["r2"]"#])
        #expect(ledger.status.isWritable)
    }

    @Test func anErrorThatEndsTheTransactionFailsNoOtherDecision() async throws {
        try execute(
            """
            CREATE TEMP TRIGGER refuse BEFORE INSERT ON main.decisions WHEN NEW.request_id = 'bad'
            BEGIN SELECT raise(ROLLBACK, 'no'); END
            """)
        let stall = Stall(ledger)
        let collector = Collector()
        collector.record(["r1", "bad", "r2"].map { Ask(requestId: $0).decision }, in: ledger)
        stall.release()
        let outcomes = try collector.outcomes()
        #expect(try outcomes[0].get().sequence == 2)
        #expect(throws: LedgerError.self) { try outcomes[1].get() }
        #expect(try outcomes[2].get().sequence == 3)
        #expect(
            try await place.python("SELECT request_id FROM decisions ORDER BY sequence")
                == [#"["stall"]"#, #"["r1"]"#, #"["r2"]"#])
    }

    @Test func aRemovedLogIsNoticedBeforeTheAnswer() async throws {
        _ = try await ledger.record(Ask(requestId: "first"))
        try FileManager.default.removeItem(atPath: place.path + "-wal")
        #expect(await ledger.failure(Ask(requestId: "second")) == .fileReplaced)
        let second = try await ledger.record(Ask(requestId: "second"))
        #expect(second.action == .approve)
        #expect(
            try await place.python("SELECT request_id FROM decisions ORDER BY sequence")
                == [#"["first"]"#, #"["second"]"#])
    }

    @Test func aReplacedFileIsNeverTakenForTheLedger() async throws {
        _ = try await ledger.record(Ask(requestId: "first"))
        let away = place.directory.file("away.sqlite").path
        try FileManager.default.moveItem(atPath: place.path, toPath: away)
        for _ in 0..<3 { #expect(await ledger.failure(Ask(requestId: "second")) == .fileReplaced) }
        #expect(!FileManager.default.fileExists(atPath: place.path))
        #expect(!ledger.status.isWritable)
        try FileManager.default.moveItem(atPath: away, toPath: place.path)
        #expect(try await ledger.record(Ask(requestId: "first")).isRepeat)
    }

    @Test func littleFreeSpaceIsReportedBeforeTheDiskIsFull() throws {
        let other = try Place()
        let ledger = try other.open { $0.minimumFreeBytes = .max }
        #expect(ledger.status.problems.contains { $0.contains("MiB free") })
        #expect(ledger.status.freeBytes ?? 0 > 0)
    }
}

/// A Python script that prints a line and waits for one. It ends with the test, as its standard input does.
private final class Conversation: Sendable {
    private let child: ChildProcess
    private let input = Pipe()
    private let output = Pipe()

    init(_ script: String, _ argument: String) throws {
        child = try ChildProcess(
            ["python3", "-c", script, argument], input: input.fileHandleForReading.fileDescriptor,
            output: output.fileHandleForWriting.fileDescriptor, errors: FileHandle.standardError.fileDescriptor)
        try input.fileHandleForReading.close()
        try output.fileHandleForWriting.close()
    }

    /// The next line that it prints, or what there is of it when the script ends.
    func line() async -> String {
        await blocking { [output] in
            var bytes: [UInt8] = []
            while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first, byte != 0x0a {
                bytes.append(byte)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Gives it the line that it waits for.
    func say() throws {
        try input.fileHandleForWriting.write(contentsOf: Data([0x0a]))
    }

    /// Ends its input and returns its exit code.
    func end() async -> Int32 {
        await blocking { [input, child] in
            try? input.fileHandleForWriting.close()
            return child.wait()
        }
    }

    private func blocking<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: body()) }
        }
    }
}
