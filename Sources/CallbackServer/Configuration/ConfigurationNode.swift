// A YAML node that knows where it stands, so that every complaint about the configuration names file, line and column.

import Foundation
import Yams

/// A value of the configuration file with its place and its path (`listeners[0].tls`).
struct ConfigurationNode {
    let file: String
    let path: String
    let node: Node

    /// Parses a whole file: one YAML document whose root is a mapping, without anchors, aliases, tags or duplicate keys.
    static func root(file: String, text: String) throws(ServerError) -> ConfigurationNode {
        let document: Node?
        do {
            document = try Yams.compose(yaml: text)
        } catch YamlError.duplicatedKeysInMapping(let keys, let context) {
            throw ServerError(
                .configurationInvalid,
                "\(file):\(context.mark.line):\(context.mark.column): the mapping that begins here has a key twice, keep one: "
                    + keys.sorted().joined(separator: ", "))
        } catch {
            throw ServerError(.configurationInvalid, "\(file): not readable as YAML: \(error)")
        }
        guard let document, document.mapping != nil else {
            throw ServerError(
                .configurationInvalid, "\(file):1:1: the file must be a YAML mapping that starts with config_version: 1"
            )
        }
        return ConfigurationNode(file: file, path: "", node: document)
    }

    func problem(_ message: String) -> ServerError {
        let mark = node.mark
        let place = mark.map { "\(file):\($0.line):\($0.column)" } ?? file
        let name = path.isEmpty ? "" : "\(path): "
        return ServerError(.configurationInvalid, "\(place): \(name)\(message)")
    }

    private func child(_ name: String, _ node: Node) -> ConfigurationNode {
        ConfigurationNode(file: file, path: path.isEmpty ? name : "\(path).\(name)", node: node)
    }

    /// The members of a mapping. Names that are not in `allowed` are errors that name the nearest one.
    func members(allowed: [String]) throws(ServerError) -> [String: ConfigurationNode] {
        guard let mapping = node.mapping else {
            throw problem("must be a mapping of \(allowed.joined(separator: ", "))")
        }
        var members: [String: ConfigurationNode] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw problem("has a key that is not a word") }
            let member = child(name, value)
            guard allowed.contains(name) else {
                let near = allowed.min { editDistance($0, name) < editDistance($1, name) } ?? ""
                let hint =
                    editDistance(near, name) <= 3
                    ? "; did you mean \(near)?" : "; known are \(allowed.joined(separator: ", "))"
                throw ConfigurationNode(file: file, path: path, node: key).problem("unknown key \(name)\(hint)")
            }
            members[name] = member
        }
        return members
    }

    /// The members of a mapping whose names are free.
    func entries() throws(ServerError) -> [(name: String, value: ConfigurationNode)] {
        guard let mapping = node.mapping else { throw problem("must be a mapping") }
        var entries: [(String, ConfigurationNode)] = []
        for (key, value) in mapping {
            guard let name = key.scalar?.string else { throw problem("has a key that is not a word") }
            entries.append((name, child(name, value)))
        }
        return entries
    }

    func elements() throws(ServerError) -> [ConfigurationNode] {
        guard let sequence = node.sequence else { throw problem("must be a list") }
        return sequence.enumerated().map {
            ConfigurationNode(file: file, path: "\(path)[\($0.offset)]", node: $0.element)
        }
    }

    /// The text of a scalar with every `${NAME}` replaced by that environment variable.
    func text(environment: [String: String]) throws(ServerError) -> String {
        guard let raw = node.scalar?.string, !raw.isEmpty else { throw problem("must be a text") }
        var result = ""
        var rest = raw[...]
        while let start = rest.range(of: "${") {
            result += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstIndex(of: "}") else { throw problem("${ without }") }
            let name = String(rest[start.upperBound..<end])
            guard let value = environment[name], !value.isEmpty else {
                throw problem("the environment variable \(name) is not set")
            }
            result += value
            rest = rest[rest.index(after: end)...]
        }
        return result + rest
    }
}

/// Levenshtein distance, for hints.
private func editDistance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left), Array(right))
    var row = Array(0...right.count)
    for (index, letter) in left.enumerated() {
        var previous = row[0]
        row[0] = index + 1
        for column in right.indices {
            let substituted = previous + (letter == right[column] ? 0 : 1)
            previous = row[column + 1]
            row[column + 1] = min(substituted, row[column] + 1, previous + 1)
        }
    }
    return row[right.count]
}
