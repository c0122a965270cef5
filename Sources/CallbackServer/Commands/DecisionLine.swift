// A recorded decision in one line of a terminal.

import CallbackProtocol
import DecisionLedger

/// Columns of fixed width, so that `list` and `tail` can print one line at a time. Text from outside must not steer the
/// terminal.
enum DecisionLine {
    static let header = row("SEQ", "RECORDED AT", "ACTION", "STAGE", "WHAT", "RULE OR REASON")

    static func text(_ decision: RecordedDecision) -> String {
        let why = decision.rule ?? decision.reason ?? ""
        let count = decision.repeatCount > 0 ? "  (asked \(decision.repeatCount + 1) times)" : ""
        return row(
            String(decision.sequence), decision.recordedAt.description, decision.action.rawValue,
            decision.stage.rawValue,
            what(decision.summary), visible(why) + count + (decision.isConflict ? "  CONFLICT" : ""))
    }

    /// What was asked, in a few words: `0.01 ETH  VAULT/0 > VAULT/1 0x5dC6…`, or the type of a configuration change.
    private static func what(_ summary: JSONObject) -> String {
        func text(_ name: String) -> String? { summary[name]?.string }
        if let type = text("type") {
            let facts =
                ["subType", "walletName", "accountName"].compactMap(text)
                + (text("address").map { [ends($0[...])] } ?? [])
            return visible(([type] + facts).joined(separator: " "))
        }
        guard let operation = text("operation") else { return "-" }
        let amount = [text("amount"), text("asset")].compactMap(\.self).joined(separator: " ")
        let destinations = summary["destinations"]?.array ?? []
        let first = destinations.first?.string.map { " > " + shortened($0) } ?? ""
        let more = destinations.count > 1 ? " +\(destinations.count - 1)" : ""
        let name = operation == "TRANSFER" ? "" : operation + " "
        return visible("\(name)\(amount) \(text("source") ?? "")\(first)\(more)")
    }

    private static func shortened(_ destination: String) -> String {
        guard let space = destination.lastIndex(of: " ") else { return destination }
        return destination[...space] + ends(destination[destination.index(after: space)...])
    }

    private static func ends(_ address: Substring) -> String {
        address.count > 16 ? address.prefix(8) + "…" + address.suffix(4) : String(address)
    }

    private static func row(_ cells: String...) -> String {
        let widths = [6, 24, 7, 8, 46]
        return cells.enumerated().map { index, cell in
            index < widths.count ? cell + String(repeating: " ", count: max(0, widths[index] - cell.count)) : cell
        }.joined(separator: "  ")
    }
}
