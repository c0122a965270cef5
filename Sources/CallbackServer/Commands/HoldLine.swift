// A hold in one line of a terminal.

import CallbackProtocol
import CallbackRules
import DecisionLedger

/// Columns of fixed width. Text from outside must not steer the terminal.
enum HoldLine {
    static let header = row("HOLD", "STATE", "EXPIRES AT", "SIGNED", "RULE", "REQUEST")

    static func text(_ hold: Hold) -> String {
        let approving = hold.voices.filter { $0.verdict == .approve }.map(\.name)
        let refusing = hold.voices.filter { $0.verdict == .refuse }.map { "refused by " + $0.name }
        let names = (approving + refusing).joined(separator: ", ")
        return row(
            String(hold.number), hold.state.rawValue, hold.expires.description,
            "\(approving.count) of \(hold.approvers.required)",
            visible(hold.limit.map { "\(hold.rule)/\($0)" } ?? hold.rule),
            visible(hold.requestId + (names.isEmpty ? "" : "  (\(names))")))
    }

    private static func row(_ cells: String...) -> String {
        let widths = [5, 8, 24, 8, 28]
        return cells.enumerated().map { index, cell in
            index < widths.count ? cell + String(repeating: " ", count: max(0, widths[index] - cell.count)) : cell
        }.joined(separator: "  ")
    }
}
