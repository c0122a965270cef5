// What happened before a request, as a file says it: for tests, and for explanations.

import CallbackProtocol

/// What limits have counted, and what people have said about the request.
package struct RulesPast: Sendable {
    var charges: [LimitCounter: ExactDecimal] = [:]
    var holds: [HoldKey: HoldState] = [:]

    /// The past as an evaluation asks for it.
    package var view: LedgerView {
        let (charges, holds) = (charges, holds)
        return LedgerView(charged: { counter, _ in charges[counter] ?? .zero }, hold: { holds[$0] ?? HoldState() })
    }
}

/// What reading a past gave.
package struct RulesPastLoadResult: Sendable {
    /// `nil` where there was an error.
    package let past: RulesPast?
    package let diagnostics: [Diagnostic]
}

extension RulesPast {
    /// Reads a file with `charged` and `holds`, written as in a test, for requests to these rules.
    ///
    /// - Parameter file: the file's name for diagnostics; it is not opened.
    package static func load(file: String, text: [UInt8], rules: RulesSnapshot) -> RulesPastLoadResult {
        var findings = Findings(file: file)
        guard let root = YAMLReader.read(text, into: &findings) else {
            return RulesPastLoadResult(past: nil, diagnostics: findings.sorted)
        }
        var reader = RulesTestReader(reader: RulesFileReader(findings: findings), rules: rules)
        let past = reader.past(root)
        let found = reader.reader.findings
        return RulesPastLoadResult(past: found.hasErrors ? nil : past, diagnostics: found.sorted)
    }
}

extension RulesTestReader {
    fileprivate mutating func past(_ root: SourceNode) -> RulesPast {
        guard
            let members = reader.mapping(root, of: "a past", allowed: ["past_version", "charged", "holds"])
        else { return RulesPast() }
        if let version = members["past_version"] {
            guard case .scalar("1", plain: true) = version.content else {
                reader.findings.add(.version, at: version.position, "Only version 1 of pasts is known.")
                return RulesPast()
            }
        }
        return RulesPast(
            charges: members["charged"].map { charges($0) } ?? [:], holds: members["holds"].map { holds($0) } ?? [:])
    }
}
