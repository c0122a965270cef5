// A point on the monotonic clock until which a wait may last.

/// Milliseconds that are left of a time span.
package struct Deadline: Sendable {
    /// From its beginning.
    let milliseconds: Int
    private let end: ContinuousClock.Instant

    package init(milliseconds: Int) {
        self.milliseconds = milliseconds
        end = ContinuousClock.now + .milliseconds(milliseconds)
    }

    /// 0 when the time is over; rounded up, so that a wait never ends early and spins.
    package var remaining: Int {
        let (seconds, attoseconds) = (end - ContinuousClock.now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return Int(seconds) * 1_000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
