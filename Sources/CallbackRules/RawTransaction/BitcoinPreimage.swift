// The bytes whose double SHA-256 a Bitcoin input signs.

/// One output of a transaction.
struct BitcoinOutput: Sendable, Hashable {
    /// In satoshi.
    var value: UInt64
    var script: [UInt8]

    /// All bitcoin that there will ever be. A node refuses more, in one output and in all of them.
    static let maximumValue: UInt64 = 2_100_000_000_000_000

    /// As transactions and hashOutputs contain it.
    var serialised: [UInt8] {
        let amount = (0..<8).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
        return amount + CompactSize.encode(script.count) + script
    }
}

/// A transaction without scripts of inputs, as legacy preimages contain it.
struct BitcoinTransaction: Sendable, Hashable {
    /// Transaction ids as hashed (not reversed) and output indices: 36 bytes each.
    var outpoints: [[UInt8]]
    var outputs: [BitcoinOutput]

    init(_ bytes: [UInt8]) throws(RawDecodingError) {
        (outpoints, outputs) = ([], [])
        var reader = ByteReader(bytes)
        try reader.skip(4)
        for _ in 0..<(try reader.count(ofItems: 41)) {
            outpoints.append(try reader.take(36))
            guard try reader.variableBytes().isEmpty else { throw RawDecodingError("an input has a script") }
            try reader.skip(4)
        }
        guard Set(outpoints).count == outpoints.count else { throw RawDecodingError("two inputs spend one output") }
        for _ in 0..<(try reader.count(ofItems: 9)) {
            outputs.append(BitcoinOutput(value: try reader.amount(), script: try reader.variableBytes()))
        }
        try reader.skip(4)
        try reader.finish()
    }
}

/// A legacy preimage for SIGHASH_ALL: the transaction with the script code in the signed input and no other input's script,
/// then the sighash type.
struct LegacyPreimage: Sendable, Hashable {
    /// The transaction's bytes without the script code: the same for all its inputs.
    var unsigned: [UInt8]
    var signedInput: Int
    var scriptCode: [UInt8]

    /// Walks the bytes and copies little: hundreds of inputs have as many preimages, each as long as the transaction.
    init(_ bytes: [UInt8]) throws(RawDecodingError) {
        var reader = ByteReader(bytes)
        try reader.skip(4)
        var signed: (index: Int, head: Int, script: [UInt8], tail: Int)?
        for index in 0..<(try reader.count(ofItems: 41)) {
            try reader.skip(36)
            let head = reader.position
            let size = try reader.count(ofItems: 1)
            if size > 0 {
                guard signed == nil else { throw RawDecodingError("two inputs have a script") }
                let script = try reader.take(size)
                signed = (index, head, script, reader.position)
            }
            try reader.skip(4)
        }
        guard let signed else { throw RawDecodingError("no input has a script") }
        let outputs = try reader.count(ofItems: 9)
        guard outputs > 0 else { throw RawDecodingError("there are no outputs") }
        var total: UInt64 = 0
        for _ in 0..<outputs {
            total += try reader.amount()
            guard total <= BitcoinOutput.maximumValue else { throw RawDecodingError("the outputs are too large") }
            try reader.skip(try reader.count(ofItems: 1))
        }
        try reader.skip(4)
        let end = reader.position
        try reader.sighashAll()
        unsigned = bytes[..<signed.head] + [0] + bytes[signed.tail..<end]
        (signedInput, scriptCode) = (signed.index, signed.script)
    }
}

/// A BIP-143 preimage for SIGHASH_ALL: what a witness version 0 input signs. Outputs and other inputs are hashed in it.
struct WitnessPreimage: Sendable, Hashable {
    var version: [UInt8]
    var hashPrevouts: [UInt8]
    var hashSequence: [UInt8]
    /// Transaction id as hashed (not reversed) and output index: 36 bytes.
    var outpoint: [UInt8]
    var scriptCode: [UInt8]
    /// What the input is worth, in satoshi.
    var amount: UInt64
    var sequence: [UInt8]
    var hashOutputs: [UInt8]
    var lockTime: [UInt8]

    init(_ bytes: [UInt8]) throws(RawDecodingError) {
        var reader = ByteReader(bytes)
        version = try reader.take(4)
        hashPrevouts = try reader.take(32)
        hashSequence = try reader.take(32)
        outpoint = try reader.take(36)
        scriptCode = try reader.variableBytes()
        amount = try reader.amount()
        sequence = try reader.take(4)
        hashOutputs = try reader.take(32)
        lockTime = try reader.take(4)
        try reader.sighashAll()
    }
}

/// Bitcoin's variable-length integer.
enum CompactSize {
    static func encode(_ count: Int) -> [UInt8] {
        let value = UInt64(max(0, count))
        func bytes(_ width: Int) -> [UInt8] {
            (0..<width).map { UInt8(truncatingIfNeeded: value >> UInt64($0 * 8)) }
        }
        return switch value {
        case 0..<0xfd: bytes(1)
        case 0xfd...0xffff: [0xfd] + bytes(2)
        case 0x1_0000...0xffff_ffff: [0xfe] + bytes(4)
        default: [0xff] + bytes(8)
        }
    }
}

extension ByteReader {
    fileprivate mutating func amount() throws(RawDecodingError) -> UInt64 {
        let amount = try integer(bytes: 8)
        guard amount <= BitcoinOutput.maximumValue else { throw RawDecodingError("an amount is too large") }
        return amount
    }

    /// The last four bytes. Other types sign only some inputs or outputs, or belong to other chains (0x41).
    fileprivate mutating func sighashAll() throws(RawDecodingError) {
        guard try integer(bytes: 4) == 1 else { throw RawDecodingError("the sighash type is not SIGHASH_ALL") }
        try finish()
    }
}
