// JSON payloads written as YAML, and changes of them.

import CallbackProtocol

enum RulesTestValue {
    /// A node as JSON: quoted scalars are strings; plain ones are numbers, true, false or null where JSON has them, else
    /// strings.
    static func json(_ node: SourceNode) -> JSONValue {
        switch node.content {
        case .scalar(let text, plain: false): return .string(text)
        case .scalar("true", plain: true): return .bool(true)
        case .scalar("false", plain: true): return .bool(false)
        case .scalar("null", plain: true), .scalar("~", plain: true), .scalar("", plain: true): return .null
        case .scalar(let text, plain: true):
            return ExactDecimal(jsonNumber: text) == nil ? .string(text) : .number(text)
        case .sequence(let items): return .array(items.map(json))
        case .mapping(let entries):
            return .object(JSONObject(entries.map { JSONObject.Member($0.key.value, json($0.value)) }))
        }
    }

    /// Sets what stands at a path like `destinations[0].amountUSD`; `null` removes a member. `false` where there is no
    /// such place.
    static func set(_ path: String, to value: JSONValue, in target: inout JSONValue) -> Bool {
        var steps: [Step] = []
        for part in path.split(separator: ".", omittingEmptySubsequences: false) {
            let name = part.prefix { $0 != "[" }
            guard !name.isEmpty else { return false }
            steps.append(.member(String(name)))
            for index in part.dropFirst(name.count).split(separator: "[") {
                guard index.last == "]", let number = Int(index.dropLast()), number >= 0 else { return false }
                steps.append(.element(number))
            }
        }
        return set(steps[...], to: value, in: &target)
    }

    private enum Step {
        case member(String)
        case element(Int)
    }

    private static func set(_ steps: ArraySlice<Step>, to value: JSONValue, in target: inout JSONValue) -> Bool {
        guard let step = steps.first else {
            target = value
            return true
        }
        let rest = steps.dropFirst()
        switch (step, target) {
        case (.member(let name), .object(var object)):
            if rest.isEmpty, value == .null {
                target = .object(JSONObject(object.members.filter { !isSameText($0.name, name) }))
                return true
            }
            var inner = object[name] ?? .object(JSONObject())
            guard set(rest, to: value, in: &inner) else { return false }
            object.set(name, inner)
            target = .object(object)
            return true
        case (.element(let index), .array(var values)):
            guard index <= values.count else { return false }
            var inner = index < values.count ? values[index] : .object(JSONObject())
            guard set(rest, to: value, in: &inner) else { return false }
            if index < values.count { values[index] = inner } else { values.append(inner) }
            target = .array(values)
            return true
        default: return false
        }
    }
}
