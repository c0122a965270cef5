// What `rules explain` prints: an evaluation, and how limits and holds stand.

import CallbackProtocol

/// An evaluation with its trace and with what it asked of the past.
package struct Explanation: Sendable, Hashable {
    package let evaluation: Evaluation
    /// Limits of the rules that matched, in the order of the file.
    package let limits: [LimitStanding]
    /// Who is waited for, or was.
    package let holds: [HoldStanding]
}

extension Explanation {
    /// One JSON object without line breaks: the members of an evaluation, `limits` and `holds`.
    package var json: String {
        let more = [("limits", JSONText.array(limits.map(\.json))), ("holds", JSONText.array(holds.map(\.json)))]
        return "\(evaluation.json.dropLast()),\(JSONText.object(more).dropFirst())"
    }

    /// For a terminal: the evaluation, and a table each for limits and holds where there are some.
    package var text: String {
        var text = evaluation.text
        if !limits.isEmpty {
            let head = ["limit", "of rule", "for", "before", "this", "ceiling", "outcome"]
            text += "\n" + Self.table([head] + limits.map(\.row))
        }
        if !holds.isEmpty {
            let head = ["held by", "approvers", "signed", "refused", "since", "expires", "state"]
            text += "\n" + Self.table([head] + holds.map(\.row))
        }
        return text
    }

    /// Values come from requests: nothing in them may forge a row or steer the terminal.
    private static func table(_ rows: [[String]]) -> String {
        let rows = rows.map { $0.map(visible) }
        let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

extension LimitStanding {
    fileprivate var row: [String] {
        [
            counter.limit, counter.rule, counter.values.isEmpty ? "-" : counter.values.joined(separator: ", "),
            before.description, charge.description, "\(ceiling) \(counter.measure.rawValue)",
            fits ? "fits" : "exceeded: \(whenExceeded)",
        ]
    }

    fileprivate var json: String {
        JSONText.object([
            ("rule", JSONText.quote(counter.rule)), ("limit", JSONText.quote(counter.limit)),
            ("measure", JSONText.quote(counter.measure.rawValue)),
            ("for", JSONText.array(counter.values.map(JSONText.quote))),
            ("period_seconds", String(period)), ("before", JSONText.quote(before.description)),
            ("charge", JSONText.quote(charge.description)), ("ceiling", JSONText.quote(ceiling.description)),
            ("fits", fits ? "true" : "false"), ("when_exceeded", JSONText.quote(whenExceeded)),
        ])
    }
}

extension HoldStanding {
    fileprivate var row: [String] {
        [
            key.limit.map { "\(key.rule), limit \($0)" } ?? key.rule, group.name,
            "\(approvedBy.count) of \(group.required)"
                + (approvedBy.isEmpty ? "" : ": " + approvedBy.joined(separator: ", ")),
            refusedBy.isEmpty ? "-" : refusedBy.joined(separator: ", "), since?.description ?? "-",
            expires?.description ?? "-", state.rawValue,
        ]
    }

    fileprivate var json: String {
        JSONText.object([
            ("rule", JSONText.quote(key.rule)), ("limit", JSONText.optional(key.limit)),
            ("approvers", JSONText.quote(group.name)), ("required", String(group.required)),
            ("approved_by", JSONText.array(approvedBy.map(JSONText.quote))),
            ("refused_by", JSONText.array(refusedBy.map(JSONText.quote))),
            ("since", JSONText.optional(since?.description)), ("expires", JSONText.optional(expires?.description)),
            ("state", JSONText.quote(state.rawValue)),
        ])
    }
}
