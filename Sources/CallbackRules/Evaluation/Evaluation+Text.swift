// How `rules explain` prints an evaluation.

import CallbackProtocol

extension Evaluation {
    /// One JSON object without line breaks, with the members of docs: effect, rule, reason, trace.
    package var json: String {
        JSONText.object([
            ("effect", JSONText.quote(effect.rawValue)), ("rule", JSONText.optional(rule)),
            ("reason", JSONText.optional(reason)), ("trace", JSONText.array(trace.map(\.json))),
        ])
    }

    /// A table for a terminal, without colours, ending with a line break. Values come from requests: nothing in them may
    /// forge a row or steer the terminal.
    package var text: String {
        var lines = ["effect  \(effect.rawValue)", "rule    \(rule ?? "-")"]
        if let reason { lines.append("reason  \(reason)") }
        guard !trace.isEmpty else { return lines.joined(separator: "\n") + "\n" }
        let rows =
            [["rule", "effect", "destination", "outcome", "first condition that did not hold"]]
            + trace.map { entry in
                [
                    entry.rule, entry.effect.rawValue, entry.destination.map { String($0) } ?? "-",
                    entry.outcome == .notMatched ? "not matched" : entry.outcome.rawValue,
                    entry.failed.map { visible("\($0.condition): expected \($0.expected); is \($0.actual)") }
                        ?? "",
                ]
            }
        let widths = (0..<4).map { column in rows.map { $0[column].count }.max() ?? 0 }
        lines.append("")
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                index < 4 ? cell + String(repeating: " ", count: widths[index] - cell.count) : cell
            }
            lines.append(Self.withoutTrailingSpaces(cells.joined(separator: "  ")))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func withoutTrailingSpaces(_ line: String) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return line
    }
}

extension TraceEntry {
    fileprivate var json: String {
        var members = [("rule", JSONText.quote(rule)), ("effect", JSONText.quote(effect.rawValue))]
        if let destination { members.append(("destination", String(destination))) }
        members.append(("outcome", JSONText.quote(outcome.rawValue)))
        let failure = failed.map { failed in
            JSONText.object([
                ("condition", JSONText.quote(failed.condition)), ("expected", JSONText.quote(failed.expected)),
                ("actual", JSONText.quote(failed.actual)),
            ])
        }
        members.append(("failed", failure ?? "null"))
        return JSONText.object(members)
    }
}
