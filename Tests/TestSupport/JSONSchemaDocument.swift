// A JSON Schema as a tree, for tests that compare it with a reader.

import Foundation

/// The places of a schema that describe mappings, with their members.
package struct JSONSchemaDocument {
    package struct Failure: Error {}

    /// One mapping with a closed set of keys: `listeners[].tls`; the whole file is the empty path.
    package struct Object {
        package let path: String
        package let keys: [String]
    }

    private let root: [String: Any]
    /// Every mapping with a closed set of keys, in the order in which a walk meets it.
    package private(set) var objects: [Object] = []
    /// Members without a description, of their own or of what they refer to.
    package private(set) var undescribed: [String] = []

    package init(_ text: String) throws {
        guard let root = try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any] else {
            throw Failure()
        }
        self.root = root
        walk(root, "")
    }

    private func definition(_ node: [String: Any]) -> [String: Any]? {
        guard let name = (node["$ref"] as? String)?.split(separator: "/").last else { return nil }
        return (root["$defs"] as? [String: Any])?[String(name)] as? [String: Any]
    }

    private func isDescribed(_ node: [String: Any]) -> Bool {
        node["description"] is String || definition(node).map(isDescribed) ?? false
    }

    private mutating func walk(_ node: [String: Any], _ path: String) {
        if let target = definition(node) { walk(target, path) }
        for branch in node["anyOf"] as? [[String: Any]] ?? [] where branch["required"] == nil { walk(branch, path) }
        if let items = node["items"] as? [String: Any] { walk(items, path + "[]") }
        if let members = node["additionalProperties"] as? [String: Any] { walk(members, path + ".*") }
        guard node["type"] as? String == "object", let properties = node["properties"] as? [String: [String: Any]]
        else {
            return
        }
        let keys = properties.keys.sorted()
        if node["additionalProperties"] as? Bool == false { objects.append(Object(path: path, keys: keys)) }
        for key in keys {
            let place = path.isEmpty ? key : "\(path).\(key)"
            let member = properties[key] ?? [:]
            if !isDescribed(member) { undescribed.append(place) }
            walk(member, place)
        }
    }
}
