// Where the ledger takes the time from. Tests choose it.

import Glibc

/// Tells the time of day. The ledger never lets `recordedAt` go back, whatever this says.
package struct LedgerClock: Sendable {
    package var now: @Sendable () -> LedgerInstant

    package init(_ now: @escaping @Sendable () -> LedgerInstant) {
        self.now = now
    }

    /// The system's clock.
    package static let system = LedgerClock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return LedgerInstant(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
