// Reads a rules file's text into nodes with places. The only file that knows the YAML library.

import Yams

/// Reads the restricted YAML of rules files.
struct YAMLReader {
    /// Bytes of one rules file. Longer lists belong into files of their own.
    static let maximumBytes = 8 << 20
    private static let maximumDepth = 16

    private var findings: Findings

    /// The root node, or the reasons why there is none. Reports every anchor, tag and key that is not text.
    static func read(_ bytes: [UInt8], into findings: inout Findings) -> SourceNode? {
        guard bytes.count <= maximumBytes else {
            findings.add(.tooLarge, at: nil, "The file has \(bytes.count) bytes; at most \(maximumBytes) are read.")
            return nil
        }
        // Editors put a byte order mark before UTF-8 text; it says nothing.
        let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? Array(bytes.dropFirst(3)) : bytes
        guard let string = String(validating: text, as: UTF8.self) else {
            findings.add(.notUTF8, at: position(ofInvalid: text), "The file is not UTF-8 text.")
            return nil
        }
        if let hidden = HiddenCharacters.find(in: string) {
            findings.add(.hiddenCharacter, at: hidden.position, "The character \(hidden.codePoint) is not accepted.")
            return nil
        }
        if let refusal = AliasGuard.check(text) {
            findings.add(.anchor, at: refusal.position, refusal.message)
            return nil
        }
        var reader = YAMLReader(findings: findings)
        defer { findings = reader.findings }
        return reader.compose(string)
    }

    private static func position(ofInvalid bytes: [UInt8]) -> SourcePosition {
        var line = 1
        for part in bytes.split(separator: 0x0a, omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { break }
            line += 1
        }
        return SourcePosition(line: line, column: 1)
    }

    private mutating func compose(_ text: String) -> SourceNode? {
        do {
            // A resolver without rules: nothing is a number or a boolean here, everything is text.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            // Nodes hold their anchors weakly; the parser keeps them alive.
            return try withExtendedLifetime(parser) {
                guard let root = try parser.singleRoot() else {
                    findings.add(.emptyFile, at: nil, "The file holds no rules.")
                    return nil
                }
                return convert(root, depth: 0)
            }
        } catch let error as YamlError {
            report(error)
        } catch {
            findings.add(.syntax, at: nil, "The file cannot be read: \(error).")
        }
        return nil
    }

    private mutating func report(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            findings.add(.syntax, at: SourcePosition(mark), "YAML: \(problem).")
        case .composer(let context, let problem, let mark, _):
            let several = context?.text.contains("single document") ?? false
            findings.add(
                several ? .severalDocuments : problem.contains("alias") ? .anchor : .syntax, at: SourcePosition(mark),
                several ? "Another document begins here." : "YAML: \(problem).")
        case .duplicatedKeysInMapping(let keys, let context):
            findings.add(
                .duplicateKey, at: SourcePosition(context.mark),
                "This key stands again in the same mapping: `\(keys.first ?? "")`.")
        case .reader(let problem, _, _, _):
            findings.add(.syntax, at: nil, "YAML: \(problem).")
        default:
            findings.add(.syntax, at: nil, "The file cannot be read as YAML.")
        }
    }

    private mutating func convert(_ node: Node, depth: Int) -> SourceNode? {
        let position = node.mark.map { SourcePosition($0) } ?? SourcePosition(line: 0, column: 0)
        guard node.anchor == nil, node.alias == nil else {
            findings.add(.anchor, at: position, "Anchors and aliases are not accepted.")
            return nil
        }
        guard depth < Self.maximumDepth else {
            findings.add(.tooDeep, at: position, "This is nested deeper than \(Self.maximumDepth) levels.")
            return nil
        }
        switch node {
        case .scalar(let scalar):
            let plain = scalar.style == .plain
            guard isUntagged(scalar.tag, resolved: .str, plain: plain) else {
                findings.add(.tag, at: position, "The tag \(scalar.tag.rawValue) is not accepted.")
                return nil
            }
            return SourceNode(position: position, content: .scalar(scalar.string, plain: plain))
        case .sequence(let sequence):
            guard isUntagged(sequence.tag, resolved: nil, plain: true) else {
                findings.add(.tag, at: position, "The tag \(sequence.tag.rawValue) is not accepted.")
                return nil
            }
            let items = sequence.map { convert($0, depth: depth + 1) }
            guard !items.contains(where: { $0 == nil }) else { return nil }
            return SourceNode(position: position, content: .sequence(items.compactMap { $0 }))
        case .mapping(let mapping):
            guard isUntagged(mapping.tag, resolved: nil, plain: true) else {
                findings.add(.tag, at: position, "The tag \(mapping.tag.rawValue) is not accepted.")
                return nil
            }
            return convert(mapping, at: position, depth: depth)
        case .alias:
            return nil
        }
    }

    private mutating func convert(_ mapping: Node.Mapping, at position: SourcePosition, depth: Int) -> SourceNode? {
        var entries: [SourceNode.Entry] = []
        var complete = true
        for (key, value) in mapping {
            let place = key.mark.map { SourcePosition($0) } ?? position
            let node = convert(value, depth: depth + 1)
            complete = complete && node != nil
            guard let name = keyText(key, at: place) else {
                complete = false
                continue
            }
            if let node { entries.append(SourceNode.Entry(key: Located(name, place), value: node)) }
        }
        return complete ? SourceNode(position: position, content: .mapping(entries)) : nil
    }

    private mutating func keyText(_ key: Node, at position: SourcePosition) -> String? {
        guard case .scalar(let scalar) = key, key.anchor == nil, scalar.tag.rawValue == Tag.Name.str.rawValue else {
            findings.add(.keyNotText, at: position, "A key must be text.")
            return nil
        }
        if scalar.style == .plain, scalar.string.isExactly("<<") {
            findings.add(
                .unknownKey, at: position, "Merge keys (<<) are not accepted.", hint: DiagnosticCode.anchor.fix)
            return nil
        }
        if scalar.style == .plain, let kind = PlainScalar.misreading(scalar.string) {
            findings.add(.keyNotText, at: position, "The key `\(scalar.string)` is \(kind) unless it is quoted.")
            return nil
        }
        return scalar.string
    }

    /// The library marks untagged nodes as implicit, and quoted text (and keys, once compared) as strings.
    private func isUntagged(_ tag: Tag, resolved: Tag.Name?, plain: Bool) -> Bool {
        tag.rawValue == Tag.Name.implicit.rawValue || (!plain && tag.rawValue == resolved?.rawValue)
    }
}

extension SourcePosition {
    fileprivate init(_ mark: Mark) {
        self.init(line: mark.line, column: mark.column)
    }
}
