// Sets of small numbers, for the search.

/// A fixed number of bits.
struct BitRow: Sendable, Hashable {
    private var words: [UInt64]

    init(count: Int, filled: Bool = false) {
        words = [UInt64](repeating: 0, count: (count + 63) / 64)
        if filled { for index in 0..<count { insert(index) } }
    }

    /// As long as another, and empty.
    init(like other: BitRow) { words = [UInt64](repeating: 0, count: other.words.count) }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }

    func contains(_ index: Int) -> Bool { words[index >> 6] >> UInt64(index & 63) & 1 == 1 }

    mutating func insert(_ index: Int) { words[index >> 6] |= 1 << UInt64(index & 63) }

    mutating func remove(_ index: Int) { words[index >> 6] &= ~(1 << UInt64(index & 63)) }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    mutating func formUnion(_ other: BitRow) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    mutating func formIntersection(_ other: BitRow) {
        for index in words.indices { words[index] &= other.words[index] }
    }

    mutating func subtract(_ other: BitRow) {
        for index in words.indices { words[index] &= ~other.words[index] }
    }

    func intersects(_ other: BitRow) -> Bool {
        for index in words.indices where words[index] & other.words[index] != 0 { return true }
        return false
    }

    static func & (left: BitRow, right: BitRow) -> BitRow { left.merged(right) { $0 & $1 } }
    static func | (left: BitRow, right: BitRow) -> BitRow { left.merged(right) { $0 | $1 } }
    static func ^ (left: BitRow, right: BitRow) -> BitRow { left.merged(right) { $0 ^ $1 } }
    static func - (left: BitRow, right: BitRow) -> BitRow { left.merged(right) { $0 & ~$1 } }

    private func merged(_ other: BitRow, _ operation: (UInt64, UInt64) -> UInt64) -> BitRow {
        var result = self
        for index in words.indices { result.words[index] = operation(words[index], other.words[index]) }
        return result
    }

    /// The members in ascending order.
    var members: [Int] {
        words.indices.flatMap { word -> [Int] in
            var (rest, found) = (words[word], [Int]())
            while rest != 0 {
                found.append(word * 64 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
            return found
        }
    }
}
