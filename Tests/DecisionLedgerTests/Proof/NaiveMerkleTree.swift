// RFC 6962 section 2.1 word by word: slow, and written from the text alone.

import SystemCrypto

/// A log that knows all of its leaf hashes.
struct NaiveMerkleTree {
    var leaves: [[UInt8]]

    /// Leaves that differ in every bit that matters: the hashes of their numbers.
    init(count: Int) {
        leaves = (0..<count).map { Self.sha256([0] + Array("leaf \($0)".utf8)) }
    }

    static func sha256(_ bytes: [UInt8]) -> [UInt8] { SHA256Digest.hash(bytes) }

    /// The largest power of two smaller than `count`.
    private static func half(_ count: Int) -> Int {
        var k = 1
        while k * 2 < count { k *= 2 }
        return k
    }

    static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        guard let first = leaves.first else { return sha256([]) }
        guard leaves.count > 1 else { return first }
        let k = half(leaves.count)
        return sha256([1] + root(leaves.prefix(k)) + root(leaves.dropFirst(k)))
    }

    func root(_ size: Int) -> [UInt8] { Self.root(leaves[0..<size]) }

    /// PATH(m, D[n]).
    static func path(_ m: Int, _ leaves: ArraySlice<[UInt8]>) -> [[UInt8]] {
        guard leaves.count > 1 else { return [] }
        let k = half(leaves.count)
        return m < k
            ? path(m, leaves.prefix(k)) + [root(leaves.dropFirst(k))]
            : path(m - k, leaves.dropFirst(k)) + [root(leaves.prefix(k))]
    }

    /// SUBPROOF(m, D[n], b).
    static func subproof(_ m: Int, _ leaves: ArraySlice<[UInt8]>, _ b: Bool) -> [[UInt8]] {
        if m == leaves.count { return b ? [] : [root(leaves)] }
        let k = half(leaves.count)
        return m <= k
            ? subproof(m, leaves.prefix(k), b) + [root(leaves.dropFirst(k))]
            : subproof(m - k, leaves.dropFirst(k), false) + [root(leaves.prefix(k))]
    }
}
