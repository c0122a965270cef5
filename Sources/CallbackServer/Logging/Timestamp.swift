// Wall-clock instants and their one text form.

import DecisionLedger
import Foundation

/// An instant of the server's clock.
struct Timestamp: Sendable, CustomStringConvertible {
    let seconds: Int64
    let nanoseconds: Int64

    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    /// Milliseconds since 1970.
    var milliseconds: Int64 { seconds * 1_000 + nanoseconds / 1_000_000 }

    /// The instant this many nanoseconds earlier.
    func earlier(nanoseconds elapsed: Int64) -> Timestamp {
        let total = seconds * 1_000_000_000 + nanoseconds - elapsed
        return Timestamp(seconds: total / 1_000_000_000, nanoseconds: total % 1_000_000_000)
    }

    /// RFC 3339 in UTC with milliseconds: `2026-11-21T09:30:00.123Z`.
    var description: String { LedgerInstant(milliseconds: milliseconds).description }
}
