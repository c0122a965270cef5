// Bech32 and bech32m texts.

/// A human-readable part, `1`, and 5-bit values with a checksum (BIP-173, BIP-350).
struct Bech32: Sendable, Hashable {
    /// Which constant the checksum leaves.
    enum Variant: UInt32, Sendable, Hashable {
        case bech32 = 1
        case bech32m = 0x2bc8_30a3
    }

    /// In lower case.
    var prefix: String
    /// 5 bits each, without the checksum.
    var values: [UInt8]
    var variant: Variant

    init(prefix: String, values: [UInt8], variant: Variant) {
        (self.prefix, self.values, self.variant) = (prefix, values, variant)
    }

    /// - Parameter maximumLength: BIP-173's 90 characters; some chains have longer addresses.
    init(_ text: String, maximumLength: Int = 90) throws(RawDecodingError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= maximumLength else { throw RawDecodingError("it is too long") }
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
            throw RawDecodingError("it has a character that no address has")
        }
        let lower = bytes.map { $0 >= 0x41 && $0 <= 0x5a ? $0 | 0x20 : $0 }
        guard lower == bytes || !bytes.contains(where: { $0 >= 0x61 && $0 <= 0x7a }) else {
            throw RawDecodingError("it mixes upper and lower case")
        }
        guard let separator = lower.lastIndex(of: 0x31), separator > 0 else {
            throw RawDecodingError("it has no human-readable part")
        }
        let data = lower[(separator + 1)...].map { Self.characterValues[Int($0 & 0x7f)] }
        guard data.allSatisfy({ $0 < 32 }) else { throw RawDecodingError("it has a character that bech32 has not") }
        guard data.count >= 6 else { throw RawDecodingError("it is too short") }
        let head = Array(lower[..<separator])
        guard let variant = Variant(rawValue: Self.checksum(Self.expanded(head) + data)) else {
            throw RawDecodingError("its bech32 checksum is wrong")
        }
        self.init(prefix: String(decoding: head, as: UTF8.self), values: Array(data.dropLast(6)), variant: variant)
    }

    /// The text, in lower case.
    var text: String {
        let expanded = Self.expanded(Array(prefix.utf8)) + values
        let rest = Self.checksum(expanded + [UInt8](repeating: 0, count: 6)) ^ variant.rawValue
        let check = (0..<6).map { UInt8(rest >> UInt32(5 * (5 - $0)) & 31) }
        let data = (values + check).map { Self.characters[Int($0 & 31)] }
        return prefix + "1" + String(decoding: data, as: UTF8.self)
    }

    private static let characters = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)

    private static let characterValues: [UInt8] = {
        var values = [UInt8](repeating: 0xff, count: 128)
        for (value, character) in characters.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    private static func expanded(_ prefix: [UInt8]) -> [UInt8] {
        prefix.map { $0 >> 5 } + [0] + prefix.map { $0 & 31 }
    }

    private static let generator: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]

    private static func checksum(_ values: [UInt8]) -> UInt32 {
        var checksum: UInt32 = 1
        for value in values {
            let top = checksum >> 25
            checksum = (checksum & 0x01ff_ffff) << 5 ^ UInt32(value)
            for bit in 0..<5 where top >> UInt32(bit) & 1 == 1 { checksum ^= generator[bit] }
        }
        return checksum
    }
}
