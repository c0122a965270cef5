// The hash that EVM chains sign and number their addresses with.

/// Keccak-256 as submitted to the SHA-3 competition: the permutation of FIPS 202 with the original padding (0x01), which
/// is not SHA3-256 (0x06). libcrypto 3.0 has the latter only.
enum Keccak256 {
    /// How many bytes one permutation takes in: 1600 bits less twice the digest.
    private static let rate = 136

    /// The 32-byte digest of a byte string.
    static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var state = [UInt64](repeating: 0, count: 25)
        var scratch = state
        var position = 0
        for byte in bytes {
            state[position >> 3] ^= UInt64(byte) << UInt64((position & 7) * 8)
            position += 1
            if position == rate {
                permute(&state, &scratch)
                position = 0
            }
        }
        state[position >> 3] ^= 0x01 << UInt64((position & 7) * 8)
        state[(rate - 1) >> 3] ^= 0x80 << UInt64(((rate - 1) & 7) * 8)
        permute(&state, &scratch)
        return (0..<32).map { UInt8(truncatingIfNeeded: state[$0 >> 3] >> UInt64(($0 & 7) * 8)) }
    }

    /// Keccak-f[1600], FIPS 202 section 3.3: 24 rounds of theta, rho, pi, chi and iota. Lane (x, y) is at `x + 5 * y`.
    private static func permute(_ state: inout [UInt64], _ scratch: inout [UInt64]) {
        for constant in roundConstants {
            for x in 0..<5 {
                scratch[x] = state[x] ^ state[x + 5] ^ state[x + 10] ^ state[x + 15] ^ state[x + 20]
            }
            for x in 0..<5 {
                let mixed = scratch[(x + 4) % 5] ^ rotated(scratch[(x + 1) % 5], 1)
                var lane = x
                while lane < 25 {
                    state[lane] ^= mixed
                    lane += 5
                }
            }
            for lane in 0..<25 { scratch[targets[lane]] = rotated(state[lane], rotations[lane]) }
            var row = 0
            while row < 25 {
                for x in 0..<5 {
                    state[row + x] = scratch[row + x] ^ (~scratch[row + (x + 1) % 5] & scratch[row + (x + 2) % 5])
                }
                row += 5
            }
            state[0] ^= constant
        }
    }

    private static func rotated(_ lane: UInt64, _ count: UInt64) -> UInt64 {
        lane &<< count | lane &>> (64 &- count)
    }

    /// Rho (FIPS 202 table 2), by lane.
    private static let rotations: [UInt64] = [
        0, 1, 62, 28, 27, 36, 44, 6, 55, 20, 3, 10, 43, 25, 39, 41, 45, 15, 21, 8, 18, 2, 61, 56, 14,
    ]

    /// Pi: where each lane goes, (x, y) to (y, 2x + 3y).
    private static let targets: [Int] = (0..<25).map { lane in
        let (x, y) = (lane % 5, lane / 5)
        return y + 5 * ((2 * x + 3 * y) % 5)
    }

    private static let roundConstants: [UInt64] = [
        0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808a, 0x8000_0000_8000_8000,
        0x0000_0000_0000_808b, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
        0x0000_0000_0000_008a, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000a,
        0x0000_0000_8000_808b, 0x8000_0000_0000_008b, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
        0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800a, 0x8000_0000_8000_000a,
        0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
    ]
}
