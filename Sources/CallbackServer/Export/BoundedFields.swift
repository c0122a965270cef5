// JSON values of bounded size, for documents that travel in messages.

import CallbackProtocol

/// Makes values within bounds and remembers whether it cut anything.
struct BoundedFields {
    let bounds: ExportBounds
    private(set) var isCut = false

    init(bounds: ExportBounds) {
        self.bounds = bounds
    }

    /// A text, cut where it is too long; `nil` stays `nil`.
    mutating func text(_ text: String?) -> JSONValue? {
        guard let text else { return nil }
        let (bounded, isCut) = text.bounded(to: bounds.value)
        if isCut { self.isCut = true }
        return .string(bounded)
    }

    /// A value of a summary: a text or a list of texts.
    mutating func value(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text): return self.text(text) ?? .null
        case .array(let values):
            if values.count > bounds.list { isCut = true }
            var kept: [JSONValue] = []
            for element in values.prefix(bounds.list) { kept.append(self.value(element)) }
            return .array(kept)
        default: return value
        }
    }

    /// An object of the members that have a value; `nil` where none has.
    func object(_ members: [(String, JSONValue?)]) -> JSONValue? {
        let present = members.compactMap { name, value in value.map { JSONObject.Member(name, $0) } }
        return present.isEmpty ? nil : .object(JSONObject(present))
    }
}

extension JSONValue {
    static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
}

extension JSONObject {
    func adding(_ name: String, _ value: JSONValue) -> JSONObject {
        var copy = self
        copy.set(name, value)
        return copy
    }
}
