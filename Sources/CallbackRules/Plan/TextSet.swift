// A set of texts that is asked often and never changes.

/// A hashed set of byte strings in one block of memory. A question allocates nothing.
struct TextSet: Sendable, Hashable {
    private var bytes: [UInt8] = []
    /// Where each member begins; one more at the end.
    private var starts: [Int32] = [0]
    /// Member numbers by hash, -1 where free; the count is a power of two.
    private var slots: [Int32] = [-1, -1]

    init(_ texts: some Sequence<String>) {
        for text in texts { insert(Array(text.utf8)) }
    }

    var count: Int { starts.count - 1 }

    /// Every member, in the order in which they were inserted.
    var members: [String] { (0..<count).map { String(decoding: bytes[range(of: $0)], as: UTF8.self) } }

    /// Adds a member; `false` where it was there already.
    @discardableResult
    mutating func insert(_ text: [UInt8]) -> Bool {
        if contains(utf8: text) { return false }
        bytes += text
        starts.append(Int32(truncatingIfNeeded: bytes.count))
        if count * 2 > slots.count {
            slots = [Int32](repeating: -1, count: slots.count * 4)
            for member in 0..<count { place(member) }
        } else {
            place(count - 1)
        }
        return true
    }

    func contains(_ text: String) -> Bool {
        contains(utf8: text.utf8)
    }

    private func contains(utf8 text: some Collection<UInt8>) -> Bool {
        var slot = Self.hash(text) & (slots.count - 1)
        while slots[slot] >= 0 {
            let member = bytes[range(of: Int(slots[slot]))]
            if member.count == text.count, member.elementsEqual(text) { return true }
            slot = (slot + 1) & (slots.count - 1)
        }
        return false
    }

    private func range(of member: Int) -> Range<Int> {
        Int(starts[member])..<Int(starts[member + 1])
    }

    private mutating func place(_ member: Int) {
        var slot = Self.hash(bytes[range(of: member)]) & (slots.count - 1)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(truncatingIfNeeded: member)
    }

    /// FNV-1a, 64 bits. The members are the operator's own, so nobody can choose them to collide.
    private static func hash(_ text: some Collection<UInt8>) -> Int {
        let hash = text.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return Int(truncatingIfNeeded: hash ^ hash >> 32)
    }
}
