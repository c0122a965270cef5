// What rows still ask once some fields were chosen: equal futures decide equally.

import CallbackProtocol

/// For every depth of the search, what each row still asks and leads to, as a number that is equal where that is.
struct Futures {
    private let rows: [Row]
    private let withoutUnless: BitRow
    /// By depth, by row: with `unless` off, and with it on.
    private var off: [[Int]] = []
    private var on: [[Int]] = []
    /// By depth: rejections that ask nothing more where their `unless` is off, by file.
    private var decided: [[BitRow]] = []

    init(_ space: DecisionSpace) {
        rows = space.rows
        withoutUnless = space.withoutUnless
        var questions: [[String]: Int] = [:]
        func number(_ key: [String]) -> Int {
            if let known = questions[key] { return known }
            questions[key] = questions.count
            return questions.count - 1
        }
        let variables = space.request + space.destination
        // For each row and variable: which choices fail, and which turn `unless` off.
        let columns = rows.indices.map { row in
            variables.map { variable in
                (
                    variable.choices.map { $0.fails.contains(row) ? "1" : "0" }.joined(),
                    variable.choices.map { $0.off.contains(row) ? "1" : "0" }.joined()
                )
            }
        }
        let consequences = rows.map(\.consequence)
        for depth in 0...space.request.count {
            var (offs, ons) = ([Int](), [Int]())
            var certain = [BitRow](repeating: BitRow(count: rows.count), count: 2)
            for row in rows.indices {
                let asked = (depth..<variables.count).map { columns[row][$0].0.contains("1") ? columns[row][$0].0 : "" }
                let excepted = (depth..<variables.count).map { columns[row][$0].1.contains("1") ? columns[row][$0].1 : "" }
                // Where a request has no destinations, conditions on them are false.
                let nowhere = "\(space.nowhere.fails.contains(row)) \(space.nowhere.off.contains(row))"
                offs.append(number([consequences[row], nowhere] + asked))
                ons.append(number([consequences[row], nowhere, "unless"] + asked + excepted))
                if rows[row].kind == .reject, asked.allSatisfy(\.isEmpty), !space.nowhere.fails.contains(row) {
                    certain[rows[row].side].insert(row)
                }
            }
            off.append(offs)
            on.append(ons)
            decided.append(certain)
        }
    }

    /// Whether both files have the same rows left.
    func agree(_ alive: BitRow, _ isOff: BitRow, _ depth: Int) -> Bool {
        var left = [Set<Int>(), Set<Int>()]
        for row in alive.members {
            left[rows[row].side].insert(isOff.contains(row) ? off[depth][row] : on[depth][row])
        }
        return left[0] == left[1]
    }

    /// Whether each file is sure to reject.
    func certain(_ alive: BitRow, _ isOff: BitRow, _ depth: Int) -> [Bool] {
        decided[depth].map { ($0 & alive).intersects(isOff) }
    }
}
