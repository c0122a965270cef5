// The names of one JSON object while it is read: each may stand once.

/// Documented names have a bit each. Few others are compared one by one; many through a set, so that no object costs
/// quadratic time.
struct MemberNames {
    private var names: Set<ExactName> = []
    private var documented: UInt128 = 0
    /// The bits of all other shapes: a name whose bit is not among them is compared with none.
    private var shapes: UInt64 = 0

    /// Whether this is the first member of this name. `members` are those that were read before.
    mutating func insert(_ name: String, shape: NameShape, beside members: [JSONObject.Member]) -> Bool {
        if let number = shape.documented {
            let bit = (1 as UInt128) << UInt128(number)
            defer { documented |= bit }
            return documented & bit == 0
        }
        if members.count < 32 {
            defer { shapes |= shape.bit }
            return shapes & shape.bit == 0 || !members.contains { isSameText($0.name, name) }
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
