// What a connection counts, checked beside the length of the log.

import Foundation
import GRDB
import SystemSQLite
import TestSupport
import Testing

struct ConnectionStatusTests {
    /// What SQLite's file format (section 4) makes of so many pages.
    private func logSize(pages: Int) -> Int { 32 + pages * (24 + 4096) }

    @Test func pagesAreCountedAsTheyAreAppendedToTheLog() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("test.sqlite").path
        let queue = try DatabaseQueue(path: path)
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA page_size = 4096")
            _ = try Row.fetchOne(db, sql: "PRAGMA journal_mode = WAL")
            _ = try Row.fetchOne(db, sql: "PRAGMA wal_autocheckpoint = 0")
            let status = ConnectionStatus(try #require(db.sqliteConnection))
            // Making the file a WAL one writes its first page, beside the log.
            _ = status.takePagesWritten()
            var pages = 0
            for bytes in [1, 100, 5000, 70_000] {
                try db.execute(sql: "CREATE TABLE IF NOT EXISTS t (b)")
                try db.execute(sql: "INSERT INTO t VALUES (randomblob(?))", arguments: [bytes])
                pages += status.takePagesWritten()
                let attributes = try FileManager.default.attributesOfItem(atPath: path + "-wal")
                #expect(attributes[.size] as? Int == logSize(pages: pages))
            }
            #expect(pages > 20)
            _ = try Row.fetchAll(db, sql: "SELECT * FROM t")
            _ = try Row.fetchOne(db, sql: "PRAGMA wal_checkpoint(FULL)")
            let copied = status.takePagesWritten()
            #expect(copied == 0)
        }
        try queue.close()
    }
}
