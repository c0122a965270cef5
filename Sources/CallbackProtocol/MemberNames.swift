// The names of one JSON object while it is read: each may stand once.

/// Few names are compared one by one; many through a set, so that no object costs quadratic time.
struct MemberNames {
    private var names: Set<ExactName> = []
    /// A bit for the length and the first byte of each name: of names that share none, nothing is compared.
    private var shapes: UInt64 = 0

    /// Whether this is the first member of this name. `members` are those that were read before.
    mutating func insert(_ name: String, beside members: [JSONObject.Member]) -> Bool {
        if members.count < 32 {
            let shape: UInt64 = 1 << UInt64((name.utf8.count &* 7 &+ Int(name.utf8.first ?? 0)) & 63)
            defer { shapes |= shape }
            return shapes & shape == 0 || !members.contains { isSameText($0.name, name) }
        }
        if names.isEmpty { names = Set(members.map { ExactName(text: $0.name) }) }
        return names.insert(ExactName(text: name)).inserted
    }
}

/// A name that equals its own code points only. The hash is over bytes too: Swift's own hash of a string is the same
/// for all canonical equivalents, and whoever sends thousands of those would make every insertion slow.
private struct ExactName: Hashable {
    let text: String

    static func == (left: ExactName, right: ExactName) -> Bool { isSameText(left.text, right.text) }

    func hash(into hasher: inout Hasher) {
        var word: UInt64 = 0
        var filled = 0
        for byte in text.utf8 {
            word = word << 8 | UInt64(byte)
            filled += 1
            if filled % 8 == 0 { hasher.combine(word) }
        }
        hasher.combine(word)
        hasher.combine(filled)
    }
}
