// Which rejections still ask something at each depth of a search.

import CallbackProtocol

/// Tells early that both files reject: a rejection that asks nothing more fires.
struct UndecidedRows {
    /// By depth, by file: rejections that ask nothing from there on.
    private var decided: [[BitRow]] = []

    init(_ space: DecisionSpace) {
        let rejecting = (0..<2).map { side in space.mask { $0.side == side && $0.kind == .reject } }
        func asking(_ variable: Variable) -> BitRow {
            var rows = BitRow(count: space.rows.count)
            for choice in variable.choices { rows.formUnion(choice.fails) }
            return rows
        }
        // Where a request has no destinations, conditions on them are false.
        var asks = space.destination.reduce(space.nowhere.fails) { $0 | asking($1) }
        decided.append(rejecting.map { $0 - asks })
        for variable in space.request.reversed() {
            asks.formUnion(asking(variable))
            decided.append(rejecting.map { $0 - asks })
        }
        decided.reverse()
    }

    /// Whether each file is sure to reject, with `unless` of some rows off.
    func areRejected(_ alive: BitRow, _ off: BitRow, _ depth: Int) -> Bool {
        decided[depth].allSatisfy { ($0 & alive).intersects(off) }
    }
}
