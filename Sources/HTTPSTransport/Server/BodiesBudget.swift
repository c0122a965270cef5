// The memory that the requests of all connections may hold together.

import Synchronization

/// Counts bytes of request bodies, and of the heads of HTTP/2 requests, from their arrival until their request is answered
/// or given up. An HTTP/1.1 connection has one head at a time, so the limit on connections bounds those.
///
/// What has arrived is counted, not what was announced: a peer that announces much and sends nothing holds nothing.
/// Connections of all event loops share one budget, so it is a single atomic number.
package final class BodiesBudget: Sendable {
    private let used = Atomic<Int>(0)
    private let limit: Int

    /// `limit` in bytes.
    package init(limit: Int) {
        self.limit = limit
    }

    /// Bytes held now.
    package var bytes: Int { used.load(ordering: .relaxed) }

    /// Whether a body of this many bytes could be held now. A hint for early refusal; it takes nothing.
    func hasRoom(for bytes: Int) -> Bool {
        used.load(ordering: .relaxed) + bytes <= limit
    }

    /// Takes bytes out of the budget; `false`, and nothing taken, where they do not fit.
    func reserve(_ bytes: Int) -> Bool {
        guard used.add(bytes, ordering: .relaxed).newValue <= limit else {
            used.subtract(bytes, ordering: .relaxed)
            return false
        }
        return true
    }

    func release(_ bytes: Int) {
        guard bytes > 0 else { return }
        used.subtract(bytes, ordering: .relaxed)
    }
}
