// Randomness that can be had again: every generated test prints or fixes its seed.

/// SplitMix64 (Steele, Lea, Flood 2014).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }
}

/// Changes one to three places of a text: bits, bytes, parts left out, doubled, moved, or cut off.
func mutated(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
    let interesting = Array(".=-_+/\n\r\"{}[],:\\0eE \u{0}".utf8) + [0x7f, 0x80, 0xc0, 0xed, 0xff]
    var result = bytes
    for _ in 0..<Int.random(in: 1...3, using: &generator) {
        let at = Int.random(in: 0...result.count, using: &generator)
        switch Int.random(in: 0..<8, using: &generator) {
        case 0 where at < result.count: result[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1 where at < result.count: result[at] = UInt8.random(in: 0...255, using: &generator)
        case 2 where at < result.count: result[at] = interesting.randomElement(using: &generator) ?? 0
        case 3: result.insert(interesting.randomElement(using: &generator) ?? 0, at: at)
        case 4: result.removeSubrange(at..<min(result.count, at + Int.random(in: 1...8, using: &generator)))
        case 5: result.insert(contentsOf: result[at..<min(result.count, at + 16)], at: at)
        case 6 where at < result.count: result.swapAt(at, Int.random(in: 0..<result.count, using: &generator))
        default: result.removeSubrange(max(at, result.count - 4)...)
        }
    }
    return result
}
