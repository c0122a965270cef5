// The instant at which rules are evaluated. A parameter: this module has no clock.

/// Seconds and nanoseconds since 1970-01-01T00:00:00Z, without leap seconds.
package struct RulesInstant: Sendable, Hashable, Comparable {
    /// Whole seconds; negative before 1970.
    package var seconds: Int64
    /// 0 to 999,999,999, counted forwards from `seconds`.
    package var nanoseconds: Int32

    package init(seconds: Int64, nanoseconds: Int32 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    package static func < (left: RulesInstant, right: RulesInstant) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}

extension RulesInstant: CustomStringConvertible {
    /// RFC 3339 in UTC, whole seconds: `2026-11-21T09:30:00Z`.
    package var description: String {
        let local = LocalTime(secondsSinceEpoch: seconds, offset: 0)
        return local.day.description + "T" + local.clock(seconds: true) + "Z"
    }
}
