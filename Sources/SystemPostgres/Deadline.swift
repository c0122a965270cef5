// A point on the monotonic clock until which a wait may last.

/// Milliseconds that are left of a time span.
struct Deadline {
    private let end: ContinuousClock.Instant

    init(milliseconds: Int) {
        end = ContinuousClock.now + .milliseconds(milliseconds)
    }

    /// 0 when the time is over; rounded up, so that a wait never ends early and spins.
    var remaining: Int {
        let (seconds, attoseconds) = (end - ContinuousClock.now).components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        return Int(seconds) * 1_000 + Int((attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
