// RLP, EVM transactions and Bitcoin preimages: what reads, and what must not.

import CallbackProtocol
import SystemCrypto
import Testing

@testable import CallbackRules

@Suite struct RawTransactionDecodingTests {
    private func plain(_ item: RLP) -> JSONValue {
        switch item {
        case .bytes(let bytes): .string(Hexadecimal.encode(bytes))
        case .list(let items): .array(items.map(plain))
        }
    }

    @Test func `another implementation's RLP`() throws {
        let vectors = try rawVectors("rlp")
        #expect(vectors.count == 60)
        for vector in vectors {
            let pair = try #require(vector.array)
            let encoded = try rawBytes(pair[0].string)
            #expect(plain(try RLP(encoded)) == pair[1])
            #expect(throws: RawDecodingError.self) { try RLP(encoded + [0x80]) }
            #expect(throws: RawDecodingError.self) { try RLP(encoded.dropLast()) }
        }
    }

    @Test(arguments: [
        "", "8100", "817f", "b800", "b837" + String(repeating: "00", count: 55), "b90038", "b9", "83aabb", "c1", "c2c0",
        "f800", "f90001", "bfffffffffffffffff", "ffffffffffffffffff", "bf0000000000000001aa", "c0c0", "c1c1c0",
        "c5c4c3c2c1c0",
    ])
    func `RLP that is not canonical`(hex: String) throws {
        let bytes = try rawBytes(hex)
        #expect(throws: RawDecodingError.self) { try RLP(bytes) }
    }

    @Test func `lists nest four deep and no deeper`() throws {
        #expect(try RLP(rawBytes("c3c2c1c0")).list?.count == 1)
        #expect(throws: RawDecodingError.self) { try RLP([0xc4, 0xc3, 0xc2, 0xc1, 0xc0]) }
        let deep = [UInt8](repeating: 0xc1, count: 100_000) + [0xc0]
        #expect(throws: RawDecodingError.self) { try RLP(deep) }
    }

    /// An EIP-1559 transaction from its fields, each already encoded.
    private func dynamicFee(_ change: (inout [[UInt8]]) -> Void = { _ in }) -> [UInt8] {
        var fields = [
            RLPWriter.integer(1), RLPWriter.integer(4), RLPWriter.integer(1_000_000_000),
            RLPWriter.integer(28_466_845_821), RLPWriter.integer(21_000),
            RLPWriter.bytes([UInt8](repeating: 7, count: 20)),
            RLPWriter.integer(10), RLPWriter.bytes([]), RLPWriter.list([]),
        ]
        change(&fields)
        return [0x02] + RLPWriter.list(fields)
    }

    @Test func `fields have their own forms`() throws {
        let transaction = try EVMTransaction(dynamicFee())
        #expect(transaction.chainId == 1 && transaction.nonce == 4 && transaction.gasLimit == 21_000)
        let entry = RLPWriter.list([
            RLPWriter.bytes([UInt8](repeating: 1, count: 20)),
            RLPWriter.list([RLPWriter.bytes([UInt8](repeating: 2, count: 32))]),
        ])
        #expect(throws: Never.self) { try EVMTransaction(dynamicFee { $0[8] = RLPWriter.list([entry, entry]) }) }
        #expect(try EVMTransaction(dynamicFee { $0[5] = RLPWriter.bytes([]) }).to == nil)
        let wrong: [(inout [[UInt8]]) -> Void] = [
            { $0[0] = RLPWriter.bytes([]) },  // chain id 0
            { $0[0] = RLPWriter.bytes([UInt8](repeating: 1, count: 9)) },
            { $0[1] = RLPWriter.bytes([0, 1]) },  // leading zeros
            { $0[1] = [0x00] },
            { $0[2] = RLPWriter.integer(28_466_845_822) },  // above the maximum fee
            { $0[6] = RLPWriter.bytes([0, 5]) },
            { $0[6] = RLPWriter.bytes([UInt8](repeating: 1, count: 33)) },
            { $0[5] = RLPWriter.bytes([UInt8](repeating: 1, count: 19)) },
            { $0[5] = RLPWriter.bytes([UInt8](repeating: 1, count: 21)) },
            { $0[6] = RLPWriter.list([]) },
            { $0[7] = RLPWriter.list([]) },
            { $0[8] = RLPWriter.bytes([]) },
            { $0[8] = RLPWriter.list([RLPWriter.list([])]) },
            { $0[8] = RLPWriter.list([RLPWriter.list([RLPWriter.bytes([]), RLPWriter.list([])])]) },
            { $0[8] = RLPWriter.list([RLPWriter.list([RLPWriter.bytes([UInt8](repeating: 1, count: 20)), [0x05]])]) },
            { $0.removeLast() },
            { $0 += [RLPWriter.integer(0), RLPWriter.integer(1), RLPWriter.integer(1)] },  // signed
        ]
        for (index, change) in wrong.enumerated() {
            #expect(throws: RawDecodingError.self, "\(index)") { try EVMTransaction(dynamicFee(change)) }
        }
        for type: UInt8 in [0x00, 0x01, 0x03, 0x04, 0x19, 0x7f, 0x80, 0xbf] {
            #expect(throws: RawDecodingError.self) { try EVMTransaction([type] + dynamicFee().dropFirst()) }
        }
        #expect(throws: RawDecodingError.self) { try EVMTransaction(dynamicFee() + [0]) }
    }

    @Test func `a legacy transaction with a signature is refused`() {
        let fields = [
            RLPWriter.integer(0), RLPWriter.integer(1), RLPWriter.integer(21_000),
            RLPWriter.bytes([UInt8](repeating: 7, count: 20)), RLPWriter.integer(1), RLPWriter.bytes([]),
        ]
        func legacy(_ more: UInt64...) -> [UInt8] { RLPWriter.list(fields + more.map(RLPWriter.integer)) }
        #expect(transaction(legacy()) != nil && transaction(legacy())?.chainId == nil)
        #expect(transaction(legacy(137, 0, 0))?.chainId == 137)
        for wrong in [legacy(1), legacy(1, 0), legacy(0, 0, 0), legacy(1, 1, 0), legacy(1, 0, 1), legacy(37, 9, 9)] {
            #expect(transaction(wrong) == nil)
        }
    }

    private func transaction(_ bytes: [UInt8]) -> EVMTransaction? { try? EVMTransaction(bytes) }

    /// BIP-143, "Native P2WPKH" and "P2SH-P2WPKH".
    @Test(arguments: [
        (
            "0100000096b827c8483d4e9b96712b6713a7b68d6e8003a781feba36c31143470b4efd3752b0a642eea2fb7ae638c36f6252b67502"
                + "93dbe574a806984b8e4d8548339a3bef51e1b804cc89d182d279655c3aa89e815b1b309fe287d9b2b55d57b90ec68a01000000"
                + "1976a9141d0f172a0ecb48aee1be1f2687d2963ae33f71a188ac0046c32300000000ffffffff863ef3e1a92afbfdb97f31ad0f"
                + "c7683ee943e9abcf2501590ff8f6551f47e5e51100000001000000",
            "c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670", 600_000_000 as UInt64
        ),
        (
            "01000000b0287b4a252ac05af83d2dcef00ba313af78a3e9c329afa216eb3aa2a7b4613a18606b350cd8bf565266bc352f0caddcf0"
                + "1e8fa789dd8a15386327cf8cabe198db6b1b20aa0fd7b23880be2ecbd4a98130974cf4748fb66092ac4d3ceb1a547701000000"
                + "1976a91479091972186c449eb1ded22b78e40d009bdf008988ac00ca9a3b00000000feffffffde984f44532e2173ca0d64314f"
                + "cefe6d30da6f8cf27bafa706da61df8a226c839204000001000000",
            "64f3b0f4dd2bb3aa1ce8566d220cc74dda9df97d8490cc81d89d735c92e59fb6", 1_000_000_000
        ),
    ])
    func `BIP-143's examples`(hex: String, hash: String, amount: UInt64) throws {
        let bytes = try rawBytes(hex)
        let preimage = try WitnessPreimage(bytes)
        #expect(Hexadecimal.encode(DoubleSHA256.hash(bytes)) == hash)
        #expect(preimage.amount == amount)
        #expect(OutputScript.keyHash(preimage.scriptCode) != nil)
        #expect(throws: RawDecodingError.self) { try LegacyPreimage(bytes) }
        #expect(throws: RawDecodingError.self) { try WitnessPreimage(bytes + [0]) }
        #expect(throws: RawDecodingError.self) { try WitnessPreimage(Array(bytes.dropLast())) }
        for type: UInt8 in [0, 2, 3, 0x41, 0x81] {
            #expect(throws: RawDecodingError.self) { try WitnessPreimage(bytes.dropLast(4) + [type, 0, 0, 0]) }
        }
    }

    @Test(arguments: [
        ("00", 0 as UInt64), ("fc", 252), ("fdfd00", 253), ("fdffff", 65_535), ("fe00000100", 65_536),
        ("feffffffff", 4_294_967_295), ("ff0000000001000000", 4_294_967_296), ("ffffffffffffffffff", .max),
    ])
    func `compact sizes`(hex: String, value: UInt64) throws {
        var reader = ByteReader(try rawBytes(hex))
        #expect(try reader.compactSize() == value)
        try reader.finish()
        if let count = Int(exactly: value) { #expect(Hexadecimal.encode(CompactSize.encode(count)) == hex) }
    }

    @Test(arguments: ["", "fd", "fdfc00", "fdfd", "feffff0000", "fe000001", "ffffffffff00000000", "ff00000000010000"])
    func `compact sizes that are not minimal or not whole`(hex: String) throws {
        let bytes = try rawBytes(hex)
        #expect(throws: RawDecodingError.self) {
            var reader = ByteReader(bytes)
            _ = try reader.compactSize()
        }
    }
}
