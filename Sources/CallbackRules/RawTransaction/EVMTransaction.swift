// An unsigned transaction of an EVM chain, read from the bytes whose Keccak-256 would be signed.

import CallbackProtocol

/// Legacy (with or without EIP-155), EIP-2930 and EIP-1559 transactions without a signature.
struct EVMTransaction: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case legacy
        /// EIP-2930, type 1.
        case accessList
        /// EIP-1559, type 2.
        case dynamicFee
    }

    var kind: Kind
    /// `nil` for a legacy transaction without EIP-155: its signature is valid on every chain.
    var chainId: UInt64?
    var nonce: UInt64
    var gasLimit: UInt64
    /// The most that one unit of gas may cost, in wei: `gasPrice`, or `maxFeePerGas`.
    var gasPrice: ExactDecimal
    /// 20 bytes; `nil` creates a contract.
    var to: [UInt8]?
    /// In the smallest unit (wei), up to 256 bits.
    var value: ExactDecimal
    var data: [UInt8]

    /// Larger than any node relays (128 KiB).
    static let maximumSize = 131_072

    init(_ bytes: [UInt8]) throws(RawDecodingError) {
        guard bytes.count <= Self.maximumSize else { throw RawDecodingError("the transaction is too large") }
        switch bytes.first {
        case 0x01?: try self.init(accessList: Fields(bytes.dropFirst()))
        case 0x02?: try self.init(dynamicFee: Fields(bytes.dropFirst()))
        case .some(0xc0...): try self.init(legacy: Fields(bytes))
        default: throw RawDecodingError("it is no transaction of a known type")
        }
    }

    /// `[nonce, gasPrice, gasLimit, to, value, data]`, and `[.., chainId, 0, 0]` as EIP-155 hashes it.
    private init(legacy fields: Fields) throws(RawDecodingError) {
        guard fields.count == 6 || fields.count == 9 else {
            throw RawDecodingError("a legacy transaction has 6 or 9 fields")
        }
        kind = .legacy
        nonce = try fields.integer(0)
        gasPrice = try fields.quantity(1)
        gasLimit = try fields.integer(2)
        to = try fields.recipient(3)
        value = try fields.quantity(4)
        data = try fields.bytes(5)
        guard fields.count == 9 else { return }
        chainId = try fields.chainId(6)
        guard try fields.bytes(7).isEmpty, try fields.bytes(8).isEmpty else {
            throw RawDecodingError("the transaction is signed already")
        }
    }

    /// `[chainId, nonce, gasPrice, gasLimit, to, value, data, accessList]`
    private init(accessList fields: Fields) throws(RawDecodingError) {
        guard fields.count == 8 else { throw RawDecodingError("an unsigned EIP-2930 transaction has 8 fields") }
        kind = .accessList
        chainId = try fields.chainId(0)
        nonce = try fields.integer(1)
        gasPrice = try fields.quantity(2)
        gasLimit = try fields.integer(3)
        to = try fields.recipient(4)
        value = try fields.quantity(5)
        data = try fields.bytes(6)
        try fields.checkAccessList(7)
    }

    /// `[chainId, nonce, maxPriorityFeePerGas, maxFeePerGas, gasLimit, to, value, data, accessList]`
    private init(dynamicFee fields: Fields) throws(RawDecodingError) {
        guard fields.count == 9 else { throw RawDecodingError("an unsigned EIP-1559 transaction has 9 fields") }
        kind = .dynamicFee
        chainId = try fields.chainId(0)
        nonce = try fields.integer(1)
        let priority = try fields.quantity(2)
        gasPrice = try fields.quantity(3)
        guard priority <= gasPrice else { throw RawDecodingError("the priority fee is above the maximum fee") }
        gasLimit = try fields.integer(4)
        to = try fields.recipient(5)
        value = try fields.quantity(6)
        data = try fields.bytes(7)
        try fields.checkAccessList(8)
    }
}

/// The fields of a transaction's outer list, each read as what it must be.
private struct Fields {
    private let items: [RLP]

    init(_ encoded: some Collection<UInt8>) throws(RawDecodingError) {
        guard let items = try RLP(encoded).list else { throw RawDecodingError("the transaction is no list") }
        self.items = items
    }

    var count: Int { items.count }

    func bytes(_ index: Int) throws(RawDecodingError) -> [UInt8] {
        guard items.indices.contains(index), let bytes = items[index].bytes else {
            throw RawDecodingError("field \(index) is no byte string")
        }
        return bytes
    }

    /// An integer without leading zeros, of up to 256 bits.
    private func scalar(_ index: Int, maximumBytes: Int) throws(RawDecodingError) -> [UInt8] {
        let bytes = try bytes(index)
        guard bytes.count <= maximumBytes else { throw RawDecodingError("field \(index) is too large") }
        guard bytes.first != 0 else { throw RawDecodingError("field \(index) has leading zeros") }
        return bytes
    }

    func quantity(_ index: Int) throws(RawDecodingError) -> ExactDecimal {
        ExactDecimal(bigEndian: try scalar(index, maximumBytes: 32))
    }

    func integer(_ index: Int) throws(RawDecodingError) -> UInt64 {
        try scalar(index, maximumBytes: 8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    func chainId(_ index: Int) throws(RawDecodingError) -> UInt64 {
        let chainId = try integer(index)
        guard chainId > 0 else { throw RawDecodingError("the chain id is 0") }
        return chainId
    }

    func recipient(_ index: Int) throws(RawDecodingError) -> [UInt8]? {
        let bytes = try bytes(index)
        guard bytes.isEmpty || bytes.count == 20 else { throw RawDecodingError("the recipient has not 20 bytes") }
        return bytes.isEmpty ? nil : bytes
    }

    /// `[[address, [storage key, ...]], ...]` with 20 and 32 bytes. It makes gas cheaper and moves nothing.
    func checkAccessList(_ index: Int) throws(RawDecodingError) {
        guard items.indices.contains(index), let entries = items[index].list else {
            throw RawDecodingError("the access list is no list")
        }
        for entry in entries {
            guard let pair = entry.list, pair.count == 2, pair[0].bytes?.count == 20, let keys = pair[1].list,
                keys.allSatisfy({ $0.bytes?.count == 32 })
            else { throw RawDecodingError("the access list has a malformed entry") }
        }
    }
}
