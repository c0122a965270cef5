// A parsed JSON text that keeps what the text said: member order, and numbers as their digits.

/// Any JSON value (RFC 8259). Numbers stay text, so that no amount ever passes through binary floating point.
package enum JSONValue: Sendable, Hashable {
    case null
    case bool(Bool)
    /// The number exactly as written, for example `0.01000000`.
    case number(String)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)

    package var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    package var array: [JSONValue]? {
        if case .array(let values) = self { values } else { nil }
    }

    package var object: JSONObject? {
        if case .object(let object) = self { object } else { nil }
    }

    /// What kind of value this is, for messages: `a string`, `an object`.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// The members of a JSON object in the order of the text. Names are unique: the parser refuses duplicates.
package struct JSONObject: Sendable, Hashable {
    package struct Member: Sendable, Hashable {
        package let name: String
        package var value: JSONValue
        fileprivate let shape: NameShape

        package init(_ name: String, _ value: JSONValue) {
            self.init(name, shape: NameShape(name), value)
        }

        /// For who knows the shape already.
        init(_ name: String, shape: NameShape, _ value: JSONValue) {
            self.name = name
            self.shape = shape
            self.value = value
        }
    }

    package private(set) var members: [Member]

    package init(_ members: [Member] = []) {
        self.members = members
    }

    package subscript(name: String) -> JSONValue? {
        index(of: name, shape: NameShape(name), in: members.indices).map { members[$0].value }
    }

    /// Where the member of this name stands, looked for from `start` on and then before it: whoever asks in the order of
    /// the text finds every member at once.
    func index(of name: String, from start: Int) -> Int? {
        if start < members.count, isSameText(members[start].name, name) { return start }
        let shape = NameShape(name)
        return index(of: name, shape: shape, in: start..<members.count)
            ?? index(of: name, shape: shape, in: 0..<start)
    }

    private func index(of name: String, shape: NameShape, in range: Range<Int>) -> Int? {
        // By index: `first(where:)` would copy every member that it looks at.
        for index in range where members[index].shape == shape {
            if shape.isWholeName || isSameText(members[index].name, name) { return index }
        }
        return nil
    }

    package mutating func reserveCapacity(_ count: Int) { members.reserveCapacity(count) }

    /// Replaces the value of a member, or adds the member at the end.
    package mutating func set(_ name: String, _ value: JSONValue) {
        let shape = NameShape(name)
        if let index = index(of: name, shape: shape, in: members.indices) {
            members[index].value = value
        } else {
            members.append(Member(name, shape: shape, value))
        }
    }
}

/// What two names that are the same have in common, compared in one step: the number of a documented name, of others their
/// length and their first byte.
struct NameShape: Sendable, Hashable {
    /// Below 0 for documented names.
    private let number: Int

    init(_ name: String) {
        let documented = name.utf8.withContiguousStorageIfAvailable { DocumentedNames.shared.number(of: $0.span.bytes) }
        if let documented = documented ?? nil {
            number = -1 - documented
        } else {
            number = name.utf8.count << 8 | Int(name.utf8.first ?? 0)
        }
    }

    init(documented: Int) { number = -1 - documented }

    /// Whether names of this shape are one name.
    var isWholeName: Bool { number < 0 }

    /// The number of a documented name.
    var documented: Int? { number < 0 ? -1 - number : nil }

    /// A bit that other names of one shape have in common.
    var bit: UInt64 { 1 << UInt64((number >> 8 &* 7 &+ number & 0xff) & 63) }
}

/// Whether two texts are the same code points. Swift's `==` also equates canonical equivalents, such as the Kelvin sign
/// and K, which no other reader of the same payload would.
package func isSameText(_ left: String, _ right: String) -> Bool {
    guard left.utf8.count == right.utf8.count else { return false }
    // Strings lie in one piece: bytes are compared, many in one step as nothing ends the loop early.
    let same = left.utf8.withContiguousStorageIfAvailable { own in
        right.utf8.withContiguousStorageIfAvailable { other in
            zip(own, other).reduce(0 as UInt8) { $0 | ($1.0 ^ $1.1) } == 0
        }
    }
    return (same ?? nil) ?? left.utf8.elementsEqual(right.utf8)
}
