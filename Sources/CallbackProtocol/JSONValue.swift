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
        package var name: String
        package var value: JSONValue

        package init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }

    package private(set) var members: [Member]

    package init(_ members: [Member] = []) {
        self.members = members
    }

    package subscript(name: String) -> JSONValue? {
        let (count, first) = (name.utf8.count, name.utf8.first)
        // By index: `first(where:)` would copy every member that it looks at.
        for index in members.indices {
            let units = members[index].name.utf8
            guard units.count == count, units.first == first, isSameText(members[index].name, name) else { continue }
            return members[index].value
        }
        return nil
    }

    /// Replaces the value of a member, or adds the member at the end.
    package mutating func set(_ name: String, _ value: JSONValue) {
        if let index = members.firstIndex(where: { isSameText($0.name, name) }) {
            members[index].value = value
        } else {
            members.append(Member(name, value))
        }
    }
}

/// Whether two texts are the same code points. Swift's `==` also equates canonical equivalents, such as the Kelvin sign
/// and K, which no other reader of the same payload would.
package func isSameText(_ left: String, _ right: String) -> Bool {
    guard left.utf8.count == right.utf8.count else { return false }
    // Strings lie in one piece, so that bytes are compared and nothing is decoded.
    let same = left.utf8.withContiguousStorageIfAvailable { own in
        right.utf8.withContiguousStorageIfAvailable { own.elementsEqual($0) }
    }
    return (same ?? nil) ?? left.utf8.elementsEqual(right.utf8)
}
