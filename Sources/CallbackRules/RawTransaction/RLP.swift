// Recursive length prefix encoding, strictly (Ethereum yellow paper, appendix B).

/// One RLP item. Only the one canonical encoding of an item is read: two byte strings never read alike.
enum RLP: Hashable, Sendable {
    case bytes([UInt8])
    case list([RLP])

    /// Reads exactly one item. Transactions nest four deep: transaction, access list, entry, its storage keys.
    init(_ encoded: some Collection<UInt8>, maximumDepth: Int = 4) throws(RawDecodingError) {
        var rest = Array(encoded)[...]
        self = try Self.item(&rest, depth: maximumDepth)
        guard rest.isEmpty else { throw RawDecodingError("bytes follow the RLP item") }
    }

    var bytes: [UInt8]? {
        if case .bytes(let bytes) = self { bytes } else { nil }
    }

    var list: [RLP]? {
        if case .list(let items) = self { items } else { nil }
    }

    private static func item(_ rest: inout ArraySlice<UInt8>, depth: Int) throws(RawDecodingError) -> RLP {
        guard let prefix = rest.popFirst() else { throw RawDecodingError("the RLP item ends too early") }
        switch prefix {
        case 0x00...0x7f:
            return .bytes([prefix])
        case 0x80...0xbf:
            let content = try content(&rest, short: prefix - 0x80)
            if content.count == 1, let byte = content.first, byte < 0x80 {
                throw RawDecodingError("a single byte has a length of its own")
            }
            return .bytes(Array(content))
        default:
            guard depth > 0 else { throw RawDecodingError("lists nest too deep") }
            var content = try content(&rest, short: prefix - 0xc0)
            var items: [RLP] = []
            while !content.isEmpty { items.append(try item(&content, depth: depth - 1)) }
            return .list(items)
        }
    }

    /// What the prefix announces: up to 55 bytes by itself, more by a length of its own.
    private static func content(
        _ rest: inout ArraySlice<UInt8>, short: UInt8
    ) throws(RawDecodingError) -> ArraySlice<UInt8> {
        var length = Int(short)
        if short > 55 {
            let width = Int(short) - 55
            // Four bytes of length are more than any request has.
            guard width <= 4, width <= rest.count else { throw RawDecodingError("the RLP item ends too early") }
            guard rest.first != 0 else { throw RawDecodingError("a length is not minimal") }
            length = rest.prefix(width).reduce(0) { $0 << 8 | Int($1) }
            rest.removeFirst(width)
            guard length > 55 else { throw RawDecodingError("a length is not minimal") }
        }
        guard length <= rest.count else { throw RawDecodingError("the RLP item ends too early") }
        defer { rest.removeFirst(length) }
        return rest.prefix(length)
    }
}
