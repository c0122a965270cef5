// Which refusals are worth a line.

import NIOCore

/// The windows of the peers that were refused lately. A value without clock or output: instants are given to it.
///
/// A peer's window begins with its first refusal and gives it `burst` lines. Memory and lines are bounded: beyond `capacity`
/// peers, the others share one window.
struct RefusalWindows: Sendable {
    /// What a window has left out.
    struct Summary: Sendable, Equatable {
        var peer: String
        var leftOut: Int
    }

    /// Stands for the peers that share a window.
    static let others = "others"

    let length: TimeAmount
    private let burst: Int
    private let capacity: Int
    private var refused: [String: Int] = [:]
    /// All windows have one length, so the first to begin is the first to end.
    private var ends = CircularBuffer<(peer: String, instant: NIODeadline)>()

    init(burst: Int = 10, length: TimeAmount = .seconds(10), capacity: Int = 4_096) {
        self.burst = burst
        self.length = length
        self.capacity = capacity
    }

    /// When the next window ends.
    var nextEnd: NIODeadline? { ends.first?.instant }

    /// Whether this refusal gets a line. Windows that have ended must have been closed.
    mutating func admit(_ peer: String, at instant: NIODeadline) -> Bool {
        let peer = refused[peer] != nil || refused.count < capacity ? peer : Self.others
        if refused[peer] == nil { ends.append((peer, instant + length)) }
        refused[peer, default: 0] += 1
        return refused[peer, default: 0] <= burst
    }

    /// Forgets the windows that have ended, and returns those that left something out.
    mutating func close(endedAt instant: NIODeadline) -> [Summary] {
        var summaries: [Summary] = []
        while let first = ends.first, first.instant <= instant {
            ends.removeFirst()
            guard let count = refused.removeValue(forKey: first.peer), count > burst else { continue }
            summaries.append(Summary(peer: first.peer, leftOut: count - burst))
        }
        return summaries
    }
}
