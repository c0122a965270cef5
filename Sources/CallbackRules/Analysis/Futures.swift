// What rows still ask once some fields were chosen: equal futures decide equally.

import CallbackProtocol

/// For every depth of the search, what each row still asks and leads to, as a number that is equal where that is.
struct Futures {
    private let rows: [Row]
    private let withoutUnless: BitRow
    /// By depth, by row: with `unless` off, and with it on.
    private var off: [[Int]] = []
    private var on: [[Int]] = []

    init(_ space: DecisionSpace) {
        rows = space.rows
        withoutUnless = space.withoutUnless
        var questions: [[Int]: Int] = [:]
        func number(_ key: [Int]) -> Int {
            if let known = questions[key] { return known }
            questions[key] = questions.count
            return questions.count - 1
        }
        let variables = space.request + space.destination
        // For each row and variable: which choices fail, and which turn `unless` off; 0 where none does.
        var columns = [[(fails: Int, off: Int)]](repeating: [], count: rows.count)
        for variable in variables {
            var (fails, off) = ([[Int]](repeating: [], count: rows.count), [[Int]](repeating: [], count: rows.count))
            for (index, choice) in variable.choices.enumerated() {
                for row in choice.fails.members { fails[row].append(index) }
                for row in choice.off.members { off[row].append(index) }
            }
            for row in rows.indices {
                columns[row].append(
                    (fails[row].isEmpty ? 0 : number(fails[row]) + 1, off[row].isEmpty ? 0 : number(off[row]) + 1))
            }
        }
        var names: [String: Int] = [:]
        let consequences = rows.map { row in
            let consequence = row.consequence
            if let known = names[consequence] { return known }
            names[consequence] = names.count
            return names.count - 1
        }
        for depth in 0...space.request.count {
            var (offs, ons) = ([Int](), [Int]())
            for row in rows.indices {
                let asked = columns[row][depth...].map(\.fails)
                let excepted = columns[row][depth...].map(\.off)
                // Where a request has no destinations, conditions on them are false.
                let nowhere = (space.nowhere.fails.contains(row) ? 1 : 0) + (space.nowhere.off.contains(row) ? 2 : 0)
                offs.append(number([-1, consequences[row], nowhere] + asked))
                ons.append(number([-2, consequences[row], nowhere] + asked + excepted))
            }
            off.append(offs)
            on.append(ons)
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
}
