// What a connection has done so far.

import GRDBSQLite

/// The counters of a connection that GRDB opened and keeps alive. Used by the thread that uses the connection.
package struct ConnectionStatus {
    private let connection: OpaquePointer

    /// - Parameter connection: a `sqlite3` that outlives this value.
    package init(_ connection: OpaquePointer) {
        self.connection = connection
    }

    /// Pages written since this was asked last (SQLITE_DBSTATUS_CACHE_WRITE): in WAL mode those that commits appended to the
    /// log, and not what a checkpoint copied.
    package func takePagesWritten() -> Int {
        var (pages, highest): (Int32, Int32) = (0, 0)
        // Fails only for a counter that SQLite does not know; then nothing was counted.
        _ = sqlite3_db_status(connection, SQLITE_DBSTATUS_CACHE_WRITE, &pages, &highest, 1)
        return Int(pages)
    }
}
