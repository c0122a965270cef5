// What a replay of recorded requests charges to limits, one request after another.

import CallbackProtocol
import Synchronization

/// Counters of limits while requests are replayed in the order in which they were decided.
package final class ReplayHistory: Sendable {
    private struct Entry {
        var requestId: String
        var milliseconds: Int64
        var amount: ExactDecimal
    }

    private let entries = Mutex<[LimitCounter: [Entry]]>([:])

    package init() {}

    /// What the request sees: everything charged in the period that ends at `milliseconds` of the ledger's time, without
    /// its own charge; and what people had said.
    package func view(
        of requestId: String, at milliseconds: Int64, holds: [HoldKey: HoldState] = [:]
    ) -> LedgerView {
        LedgerView(
            charged: { counter, period in
                self.entries.withLock { entries in
                    (entries[counter] ?? []).reduce(.zero) { sum, entry in
                        let counts =
                            entry.milliseconds > milliseconds - period * 1000 && !isSameText(entry.requestId, requestId)
                        return counts ? sum + entry.amount : sum
                    }
                }
            }, hold: { holds[$0] ?? HoldState() })
    }

    /// Charges an approval. Approval and signing of one request charge once: the larger amount, at the later time.
    package func charge(_ charges: [LimitCharge], for requestId: String, at milliseconds: Int64) {
        entries.withLock { entries in
            for charge in charges {
                var counter = entries[charge.counter] ?? []
                let own = counter.firstIndex { isSameText($0.requestId, requestId) }
                let before = own.map { counter.remove(at: $0).amount } ?? .zero
                // Nothing looks back further than the period: what is older is forgotten.
                counter.removeAll { $0.milliseconds <= milliseconds - charge.period * 1000 }
                counter.append(
                    Entry(requestId: requestId, milliseconds: milliseconds, amount: max(before, charge.amount)))
                entries[charge.counter] = counter
            }
        }
    }
}
