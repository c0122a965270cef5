// What a replay of recorded requests charges to limits, one request after another.

import CallbackProtocol
import Synchronization

/// Counters of limits while requests are replayed in the order in which they were decided.
package final class ReplayHistory: Sendable {
    private struct Entry {
        var requestId: String
        var seconds: Int64
        var amount: ExactDecimal
    }

    private let entries = Mutex<[LimitCounter: [Entry]]>([:])

    package init() {}

    /// What the request sees: everything charged in the period that ends at its instant, without its own charge.
    /// Nobody has signed anything.
    package func view(of requestId: String, at instant: RulesInstant) -> LedgerView {
        LedgerView(
            charged: { counter, period in
                self.entries.withLock { entries in
                    (entries[counter] ?? []).reduce(.zero) { sum, entry in
                        let counts = entry.seconds > instant.seconds - period && !isSameText(entry.requestId, requestId)
                        return counts ? sum + entry.amount : sum
                    }
                }
            }, hold: { _ in HoldState() })
    }

    /// Charges an approval. Approval and signing of one request charge once, the larger amount.
    package func charge(_ charges: [LimitCharge], for requestId: String, at instant: RulesInstant) {
        entries.withLock { entries in
            for charge in charges {
                var counter = entries[charge.counter] ?? []
                // Nothing looks back further than the period: what is older is forgotten.
                counter.removeAll { $0.seconds <= instant.seconds - charge.period }
                if let index = counter.firstIndex(where: { isSameText($0.requestId, requestId) }) {
                    counter[index].amount = max(counter[index].amount, charge.amount)
                } else {
                    counter.append(Entry(requestId: requestId, seconds: instant.seconds, amount: charge.amount))
                }
                entries[charge.counter] = counter
            }
        }
    }
}
