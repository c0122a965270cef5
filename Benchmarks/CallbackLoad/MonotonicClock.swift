// Time for latencies and schedules.

import Glibc

/// Nanoseconds since some fixed instant, never stepped (clock_gettime(2), CLOCK_MONOTONIC).
enum MonotonicClock {
    static func now() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}
