// Looks at bytes eight at a time.

/// Eight bytes as one number, the first one lowest.
struct ByteWord {
    private static let each: UInt64 = 0x0101_0101_0101_0101
    private let word: UInt64

    fileprivate init(_ word: UInt64) { self.word = word }

    /// The marks of bytes below `limit`, which is at most 0x80. Only the lowest mark is sure: subtracting borrows from the
    /// bytes above it.
    func below(_ limit: UInt8) -> UInt64 { (word &- (Self.each &* UInt64(limit))) & ~word & (Self.each &* 0x80) }

    /// The marks of one byte, with the same restriction.
    func equal(to byte: UInt8) -> UInt64 { ByteWord(word ^ (Self.each &* UInt64(byte))).below(1) }
}

/// Where the first byte that has a mark stands, from `start` on; the count of the bytes where none has.
@inline(__always)
func firstMarked(in bytes: RawSpan, from start: Int = 0, by marks: (ByteWord) -> UInt64) -> Int {
    var index = start
    while bytes.byteCount - index >= 8 {
        let word = UInt64(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
        let found = marks(ByteWord(word))
        if found != 0 { return index + found.trailingZeroBitCount / 8 }
        index += 8
    }
    var word: UInt64 = 0
    for place in stride(from: bytes.byteCount - 1, through: index, by: -1) {
        word = word << 8 | UInt64(bytes.unsafeLoad(fromByteOffset: place, as: UInt8.self))
    }
    // Bytes behind the end may have marks too, or no byte has one.
    return min(index + marks(ByteWord(word)).trailingZeroBitCount / 8, bytes.byteCount)
}

/// Where the first byte that cannot stand in a JSON string as it is stands: a quote, a backslash or a control character.
func plainEnd(of bytes: RawSpan, from start: Int = 0) -> Int {
    firstMarked(in: bytes, from: start) { $0.below(0x20) | $0.equal(to: 0x22) | $0.equal(to: 0x5c) }
}
