// Counters of limits: exact sums over rolling periods of the ledger's own time, in a few look-ups each.

import CallbackProtocol
import CallbackRules

extension LedgerTransaction {
    /// What was charged to a counter in the period that ends now, without this request's own charge.
    func charged(_ question: PastFacts.Sum, without requestId: String) throws -> ExactDecimal {
        guard let kept = try kept(question.counter, requestId) else { return .zero }
        let cutoff = now.milliseconds - question.period * 1000
        let sum = try sum(kept, period: question.period, cutoff: cutoff)
        guard let own = kept.own, own.at > cutoff else { return sum }
        return sum - own.amount
    }

    /// Charges an approval. Approval and signing, and several API users, charge once: the larger amount, at the later time.
    func charge(_ charges: [LimitCharge], for requestId: String) throws {
        for charge in charges {
            let kept =
                try kept(charge.counter, requestId) ?? Kept(counter: try make(charge.counter), sums: [], own: nil)
            let cutoff = now.milliseconds - charge.period * 1000
            let amount = max(charge.amount, kept.own?.amount ?? .zero)
            // Brings the period's sum up to now; the others are when they are asked.
            let current = try sum(kept, period: charge.period, cutoff: cutoff)
            let others = kept.sums.filter { $0.period != charge.period }
            for (period, through, sum) in others + [(charge.period, cutoff, current)] {
                let before = kept.own.map { $0.at > through ? $0.amount : .zero } ?? .zero
                try write(sum - before + amount, kept.counter, period: period, through: through)
            }
            try session.write(
                """
                INSERT INTO limit_charges (counter, request_id, charged_at, amount) VALUES (?, ?, ?, ?)
                ON CONFLICT (counter, request_id) DO UPDATE SET charged_at = excluded.charged_at, amount = excluded.amount
                """,
                [.integer(kept.counter), .text(requestId), SQLValue(now), .text(amount.description)])
        }
    }

    /// What the ledger keeps of a counter, and what one request has charged to it.
    private struct Kept {
        let counter: Int64
        /// One for each period that was ever asked for: the sum of all charges after `through`.
        let sums: [(period: Int64, through: Int64, sum: ExactDecimal)]
        let own: (at: Int64, amount: ExactDecimal)?
    }

    /// One look for everything, as the database may be far away; `nil` for a counter that nothing was charged to.
    private func kept(_ counter: LimitCounter, _ requestId: String) throws -> Kept? {
        let rows = try session.all(Self.keptSQL, [.text(requestId), .text(counter.storedName)])
        guard let first = rows.first else { return nil }
        return Kept(
            counter: try first.integer(0),
            sums: try rows.compactMap { row in
                if case .null = row.values[1] { return nil }
                return (try row.integer(1), try row.integer(2), try row.decimal(3))
            },
            own: try first.values[4] == .null ? nil : (first.integer(4), first.decimal(5)))
    }

    /// The sum of what lies after `cutoff`. A kept sum may still hold charges that have left the period since: those
    /// between its own cut-off and this one are taken off.
    private func sum(_ kept: Kept, period: Int64, cutoff: Int64) throws -> ExactDecimal {
        guard let stored = kept.sums.first(where: { $0.period == period }) else {
            return try total(kept.counter, after: cutoff, through: .max)
        }
        return try stored.sum - total(kept.counter, after: stored.through, through: cutoff)
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
        try session.write(
            """
            INSERT INTO limit_sums (counter, period, through, sum) VALUES (?, ?, ?, ?)
            ON CONFLICT (counter, period) DO UPDATE SET through = excluded.through, sum = excluded.sum
            """,
            [.integer(counter), .integer(period), .integer(through), .text(sum.description)])
    }

    private func make(_ counter: LimitCounter) throws -> Int64 {
        let last = try session.first("SELECT coalesce(max(counter), 0) FROM limit_counters")
        let number = try (last?.integer(0) ?? 0) + 1
        try session.write(
            "INSERT INTO limit_counters (counter, name) VALUES (?, ?)",
            [.integer(number), .text(counter.storedName)])
        return number
    }

    private static let keptSQL = """
        SELECT c.counter, s.period, s.through, s.sum, o.charged_at, o.amount FROM limit_counters AS c
        LEFT JOIN limit_sums AS s ON s.counter = c.counter
        LEFT JOIN limit_charges AS o ON o.counter = c.counter AND o.request_id = ?
        WHERE c.name = ?
        """
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
