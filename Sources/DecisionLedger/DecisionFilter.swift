// Which decisions a person wants to see.

package import CallbackProtocol

/// Conditions that a decision must all meet; `nil` asks nothing.
package struct DecisionFilter: Sendable, Hashable {
    package var action: CallbackAction?
    package var kind: RequestKind?
    package var stage: RequestStage?
    package var asset: String?
    package var rule: String?
    package var cosigner: String?
    package var signerId: String?
    package var requestId: String?
    package var txId: String?
    package var externalTxId: String?
    /// A part of a destination's text (`VAULT/1 0x…`), of the source, or of an address in a configuration change,
    /// compared without regard to the case of ASCII letters.
    package var text: String?
    /// Bounds of the amount in the asset's unit, both inclusive and exact.
    package var minimumAmount: ExactDecimal?
    package var maximumAmount: ExactDecimal?
    /// Bounds of the sum of the destinations' USD values, both inclusive and exact.
    package var minimumUSD: ExactDecimal?
    package var maximumUSD: ExactDecimal?
    /// The earliest `recordedAt`, inclusive.
    package var since: LedgerInstant?
    /// The latest `recordedAt`, exclusive.
    package var until: LedgerInstant?
    /// Only refusals of changed payloads.
    package var conflictsOnly = false

    package init() {}

    /// The conditions as SQL with its arguments.
    func clause(_ dialect: SQLDialect) -> (sql: String, arguments: [SQLValue]) {
        var terms = ["1 = 1"]
        var arguments: [SQLValue] = []
        func add(_ term: String, _ value: String?) {
            guard let value else { return }
            terms.append(term)
            arguments.append(.text(value))
        }
        add("action = ?", action?.rawValue)
        add("kind = ?", kind?.rawValue)
        add("stage = ?", stage?.rawValue)
        add("asset = ?", asset)
        add("rule = ?", rule)
        add("cosigner = ?", cosigner)
        add("signer_id = ?", signerId)
        add("request_id = ?", requestId)
        add("tx_id = ?", txId)
        add("external_tx_id = ?", externalTxId)
        add(Self.contains(dialect), text)
        add("amount_key >= ?", minimumAmount.map { AmountKey.make($0) ?? "3" })
        add("amount_key <= ?", maximumAmount.map { AmountKey.make($0) ?? "3" })
        add("amount_usd_key >= ?", minimumUSD.map { AmountKey.make($0) ?? "3" })
        add("amount_usd_key <= ?", maximumUSD.map { AmountKey.make($0) ?? "3" })
        add("recorded_at >= ?", since?.description)
        add("recorded_at < ?", until?.description)
        if conflictsOnly { terms.append("conflict = 1") }
        return (terms.joined(separator: " AND "), arguments)
    }

    private static func contains(_ dialect: SQLDialect) -> String {
        func member(_ name: String) -> String {
            switch dialect {
            case .sqlite: "coalesce(summary ->> '$.\(name)', '')"
            case .postgres: "coalesce(summary::jsonb ->> '\(name)', '')"
            }
        }
        // In the collation "C", as always in SQLite, only ASCII letters have a case.
        let (find, line, bytes) =
            dialect == .sqlite ? ("instr", "char(10)", "") : ("strpos", "chr(10)", " COLLATE \"C\"")
        let places = ["destinations", "source", "address"].map(member).joined(separator: " || \(line) || ")
        return "\(find)(lower((\(places))\(bytes)), lower(?\(bytes))) > 0"
    }
}
