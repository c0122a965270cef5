// Checkpoints beside the writer: the log starts anew, and nothing is lost.

import Foundation
import GRDB
import Testing

@testable import DecisionLedger

@Suite(.timeLimit(.minutes(2))) struct CheckpointTests {
    let place: Place

    init() throws {
        place = try Place()
    }

    /// How often the log was started anew: bytes 12 to 15 of its header (SQLite's file format, section 4.1).
    private func checkpointSequence() throws -> [UInt8] {
        let log = try FileHandle(forReadingFrom: URL(fileURLWithPath: place.path + "-wal"))
        defer { try? log.close() }
        return Array(try log.read(upToCount: 16) ?? Data()).suffix(4)
    }

    @Test func theLogStartsAnewWhileDecisionsAreRecorded() async throws {
        let ledger = try place.open { $0.checkpointPages = 100 }
        _ = try await ledger.record(Ask(requestId: "first"))
        let before = try checkpointSequence()
        var count = 1
        while try checkpointSequence() == before {
            _ = try await ledger.record(Ask(requestId: "r\(count)"))
            count += 1
        }
        #expect(count > 10)
        // Not before so many pages of 8 KiB were appended to it, each behind a header of 24 bytes. It keeps its length.
        let log = try FileManager.default.attributesOfItem(atPath: place.path + "-wal")
        #expect(try #require(log[.size] as? Int) >= 100 * (24 + 8192))
        #expect(try await place.rows("SELECT count(*) FROM decisions") == ["[\(count)]"])
        ledger.close()
        #expect(try await place.rows("PRAGMA integrity_check") == [#"["ok"]"#])
    }

    @Test func aReaderThatStaysDelaysTheCheckpointAndNothingElse() async throws {
        let ledger = try place.open { $0.checkpointPages = 8 }
        _ = try await ledger.record(Ask(requestId: "first"))
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let reader = try DatabaseQueue(path: place.path, configuration: configuration)
        let before = try checkpointSequence()
        try await reader.writeWithoutTransaction { db in
            try db.execute(sql: "BEGIN")
            _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM decisions")
        }
        for number in 0..<60 { _ = try await ledger.record(Ask(requestId: "r\(number)")) }
        #expect(try checkpointSequence() == before)
        try await reader.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
        var count = 61
        while try checkpointSequence() == before {
            _ = try await ledger.record(Ask(requestId: "later\(count)"))
            count += 1
        }
        #expect(try await place.rows("SELECT count(*) FROM decisions") == ["[\(count)]"])
    }
}
