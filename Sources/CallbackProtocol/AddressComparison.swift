// When two blockchain addresses are the same address.

/// Compares addresses by their own shape: EVM addresses and bech32 without case, everything else byte by byte.
package enum AddressComparison {
    /// Whether two texts name one address.
    package static func same(_ left: String, _ right: String) -> Bool {
        isSameText(normalised(left), normalised(right))
    }

    /// The text under which an address is looked up: lower case for EVM addresses (`0x` and 40 hex digits, EIP-55 case
    /// is a checksum only) and for valid bech32 or bech32m (BIP-173, BIP-350; all upper or all lower case), unchanged
    /// for everything else.
    package static func normalised(_ address: String) -> String {
        let bytes = Array(address.utf8)
        guard bytes.contains(where: { $0 != lowercase($0) }), isEVM(bytes) || isBech32(bytes) else { return address }
        return String(decoding: bytes.map(lowercase), as: UTF8.self)
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5a ? byte | 0x20 : byte
    }

    private static func isEVM(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 42, bytes[0] == 0x30, bytes[1] == 0x78 || bytes[1] == 0x58 else { return false }
        return bytes[2...].allSatisfy { byte in
            byte &- 0x30 < 10 || lowercase(byte) &- 0x61 < 6
        }
    }

    private static let charset: [UInt8] = {
        var values = [UInt8](repeating: 0xff, count: 128)
        for (value, byte) in "qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    /// A whole, valid bech32 or bech32m text. Some chains go beyond BIP-173's 90 characters.
    private static func isBech32(_ bytes: [UInt8]) -> Bool {
        guard (8...1_023).contains(bytes.count), bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else { return false }
        let lower = bytes.map(lowercase)
        let isUpper = bytes.allSatisfy { !($0 >= 0x61 && $0 <= 0x7a) }
        guard lower == bytes || isUpper, let separator = lower.lastIndex(of: 0x31), separator >= 1,
            lower.count - separator > 6
        else { return false }
        let prefix = lower[..<separator]
        var checksum: UInt32 = 1
        for byte in prefix { step(&checksum, byte >> 5) }
        step(&checksum, 0)
        for byte in prefix { step(&checksum, byte & 31) }
        for byte in lower[(separator + 1)...] {
            let value = charset[Int(byte)]
            guard value < 32 else { return false }
            step(&checksum, value)
        }
        return checksum == 1 || checksum == 0x2bc8_30a3
    }

    private static let generator: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]

    private static func step(_ checksum: inout UInt32, _ value: UInt8) {
        let top = checksum >> 25
        checksum = (checksum & 0x01ff_ffff) << 5 ^ UInt32(value)
        for bit in 0..<5 where top >> UInt32(bit) & 1 == 1 { checksum ^= generator[bit] }
    }
}
