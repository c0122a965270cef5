// Counters of limits: exact sums over rolling periods of the ledger's own time, in a few look-ups each.

import CallbackProtocol
import CallbackRules

extension LedgerTransaction {
    /// What was charged to a counter in the period that ends now, without this request's own charge.
    func charged(_ question: PastFacts.Sum, without requestId: String) throws -> ExactDecimal {
        guard let counter = try find(question.counter) else { return .zero }
        let cutoff = now.milliseconds - question.period * 1000
        let sum = try sum(counter, period: question.period, cutoff: cutoff)
        guard let own = try charge(of: requestId, counter), own.at > cutoff else { return sum }
        return sum - own.amount
    }

    /// Charges an approval. Approval and signing, and several API users, charge once: the larger amount, at the later time.
    func charge(_ charges: [LimitCharge], for requestId: String) throws {
        for charge in charges {
            let counter = try find(charge.counter) ?? make(charge.counter)
            // Brings the period's sum up to now; the others are when they are asked.
            let cutoff = now.milliseconds - charge.period * 1000
            let current = try sum(counter, period: charge.period, cutoff: cutoff)
            try write(current, counter, period: charge.period, through: cutoff)
            let own = try self.charge(of: requestId, counter)
            let amount = max(charge.amount, own?.amount ?? .zero)
            for row in try session.all(Self.sumsSQL, [.integer(counter)]) {
                let (period, through, sum) = (try row.integer(0), try row.integer(1), try row.decimal(2))
                let before = own.map { $0.at > through ? $0.amount : .zero } ?? .zero
                try write(sum - before + amount, counter, period: period, through: through)
            }
            try session.execute(
                """
                INSERT INTO limit_charges (counter, request_id, charged_at, amount) VALUES (?, ?, ?, ?)
                ON CONFLICT (counter, request_id) DO UPDATE SET charged_at = excluded.charged_at, amount = excluded.amount
                """,
                [.integer(counter), .text(requestId), SQLValue(now), .text(amount.description)])
        }
    }

    /// The sum of what lies after `cutoff`. A kept sum may still hold charges that have left the period since: those
    /// between its own cut-off and this one are taken off.
    private func sum(_ counter: Int64, period: Int64, cutoff: Int64) throws -> ExactDecimal {
        guard let kept = try session.first(Self.sumsSQL + " AND period = ?", [.integer(counter), .integer(period)])
        else {
            return try total(counter, after: cutoff, through: .max)
        }
        let through = try kept.integer(1)
        return try kept.decimal(2) - total(counter, after: through, through: cutoff)
    }

    private func total(_ counter: Int64, after: Int64, through: Int64) throws -> ExactDecimal {
        var sum = ExactDecimal.zero
        guard through > after else { return sum }
        try session.query(
            "SELECT amount FROM limit_charges WHERE counter = ? AND charged_at > ? AND charged_at <= ?",
            [.integer(counter), .integer(after), .integer(through)]
        ) { sum = sum + (try $0.decimal(0)) }
        return sum
    }

    private func write(_ sum: ExactDecimal, _ counter: Int64, period: Int64, through: Int64) throws {
        try session.execute(
            """
            INSERT INTO limit_sums (counter, period, through, sum) VALUES (?, ?, ?, ?)
            ON CONFLICT (counter, period) DO UPDATE SET through = excluded.through, sum = excluded.sum
            """,
            [.integer(counter), .integer(period), .integer(through), .text(sum.description)])
    }

    private func charge(of requestId: String, _ counter: Int64) throws -> (at: Int64, amount: ExactDecimal)? {
        let sql = "SELECT charged_at, amount FROM limit_charges WHERE counter = ? AND request_id = ?"
        guard let row = try session.first(sql, [.integer(counter), .text(requestId)]) else { return nil }
        return (try row.integer(0), try row.decimal(1))
    }

    private func find(_ counter: LimitCounter) throws -> Int64? {
        try session.first("SELECT counter FROM limit_counters WHERE name = ?", [.text(counter.storedName)])?.integer(0)
    }

    private func make(_ counter: LimitCounter) throws -> Int64 {
        let last = try session.first("SELECT coalesce(max(counter), 0) FROM limit_counters")
        let number = try (last?.integer(0) ?? 0) + 1
        try session.execute(
            "INSERT INTO limit_counters (counter, name) VALUES (?, ?)",
            [.integer(number), .text(counter.storedName)])
        return number
    }

    private static let sumsSQL = "SELECT period, through, sum FROM limit_sums WHERE counter = ?"
}

extension LimitCounter {
    /// One text for one counter: rule, limit, measure and values as a JSON array.
    var storedName: String {
        var json = CanonicalJSON()
        json.open(0x5b)
        for part in [rule, limit, measure.rawValue] + values { json.string(part.storable) }
        json.close(0x5d)
        return json.text
    }
}
