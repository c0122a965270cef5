// Native segregated witness addresses.

/// A witness version and program as an address (BIP-173, amended by BIP-350).
struct WitnessAddress: Sendable, Hashable {
    var network: BitcoinNetwork
    /// 0 to 16.
    var version: UInt8
    /// 2 to 40 bytes; 20 or 32 for version 0.
    var program: [UInt8]

    init(network: BitcoinNetwork, version: UInt8, program: [UInt8]) {
        (self.network, self.version, self.program) = (network, version, program)
    }

    init(_ text: String) throws(RawDecodingError) {
        let decoded = try Bech32(text)
        guard let network = BitcoinNetwork.allCases.first(where: { $0.witnessPrefix == decoded.prefix }) else {
            throw RawDecodingError("its human-readable part is not Bitcoin's")
        }
        guard let version = decoded.values.first else { throw RawDecodingError("it has no witness version") }
        guard version <= 16 else { throw RawDecodingError("its witness version is above 16") }
        guard decoded.variant == (version == 0 ? .bech32 : .bech32m) else {
            throw RawDecodingError("its checksum is of the other kind (bech32 and bech32m)")
        }
        let program = try Self.bytes(of: decoded.values.dropFirst())
        guard version == 0 ? program.count == 20 || program.count == 32 : (2...40).contains(program.count) else {
            throw RawDecodingError("its witness program has a length that it must not have")
        }
        self.init(network: network, version: version, program: program)
    }

    var text: String {
        let values = [version] + Self.values(of: program)
        return Bech32(prefix: network.witnessPrefix, values: values, variant: version == 0 ? .bech32 : .bech32m).text
    }

    /// The version as an opcode (OP_0, OP_1 to OP_16) and a push of the program (BIP-141).
    var script: [UInt8] {
        [version == 0 ? 0 : 0x50 + version, UInt8(truncatingIfNeeded: program.count)] + program
    }

    /// 5-bit values as bytes. What is left over is fewer than 5 bits, all zero.
    private static func bytes(of values: ArraySlice<UInt8>) throws(RawDecodingError) -> [UInt8] {
        var (bits, count): (UInt32, UInt32) = (0, 0)
        var bytes: [UInt8] = []
        for value in values {
            bits = (bits << 5 | UInt32(value)) & 0xfff
            count += 5
            if count >= 8 {
                count -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> count))
            }
        }
        guard count < 5, bits & (1 << count - 1) == 0 else { throw RawDecodingError("its padding is wrong") }
        return bytes
    }

    private static func values(of bytes: [UInt8]) -> [UInt8] {
        var (bits, count): (UInt32, UInt32) = (0, 0)
        var values: [UInt8] = []
        for byte in bytes {
            bits = (bits << 8 | UInt32(byte)) & 0xfff
            count += 8
            while count >= 5 {
                count -= 5
                values.append(UInt8(bits >> count & 31))
            }
        }
        if count > 0 { values.append(UInt8(bits << (5 - count) & 31)) }
        return values
    }
}
