// Counters of limits, compared with the charges that the records state.

import CallbackProtocol
import CallbackRules

enum LimitCheck {
    /// Recorded charges that no counter has, or that a counter has lower or earlier than they were.
    static func missing(
        _ recorded: [(requestId: String, charges: String, at: LedgerInstant)], _ session: any SQLSession
    ) throws -> [LedgerFinding] {
        var findings: [LedgerFinding] = []
        for (requestId, text, at) in recorded {
            for charge in try charges(text) {
                let sql = """
                    SELECT charged_at, amount FROM limit_charges JOIN limit_counters USING (counter)
                    WHERE name = ? AND request_id = ?
                    """
                let row = try session.first(sql, [.text(charge.counter.storedName), .text(requestId)])
                guard let row, try row.integer(0) >= at.milliseconds, try row.decimal(1) >= charge.amount else {
                    findings.append(
                        LedgerFinding(
                            .limit, nil,
                            "the counter of limit \(charge.counter.limit) of rule \(charge.counter.rule) does not hold what"
                                + " request \(requestId) charged"))
                    continue
                }
            }
        }
        return findings
    }

    /// Kept sums that are not the sums of their charges.
    static func wrongSums(_ session: any SQLSession) throws -> [LedgerFinding] {
        try session.all("SELECT counter, period, through, sum FROM limit_sums").compactMap { row in
            var sum = ExactDecimal.zero
            try session.query(
                "SELECT amount FROM limit_charges WHERE counter = ? AND charged_at > ?",
                [.integer(try row.integer(0)), .integer(try row.integer(2))]
            ) { sum = sum + (try $0.decimal(0)) }
            guard try sum != row.decimal(3) else { return nil }
            return LedgerFinding(
                .limit, nil,
                "the kept sum of counter \(try row.integer(0)) is \(try row.text(3)), its charges give \(sum)")
        }
    }

    private static func charges(_ text: String) throws -> [(counter: LimitCounter, amount: ExactDecimal)] {
        guard let values = try? StrictJSON.parse(Array(text.utf8)).array else { throw unreadable }
        return try values.map { value in
            guard let rule = value.object?["rule"]?.string, let limit = value.object?["limit"]?.string,
                let measure = value.object?["measure"]?.string.flatMap(LimitMeasure.init),
                let amount = value.object?["amount"]?.string.flatMap({ ExactDecimal(plain: $0) }),
                let parts = value.object?["values"]?.array
            else { throw unreadable }
            return (
                LimitCounter(rule: rule, limit: limit, measure: measure, values: parts.compactMap(\.string)), amount
            )
        }
    }

    private static let unreadable = LedgerError(.corrupt, "recorded charges cannot be read")
}
