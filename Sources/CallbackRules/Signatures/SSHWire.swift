// The data types of SSH (RFC 4251 section 5): byte, uint32, string, mpint.

/// Reads fields from the front of a byte string. `nil` means that the bytes end too early, or that a field is not in the
/// one form that its value has; what was read until then is of no use.
struct SSHReader {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) { rest = Array(bytes)[...] }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func bytes(_ count: Int) -> [UInt8]? {
        guard count <= rest.count else { return nil }
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }

    mutating func byte() -> UInt8? { rest.popFirst() }

    mutating func uint32() -> UInt32? {
        bytes(4)?.reduce(0) { $0 << 8 | UInt32($1) }
    }

    mutating func string() -> [UInt8]? {
        guard let count = uint32() else { return nil }
        return bytes(Int(count))
    }

    /// An mpint above zero in its shortest form, as big-endian digits; at most `limit` of them.
    mutating func positiveInteger(limit: Int) -> [UInt8]? {
        guard let value = string(), let first = value.first, first & 0x80 == 0 else { return nil }
        guard first == 0 else { return value.count <= limit ? value : nil }
        guard value.count > 1, value[1] & 0x80 != 0, value.count - 1 <= limit else { return nil }
        return Array(value.dropFirst())
    }
}

enum SSHWire {
    static func uint32(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    static func string(_ bytes: [UInt8]) -> [UInt8] {
        uint32(UInt32(truncatingIfNeeded: bytes.count)) + bytes
    }
}

/// What may stand in names that are compared and shown: visible ASCII, so that no two of them look alike.
func isVisibleASCII(_ bytes: some Sequence<UInt8>) -> Bool {
    bytes.allSatisfy { (0x21...0x7e).contains($0) }
}
