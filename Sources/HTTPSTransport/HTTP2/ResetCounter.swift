// Notices peers that open and reset streams again and again (CVE-2023-44487, CVE-2025-8671).

import NIOCore

/// Counts resets in windows of ten seconds.
struct ResetCounter {
    static let limit = 200
    /// Of streams beyond the allowed number, which a peer may open before it knows that number (RFC 9113 section 5.1.2). They
    /// cost little more than their own bytes.
    static let refusedLimit = 2_000
    static let window = TimeAmount.seconds(10)

    private var windowEnd: NIODeadline?
    private var count = 0
    private let most: Int

    init(most: Int = limit) {
        self.most = most
    }

    /// Counts one reset; `true` when there have been too many in this window.
    mutating func isTooMany(at now: NIODeadline) -> Bool {
        if windowEnd.map({ now >= $0 }) ?? true {
            windowEnd = now + Self.window
            count = 0
        }
        count += 1
        return count > most
    }
}
