// What an evaluation wants to know of the past, collected, so that evaluation itself stays free of I/O.

import CallbackProtocol
import Synchronization

/// Answers an evaluation from what is known, and notes what it asked beyond that.
package final class PastFacts: Sendable {
    /// A counter and the period (seconds) over which it is summed.
    package struct Sum: Sendable, Hashable {
        package let counter: LimitCounter
        package let period: Int64
    }

    private struct State {
        var sums: [Sum: ExactDecimal] = [:]
        var holds: [HoldKey: HoldState] = [:]
        var openSums: Set<Sum> = []
        var openHolds: Set<HoldKey> = []
    }

    private let state = Mutex(State())

    init() {}

    /// An empty past as far as nothing is known. Decisions made with it count only if no question stands open after.
    var view: LedgerView {
        LedgerView(
            charged: { counter, period in
                let sum = Sum(counter: counter, period: period)
                return self.state.withLock { state in
                    guard let known = state.sums[sum] else {
                        state.openSums.insert(sum)
                        return .zero
                    }
                    return known
                }
            },
            hold: { key in
                self.state.withLock { state in
                    guard let known = state.holds[key] else {
                        state.openHolds.insert(key)
                        return HoldState()
                    }
                    return known
                }
            })
    }

    /// What was asked and is not known, forgotten with this call.
    func takeQuestions() -> (sums: Set<Sum>, holds: Set<HoldKey>) {
        state.withLock { state in
            defer { (state.openSums, state.openHolds) = ([], []) }
            return (state.openSums, state.openHolds)
        }
    }

    func learn(_ question: Sum, _ answer: ExactDecimal) { state.withLock { $0.sums[question] = answer } }

    func learn(_ question: HoldKey, _ answer: HoldState) { state.withLock { $0.holds[question] = answer } }
}
