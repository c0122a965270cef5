// The ledger's bounds. The defaults suit a server with a deadline of 20 seconds.

/// Bounds of a ledger: how much may wait, for how long, and how much free space is enough.
package struct LedgerOptions: Sendable {
    /// Decisions that may wait; more are refused at once with `queue_full`.
    package var queueCapacity = 4096
    /// Payload bytes that may wait; more are refused at once with `queue_full`.
    package var queueBytes = 64 << 20
    /// Decisions in one transaction.
    package var batchLimit = 512
    /// How long a transaction waits for another process's lock, in milliseconds. A waiter sees it at most twice.
    package var lockWaitMilliseconds = 2000
    /// Free bytes on the file system below which the ledger reports that it is not ready.
    package var minimumFreeBytes: UInt64 = 256 << 20
    /// Pause between attempts to write again after a failure while nothing waits, in milliseconds.
    package var recoveryIntervalMilliseconds = 500

    /// The least time between two signed checkpoints, and the longest that an entry waits for one, in milliseconds.
    package var checkpointIntervalMilliseconds = 1000
    /// Members of payloads that are not stored in clear (`ledger.mask`).
    package var mask: [String] = []

    /// How many pages are appended to the log before it is copied to the main file, of 8 KiB each. What comes meanwhile has
    /// as much room again before SQLite's own checkpoint (`LedgerConnection`).
    package var checkpointPages = 4000

    package init() {}
}
