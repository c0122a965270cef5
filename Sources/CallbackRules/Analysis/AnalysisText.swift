// Findings of diff and analyze, for a terminal and as JSON.

import CallbackProtocol

extension ExampleRequest {
    /// What `rules explain` needs to say the same.
    var json: String {
        JSONText.object([
            ("kind", JSONText.quote(kind.rawValue)), ("payload", String(decoding: payload.serialized(), as: UTF8.self)),
            ("instant", JSONText.quote(instant.description)), ("cosigner", JSONText.optional(cosigner)),
            ("listener", JSONText.quote(listener)), ("assuming", JSONText.array(assuming.map(JSONText.quote))),
        ])
    }

    /// Indented lines.
    var text: String {
        let place = "at \(instant), from \(cosigner.map { "co-signer \($0)" } ?? "no known co-signer"), on \(listener)"
        let request = "for example, \(place):\n    " + String(decoding: payload.serialized(), as: UTF8.self)
        return "  \(request)\n" + (assuming.isEmpty ? "" : "    where \(assuming.joined(separator: ", "))\n")
    }
}

extension RulesDiff {
    /// Every finding with its example; or that nothing changes.
    package var text: String {
        let found = findings.map { finding -> String in
            let old = finding.oldRule.map { " (rule \($0))" } ?? ""
            let new = finding.newRule.map { " (rule \($0))" } ?? ""
            return "\(finding.to.becomes): was \(finding.from.rawValue)\(old), is \(finding.to.rawValue)\(new)\n"
                + finding.example.text
        }
        let open = undecided.map { "undecided: \($0)\n" }
        if found.isEmpty, open.isEmpty { return "no request is decided differently\n" }
        return (found + open).joined() + (undecided.isEmpty ? "nothing else changes\n" : "")
    }

    package var json: String {
        JSONText.object([
            (
                "findings",
                JSONText.array(
                    findings.map { finding in
                        JSONText.object([
                            ("kind", JSONText.quote(finding.to.becomes)), ("rule", JSONText.optional(finding.newRule)),
                            ("old_rule", JSONText.optional(finding.oldRule)),
                            ("from", JSONText.quote(finding.from.rawValue)),
                            ("to", JSONText.quote(finding.to.rawValue)), ("example", finding.example.json),
                        ])
                    })
            ), ("undecided", JSONText.array(undecided.map(JSONText.quote))),
        ])
    }
}

extension RulesAnalysis {
    /// Every finding with its example; or that there is none.
    package var text: String {
        let found = findings.map { finding -> String in
            let by = finding.decidedBy.map { " by rule \($0)" } ?? ""
            let what: String =
                switch finding.kind {
                case .unreachable: "unreachable: no request makes rule \(finding.rule) match"
                case .redundant: "redundant: without rule \(finding.rule) every request is decided the same"
                case .contradictory:
                    "contradictory: whatever rule \(finding.rule) matches is stopped or rejected by others, or by its limits"
                case .gap: "gap: \(finding.gap?.words(finding.rule) ?? "")"
                }
            let match = finding.kind == .gap ? "no rule decides" : "it matches"
            let effect = finding.effect.map { "  \(match), and the file says \($0.rawValue)\(by)\n" } ?? ""
            return what + "\n" + effect + (finding.example?.text ?? "")
        }
        let open = undecided.map { "undecided: \($0)\n" }
        return found.isEmpty && open.isEmpty ? "no findings\n" : (found + open).joined()
    }

    package var json: String {
        JSONText.object([
            (
                "findings",
                JSONText.array(
                    findings.map { finding in
                        JSONText.object([
                            ("kind", JSONText.quote(finding.kind.rawValue)), ("rule", JSONText.quote(finding.rule)),
                            ("effect", JSONText.optional(finding.effect?.rawValue)),
                            ("decided_by", JSONText.optional(finding.decidedBy)),
                            ("gap", finding.gap?.json ?? "null"),
                            ("example", finding.example?.json ?? "null"),
                        ])
                    })
            ), ("undecided", JSONText.array(undecided.map(JSONText.quote))),
        ])
    }
}

extension RulesGap {
    fileprivate func words(_ rule: String) -> String {
        """
        between rule \(rule) (\(condition) \(lower.isIncluded ? "at most" : "less than") \(lower.amount)) and \
        rule \(upperRule) (\(upper.isIncluded ? "at least" : "more than") \(upper.amount)) no rule decides
        """
    }

    fileprivate var json: String {
        JSONText.object([
            ("condition", JSONText.quote(condition)), ("next_rule", JSONText.quote(upperRule)),
            (lower.isIncluded ? "more_than" : "at_least", JSONText.quote(lower.amount.description)),
            (upper.isIncluded ? "less_than" : "at_most", JSONText.quote(upper.amount.description)),
        ])
    }
}

extension Verdict {
    /// What newly happens to a request.
    fileprivate var becomes: String {
        switch self {
        case .approve: "approved"
        case .hold: "held"
        case .retry: "retried"
        case .ignore: "ignored"
        case .reject: "rejected"
        }
    }
}
