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

    private static let replacement = JSONValue.string("[removed]")

    /// A value without its secrets, and those, with paths that begin at it.
    private struct Cleaned {
        var value: JSONValue
        var removed: [RemovedValue]
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
    /// - Parameter names: members of the payload's top level that go too, whatever their type. Compared exactly.
    package static func redact(
        payload: [UInt8], object: JSONObject? = nil, masking names: [String] = []
    ) -> (text: String, removed: [RemovedValue])? {
        guard let value = object.map(JSONValue.object) ?? (try? StrictJSON.parse(payload)) else { return ("", []) }
        return cleaned(value, masking: names).map {
            (String(decoding: $0.value.serialized(), as: UTF8.self), $0.removed)
        }
    }

    /// A string may hold JSON, or something that means to be, and a secret in it.
    static func mayHoldSecret(_ text: String) -> Bool {
        let units = text.utf8.span
        guard let start = units.indices.first(where: { units[$0] > 0x20 }) else { return false }
        switch units[start] {
        // A byte order mark stands before JSON at times.
        case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "\""), 0xef:
            return units.indices.contains { units[$0] == UInt8(ascii: "\\") } || SecretNames.areIn(units)
        default: return false
        }
    }

    /// `nil` where nothing is removed.
    private static func cleaned(_ value: JSONValue, masking names: [String] = []) -> Cleaned? {
        switch value {
        case .null, .bool, .number: return nil
        case .string(let text): return cleaned(text: text)
        case .array(let values):
            var (result, removed): ([JSONValue], [RemovedValue]) = (values, [])
            for index in values.indices {
                guard let change = cleaned(values[index]) else { continue }
                result[index] = change.value
                removed += change.removed.map { $0.inside("/\(index)") }
            }
            return removed.isEmpty ? nil : Cleaned(value: .array(result), removed: removed)
        case .object(let object):
            var (result, removed): ([JSONObject.Member], [RemovedValue]) = (object.members, [])
            for index in result.indices {
                let isNamed =
                    SecretNames.contains(result[index].name)
                    || names.contains { isSameText($0, result[index].name) }
                guard let change = isNamed ? without(result[index].value) : cleaned(result[index].value) else {
                    continue
                }
                result[index].value = change.value
                let step = "/" + escaped(result[index].name)
                removed += change.removed.map { $0.inside(step) }
            }
            return removed.isEmpty ? nil : Cleaned(value: .object(JSONObject(result)), removed: removed)
        }
    }

    /// What begins like JSON and is none goes as a whole where a secret could stand in it: nobody can tell where the
    /// secret ends.
    private static func cleaned(text: String) -> Cleaned? {
        guard mayHoldSecret(text),
            let first = text.unicodeScalars.first(where: { $0.value > 0x20 && $0.value != 0xfeff }),
            first == "{" || first == "[" || first == "\""
        else { return nil }
        guard let inner = try? StrictJSON.parse(Array(text.utf8)) else { return without(.string(text)) }
        return cleaned(inner).map { change in
            Cleaned(
                value: .string(String(decoding: change.value.serialized(), as: UTF8.self)),
                removed: change.removed.map { $0.inside("#") })
        }
    }

    private static func without(_ value: JSONValue) -> Cleaned {
        let text = String(decoding: value.serialized(), as: UTF8.self)
        return Cleaned(value: replacement, removed: [RemovedValue(path: "", value: text)])
    }

    /// A name as a step of a pointer.
    private static func escaped(_ name: String) -> String {
        guard
            name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "#") })
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

extension SecretRedaction.RemovedValue {
    fileprivate func inside(_ step: String) -> Self {
        Self(path: step + path, value: value)
    }
}
