// The syntax of `*.tests.yaml`: requests, a past, and what the rules must say.

import CallbackProtocol

/// A file of tests, read and ready to run.
package struct RulesTestFile: Sendable {
    /// One test.
    struct Case: Sendable {
        var name: Located<String>
        var kind: RequestKind
        var instant: RulesInstant
        var cosigner: String?
        var listener: String
        /// The payload as JSON text.
        var payload: [UInt8]
        var past: RulesPast
        var effect: Verdict
        /// The deciding rule, or none at all; `nil` where the test does not say.
        var rule: Expected<String>?
        /// A part of the reason.
        var reason: String?
    }

    enum Expected<Value: Sendable>: Sendable {
        case none
        case some(Value)
    }

    let file: String
    let cases: [Case]
}

/// What reading a file of tests gave.
package struct RulesTestLoadResult: Sendable {
    /// `nil` where there was an error.
    package let tests: RulesTestFile?
    package let diagnostics: [Diagnostic]
}

extension RulesTestFile {
    /// Reads a file of tests for these rules.
    ///
    /// - Parameters:
    ///   - file: the file's name for diagnostics; it is not opened.
    ///   - loadSample: returns the bytes of a payload by its name in `file`, relative to the file of tests.
    package static func load(
        file: String, text: [UInt8], rules: RulesSnapshot, loadSample: (String) throws -> [UInt8]
    ) -> RulesTestLoadResult {
        var findings = Findings(file: file)
        guard let root = YAMLReader.read(text, into: &findings) else {
            return RulesTestLoadResult(tests: nil, diagnostics: findings.sorted)
        }
        var reader = RulesTestReader(reader: RulesFileReader(findings: findings), rules: rules)
        let cases = reader.read(root, loadSample)
        let found = reader.reader.findings
        return RulesTestLoadResult(
            tests: found.hasErrors ? nil : RulesTestFile(file: file, cases: cases), diagnostics: found.sorted)
    }
}

/// Turns a YAML tree into tests.
struct RulesTestReader {
    var reader: RulesFileReader
    let rules: RulesSnapshot
    private var samples: [String: JSONValue] = [:]
    private var defaults = Defaults()

    /// What a test need not repeat.
    private struct Defaults {
        var at: RulesInstant?
        var cosigner: String?
        var listener = "127.0.0.1:8443"
    }

    init(reader: RulesFileReader, rules: RulesSnapshot) {
        (self.reader, self.rules) = (reader, rules)
    }

    mutating func read(_ root: SourceNode, _ loadSample: (String) throws -> [UInt8]) -> [RulesTestFile.Case] {
        guard
            let members = reader.mapping(
                root, of: "a file of tests", allowed: ["tests_version", "defaults", "samples", "tests"],
                required: ["tests_version", "tests"])
        else { return [] }
        if let version = members["tests_version"] {
            guard case .scalar("1", plain: true) = version.content else {
                reader.findings.add(.version, at: version.position, "Only version 1 of test files is known.")
                return []
            }
        }
        if let node = members["defaults"],
            let stated = reader.mapping(node, of: "`defaults`", allowed: ["at", "cosigner", "listener"])
        {
            defaults.at = stated["at"].flatMap { instant($0) }
            defaults.cosigner = stated["cosigner"].flatMap { reader.text($0, "cosigner")?.value }
            defaults.listener = stated["listener"].flatMap { reader.text($0, "listener")?.value } ?? defaults.listener
        }
        if let node = members["samples"] { readSamples(node, loadSample) }
        guard let tests = members["tests"] else { return [] }
        guard case .sequence(let items) = tests.content, !items.isEmpty else {
            reader.findings.add(.emptyCollection, at: tests.position, "`tests` must be a list of tests.")
            return []
        }
        return items.compactMap { test($0) }
    }

    private mutating func readSamples(_ node: SourceNode, _ load: (String) throws -> [UInt8]) {
        guard case .mapping(let entries) = node.content else {
            reader.findings.add(.wrongKind, at: node.position, "`samples` must be a mapping of names to payloads.")
            return
        }
        for entry in entries {
            guard case .mapping(let members) = entry.value.content, members.count == 1,
                members[0].key.value.isExactly("file")
            else {
                samples[entry.key.value] = RulesTestValue.json(entry.value)
                continue
            }
            guard let name = reader.text(members[0].value, "file") else { continue }
            do {
                samples[entry.key.value] = try StrictJSON.parse(try load(name.value))
            } catch {
                reader.findings.add(
                    .badSample, at: name.position, "The payload \(name.value) cannot be read: \(error)")
            }
        }
    }

    private mutating func test(_ node: SourceNode) -> RulesTestFile.Case? {
        guard
            let members = reader.mapping(
                node, of: "a test",
                allowed: [
                    "name", "kind", "at", "cosigner", "listener", "request", "change", "charged", "holds", "expect",
                ], required: ["name", "request", "expect"]),
            let name = members["name"].flatMap({ reader.text($0, "name") }), let request = members["request"],
            let expect = members["expect"]
        else { return nil }
        let instant = members["at"].map { self.instant($0) } ?? defaults.at
        guard let instant else {
            reader.findings.add(.badInstant, at: name.position, "Test `\(name.value)` needs `at`, here or in defaults.")
            return nil
        }
        guard let payload = payload(request, change: members["change"]), let kind = kind(members["kind"]),
            let (effect, rule, reason) = expectation(expect)
        else { return nil }
        return RulesTestFile.Case(
            name: name, kind: kind, instant: instant,
            cosigner: members["cosigner"].flatMap { reader.text($0, "cosigner")?.value } ?? defaults.cosigner,
            listener: members["listener"].flatMap { reader.text($0, "listener")?.value } ?? defaults.listener,
            payload: payload.serialized(),
            past: RulesPast(
                charges: members["charged"].map { charges($0) } ?? [:],
                holds: members["holds"].map { holds($0) } ?? [:]),
            effect: effect, rule: rule, reason: reason)
    }

    private mutating func kind(_ node: SourceNode?) -> RequestKind? {
        guard let node else { return .transaction }
        guard let text = reader.text(node, "kind") else { return nil }
        if let kind = RequestKind(rawValue: text.value) { return kind }
        reader.findings.add(
            .unlistedKind, at: text.position, "`\(text.value)` is not a kind of request.",
            hint: "Kinds are transaction and configuration.")
        return nil
    }

    private mutating func payload(_ node: SourceNode, change: SourceNode?) -> JSONValue? {
        var payload: JSONValue
        if case .scalar = node.content {
            guard let name = reader.text(node, "request") else { return nil }
            guard let sample = samples[name.value] else {
                reader.findings.add(
                    .unknownSample, at: name.position, "There is no sample `\(name.value)`.",
                    hint: NearestName.hint(name.value, in: Array(samples.keys)))
                return nil
            }
            payload = sample
        } else {
            payload = RulesTestValue.json(node)
        }
        if let change {
            guard case .mapping(let entries) = change.content else {
                reader.findings.add(.wrongKind, at: change.position, "`change` must be a mapping of paths to values.")
                return nil
            }
            for entry in entries {
                guard RulesTestValue.set(entry.key.value, to: RulesTestValue.json(entry.value), in: &payload) else {
                    reader.findings.add(
                        .badChange, at: entry.key.position, "The request has no place `\(entry.key.value)`.")
                    return nil
                }
            }
        }
        guard var object = payload.object else {
            reader.findings.add(.wrongKind, at: node.position, "A request is a mapping.")
            return nil
        }
        if object["requestId"] == nil { object.set("requestId", .string("test")) }
        return .object(object)
    }

    private mutating func expectation(
        _ node: SourceNode
    ) -> (Verdict, RulesTestFile.Expected<String>?, String?)? {
        guard
            let members = reader.mapping(
                node, of: "`expect`", allowed: ["effect", "rule", "reason"], required: ["effect"]),
            let effect = members["effect"].flatMap({ reader.text($0, "effect") })
        else { return nil }
        guard let verdict = Verdict(rawValue: effect.value) else {
            reader.findings.add(
                .unknownEffect, at: effect.position, "`\(effect.value)` is not an effect of a decision.",
                hint: NearestName.hint(effect.value, in: Verdict.allCases.map(\.rawValue)))
            return nil
        }
        var rule: RulesTestFile.Expected<String>?
        if let stated = members["rule"].flatMap({ reader.text($0, "rule") }) {
            let known = rules.plan.rules.map(\.id)
            if stated.value.isExactly("none") {
                rule = RulesTestFile.Expected.none
            } else if known.contains(where: stated.value.isExactly) {
                rule = .some(stated.value)
            } else {
                reader.findings.add(
                    .unknownRule, at: stated.position, "There is no rule `\(stated.value)`.",
                    hint: NearestName.hint(stated.value, in: known))
            }
        }
        return (verdict, rule, members["reason"].flatMap { reader.text($0, "reason")?.value })
    }

    mutating func instant(_ node: SourceNode) -> RulesInstant? {
        guard let text = reader.text(node, "at") else { return nil }
        guard let instant = RulesInstant(text.value) else {
            reader.findings.add(.badInstant, at: text.position, "`\(text.value.prefix(60))` is not an instant.")
            return nil
        }
        return instant
    }
}
