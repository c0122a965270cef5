// Reads Bitcoin's wire format from untrusted bytes.

/// Takes bytes from the front of a byte string; never past its end.
struct ByteReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var remaining: Int { bytes.count - position }

    mutating func take(_ count: Int) throws(RawDecodingError) -> [UInt8] {
        let start = position
        try skip(count)
        return Array(bytes[start..<position])
    }

    mutating func skip(_ count: Int) throws(RawDecodingError) {
        guard count >= 0, count <= remaining else { throw RawDecodingError("the bytes end too early") }
        position += count
    }

    /// A little-endian integer of up to 8 bytes.
    mutating func integer(bytes count: Int) throws(RawDecodingError) -> UInt64 {
        let start = position
        try skip(count)
        var value: UInt64 = 0
        for index in (start..<position).reversed() { value = value << 8 | UInt64(bytes[index]) }
        return value
    }

    /// A compact size in its shortest form: nodes write no other, so that no other is what gets hashed.
    mutating func compactSize() throws(RawDecodingError) -> UInt64 {
        let first = try integer(bytes: 1)
        let (width, least): (Int, UInt64)
        switch first {
        case 0xfd: (width, least) = (2, 0xfd)
        case 0xfe: (width, least) = (4, 0x1_0000)
        case 0xff: (width, least) = (8, 0x1_0000_0000)
        default: return first
        }
        let value = try integer(bytes: width)
        guard value >= least else { throw RawDecodingError("a compact size is not minimal") }
        return value
    }

    /// How many items follow, each of at least so many bytes: more than the rest can hold is refused before any is read.
    mutating func count(ofItems least: Int) throws(RawDecodingError) -> Int {
        let count = try compactSize()
        guard count <= UInt64(remaining / least) else { throw RawDecodingError("the bytes end too early") }
        return Int(count)
    }

    /// A script or another byte string behind its compact size.
    mutating func variableBytes() throws(RawDecodingError) -> [UInt8] {
        try take(try count(ofItems: 1))
    }

    func finish() throws(RawDecodingError) {
        guard remaining == 0 else { throw RawDecodingError("bytes follow the end") }
    }
}
