// How long to wait before the next try to connect.

import NIOCore

/// Pauses that double from the first to the longest, each shortened by up to a quarter by chance, so that servers that lost
/// one collector do not all come back at once.
struct Backoff: Sendable {
    let first: TimeAmount
    let longest: TimeAmount
    private var step: TimeAmount

    init(first: TimeAmount, longest: TimeAmount) {
        self.first = first
        self.longest = longest
        step = first
    }

    /// The next pause. `chance` is 0 to 255.
    mutating func next(chance: UInt8 = .random(in: .min ... .max)) -> TimeAmount {
        defer { step = min(.nanoseconds(step.nanoseconds * 2), longest) }
        return .nanoseconds(step.nanoseconds - step.nanoseconds / 1_024 * Int64(chance))
    }

    /// After a connection that was good.
    mutating func reset() { step = first }
}
