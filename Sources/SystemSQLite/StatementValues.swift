// The values of one statement, in one piece of memory.

/// Values to bind, in the order of the parameters.
package struct StatementValues: Sendable {
    enum Place: Sendable {
        case null
        case integer(Int64)
        /// Where the bytes lie.
        case text(Range<Int>)
        case blob(Range<Int>)
    }

    /// Never empty, so that an empty text has an address, which tells it from NULL.
    private(set) var bytes: [UInt8] = []
    private(set) var places: [Place] = []

    /// - Parameter count: how many values will come.
    package init(count: Int) {
        places.reserveCapacity(count)
        // Most rows fit; asking each value for its length would cost more than what grows for the others.
        bytes.reserveCapacity(4096)
        bytes.append(0)
    }

    package mutating func appendNull() { places.append(.null) }

    package mutating func append(_ value: Int64) { places.append(.integer(value)) }

    /// Text of any content; SQLite's own functions see it end at U+0000.
    package mutating func append(_ value: String) {
        let start = bytes.count
        // Texts lie in one piece, and are copied in one.
        if value.utf8.withContiguousStorageIfAvailable({ bytes.append(contentsOf: $0) }) == nil {
            bytes.append(contentsOf: value.utf8)
        }
        places.append(.text(start..<bytes.count))
    }

    package mutating func append(_ value: [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: value)
        places.append(.blob(start..<bytes.count))
    }
}
