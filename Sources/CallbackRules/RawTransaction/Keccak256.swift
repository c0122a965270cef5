// TEMPORARY until the decoders land.
enum Keccak256 {
    static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var state = [UInt64](repeating: 0, count: 25)
        var padded = bytes + [0x01]
        padded += [UInt8](repeating: 0, count: (136 - padded.count % 136) % 136)
        padded[padded.count - 1] |= 0x80
        for block in stride(from: 0, to: padded.count, by: 136) {
            for lane in 0..<17 {
                for byte in 0..<8 { state[lane] ^= UInt64(padded[block + lane * 8 + byte]) << UInt64(8 * byte) }
            }
            permute(&state)
        }
        return (0..<32).map { UInt8(truncatingIfNeeded: state[$0 / 8] >> UInt64(8 * ($0 % 8))) }
    }
    private static func rotate(_ x: UInt64, _ n: Int) -> UInt64 { n == 0 ? x : x << UInt64(n) | x >> UInt64(64 - n) }
    private static func permute(_ a: inout [UInt64]) {
        var lfsr: UInt8 = 1
        for _ in 0..<24 {
            let c: [UInt64] = (0..<5).map { (i: Int) -> UInt64 in
                let p: UInt64 = a[i] ^ a[i + 5] ^ a[i + 10]; return p ^ a[i + 15] ^ a[i + 20]
            }
            for x in 0..<5 {
                let d = c[(x + 4) % 5] ^ rotate(c[(x + 1) % 5], 1)
                for y in 0..<5 { a[x + 5 * y] ^= d }
            }
            var (x, y, current) = (1, 0, a[1])
            for t in 0..<24 {
                (x, y) = (y, (2 * x + 3 * y) % 5)
                let next = a[x + 5 * y]
                a[x + 5 * y] = rotate(current, ((t + 1) * (t + 2) / 2) % 64)
                current = next
            }
            for y in 0..<5 {
                let row = (0..<5).map { a[$0 + 5 * y] }
                for x in 0..<5 { a[x + 5 * y] = row[x] ^ (~row[(x + 1) % 5] & row[(x + 2) % 5]) }
            }
            for j in 0..<7 {
                if lfsr & 1 == 1 { a[0] ^= 1 << UInt64((1 << j) - 1) }
                lfsr = lfsr << 1 ^ (lfsr >> 7 == 1 ? 0x71 : 0)
            }
        }
    }
}
