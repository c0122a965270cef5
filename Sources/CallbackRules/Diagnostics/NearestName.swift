// Finds the name that somebody meant.

enum NearestName {
    /// The candidate with the fewest edits to `name`, if at most a third of the letters differ.
    static func find(_ name: String, in candidates: [String]) -> String? {
        let wanted = Array(name.lowercased().utf8.prefix(64))
        let best =
            candidates
            .map { (candidate: $0, edits: distance(wanted, Array($0.lowercased().utf8))) }
            .min { ($0.edits, $0.candidate) < ($1.edits, $1.candidate) }
        guard let best, best.edits <= max(1, wanted.count / 3) else { return nil }
        return best.candidate
    }

    /// Names the nearest candidate, or all of them where none is near.
    static func hint(_ name: String, in candidates: [String]) -> String {
        if let nearest = find(name, in: candidates) { return "Did you mean `\(nearest)`?" }
        return candidates.isEmpty ? "None is defined." : "Known here: \(candidates.sorted().joined(separator: ", "))."
    }

    /// Levenshtein's distance with transpositions of neighbours counted once.
    private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        guard !first.isEmpty else { return second.count }
        guard !second.isEmpty else { return first.count }
        var before = [Int]()
        var previous = Array(0...second.count)
        for (row, letter) in first.enumerated() {
            var current = [row + 1]
            for (column, other) in second.enumerated() {
                var cost = min(
                    previous[column] + (letter == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, letter == second[column - 1], first[row - 1] == other {
                    cost = min(cost, before[column - 1] + 1)
                }
                current.append(cost)
            }
            (before, previous) = (previous, current)
        }
        return previous[second.count]
    }
}
