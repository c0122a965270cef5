// Payloads as they may be stored: everything but the secrets that a configuration change can carry, and what the operator
// wants kept out.

/// Removes secrets from payloads before they reach a disk, and tells what it removed.
package enum SecretRedaction {
    /// A value that is not in the text any more.
    package struct RemovedValue: Sendable, Hashable {
        /// Where it stood: a JSON pointer (RFC 6901) into the payload. For JSON inside a string, the pointer of the string,
        /// `#`, and the pointer within. So that no two values have one path, a `#` in a name is written `~2`.
        package var path: String
        /// Its compact JSON text: numbers as they were written, strings with their quotes.
        package var value: String

        package init(path: String, value: String) {
            self.path = path
            self.value = value
        }
    }

    /// The text of a strictly parsed payload, with the values of secret members replaced by `[removed]`, at any depth
    /// and inside JSON that stands in a string. `nil` without a secret: the payload's own bytes may be stored, so that
    /// their digest can be checked again.
    ///
    /// - Parameter object: what `payload` was parsed to, where the caller has it.
    package static func redacted(payload: [UInt8], object: JSONObject? = nil) -> String? {
        redact(payload: payload, object: object)?.text
    }

    /// The same, and the values that were replaced, in their order.
    ///
    /// A payload that is no strict JSON goes as a whole: its text is empty then, and nothing is told of it.
    ///
    /// A payload may hold secrets without number, each at the end of a path of any length, and what is told must stay small.
    /// Of more than `mostValues` values, or paths of more than `mostPathBytes` together, one is told in their place: the whole
    /// payload, with the path `*`, which no pointer is.
    ///
    /// - Parameter names: members of the payload's top level that go too, whatever their type. Compared exactly.
    package static func redact(
        payload: [UInt8], object: JSONObject? = nil, masking names: [String] = []
    ) -> (text: String, removed: [RemovedValue])? {
        guard let value = object.map(JSONValue.object) ?? (try? StrictJSON.parse(payload)) else { return ("", []) }
        var redactor = Redactor(masking: names)
        guard let cleaned = redactor.clean(value) else { return nil }
        let removed = redactor.removed ?? [RemovedValue(path: "*", value: String(decoding: payload, as: UTF8.self))]
        return (String(decoding: cleaned.serialized(), as: UTF8.self), removed)
    }

    /// The most values that are told one by one.
    package static let mostValues = 256
    /// The most bytes of UTF-8 that their paths have together.
    package static let mostPathBytes = 64 << 10

    /// A string may hold JSON, or something that means to be, and a secret in it.
    static func mayHoldSecret(_ text: String) -> Bool {
        let units = text.utf8.span
        guard let start = units.indices.first(where: { units[$0] > 0x20 }) else { return false }
        switch units[start] {
        // A byte order mark stands before JSON at times.
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), 0xef:
            let bytes = units.bytes
            return firstMarked(in: bytes) { $0.equal(to: UInt8(ascii: "\\")) } < bytes.byteCount
                || SecretNames.areIn(units)
        default: return false
        }
    }
}

/// Goes through a payload and collects what it removes, with where that stood.
private struct Redactor {
    private let masked: [String]
    /// `nil` once it was too much.
    private(set) var removed: [SecretRedaction.RemovedValue]? = []
    private var count = 0
    private var pathBytes = 0
    /// The way to the present value. Its path is only made where something is removed.
    private var way: [Step] = []

    private enum Step {
        case element(Int)
        case member(String)
        /// Into the JSON of a string.
        case text

        /// Not more than the path has, and found without making it.
        var leastBytes: Int {
            switch self {
            case .element: 2
            case .member(let name): 1 + name.utf8.count
            case .text: 1
            }
        }

        var path: String {
            switch self {
            case .element(let index): "/\(index)"
            case .member(let name): "/" + Self.escaped(name)
            case .text: "#"
            }
        }

        /// A name as a step of a pointer.
        private static func escaped(_ name: String) -> String {
            guard
                name.utf8.contains(where: {
                    $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "#")
                })
            else { return name }
            return name.unicodeScalars.reduce(into: "") { text, scalar in
                switch scalar {
                case "~": text += "~0"
                case "/": text += "~1"
                case "#": text += "~2"
                default: text.unicodeScalars.append(scalar)
                }
            }
        }
    }

    init(masking names: [String]) {
        masked = names
    }

    /// The value without its secrets; `nil` where it has none.
    mutating func clean(_ value: JSONValue) -> JSONValue? {
        switch value {
        case .null, .bool, .number: return nil
        case .string(let text): return clean(text: text)
        case .array(var values):
            let before = count
            for index in values.indices {
                if let rest = inside(.element(index), { $0.clean(values[index]) }) { values[index] = rest }
            }
            return count == before ? nil : .array(values)
        case .object(let object):
            let before = count
            var members = object.members
            for index in members.indices {
                let name = members[index].name
                let isNamed =
                    SecretNames.contains(name) || way.isEmpty && masked.contains { isSameText($0, name) }
                let rest = inside(.member(name)) {
                    isNamed ? $0.remove(members[index].value) : $0.clean(members[index].value)
                }
                if let rest { members[index].value = rest }
            }
            return count == before ? nil : .object(JSONObject(members))
        }
    }

    /// What begins like JSON and is none goes as a whole where a secret could stand in it: nobody can tell where the
    /// secret ends.
    private mutating func clean(text: String) -> JSONValue? {
        guard SecretRedaction.mayHoldSecret(text),
            let first = text.unicodeScalars.first(where: { $0.value > 0x20 && $0.value != 0xfeff }),
            first == "{" || first == "[" || first == "\""
        else { return nil }
        guard let inner = try? StrictJSON.parse(Array(text.utf8)) else { return remove(.string(text)) }
        return inside(.text) { $0.clean(inner) }.map { .string(String(decoding: $0.serialized(), as: UTF8.self)) }
    }

    private mutating func remove(_ value: JSONValue) -> JSONValue {
        count += 1
        guard removed != nil else { return .string("[removed]") }
        if count <= SecretRedaction.mostValues,
            pathBytes + way.reduce(0, { $0 + $1.leastBytes }) <= SecretRedaction.mostPathBytes
        {
            let path = way.map(\.path).joined()
            pathBytes += path.utf8.count
            let text = String(decoding: value.serialized(), as: UTF8.self)
            removed?.append(SecretRedaction.RemovedValue(path: path, value: text))
        } else {
            removed = nil
        }
        return .string("[removed]")
    }

    private mutating func inside<Result>(_ step: Step, _ work: (inout Redactor) -> Result) -> Result {
        way.append(step)
        defer { way.removeLast() }
        return work(&self)
    }
}
