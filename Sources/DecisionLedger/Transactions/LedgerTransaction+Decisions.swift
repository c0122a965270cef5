// Invariant 2 of the architecture, inside one transaction: the same request gets the same answer and is counted once.

import CallbackProtocol
import CallbackRules

extension LedgerTransaction {
    /// The stored answer of this request, or a new row.
    mutating func record(_ draft: DecisionDraft) throws -> RecordedDecision {
        // A final answer comes after none or after RETRYs: the index says whether there is one, while the row is written.
        if let settled = draft.proposal.settled, settled.action.isFinal, settled.charges.isEmpty,
            let recorded = try append(draft, DecisionOutcome(settled), slot: Slot.answer)
        {
            if hasOpenHolds { try closeHolds(of: draft) }
            return recorded
        }
        let earlier = try session.first(Self.findSQL, draft.identityArguments)
        if let earlier, try earlier.text(1) == Slot.answer { return try repeatOrRefuse(draft, answer: earlier) }
        if earlier != nil, hasOpenHolds { try voidHolds(of: draft) }
        let (outcome, decision) = try decide(draft)
        if outcome.action.isFinal {
            try charge(decision.charges, for: draft.requestId)
            if earlier != nil, hasOpenHolds { try closeHolds(of: draft) }
            return try appendNew(draft, outcome, slot: Slot.answer)
        }
        return earlier == nil ? try appendNew(draft, outcome, slot: Slot.retry(1)) : try askAgain(draft, outcome)
    }

    /// Decides with what the ledger knows, opens the holds that are new, and notes those that had a say.
    private mutating func decide(_ draft: DecisionDraft) throws -> (DecisionOutcome, Decision) {
        var seen: [Int64] = []
        let decision = try draft.proposal.decision(
            sum: { try charged($0, without: draft.requestId) },
            hold: { key in
                guard let hold = try openHold(key, of: draft) else { return HoldState() }
                seen.append(hold.number)
                return hold.facts()
            })
        for pending in decision.holds where try openHold(pending.key, of: draft) == nil {
            seen.append(try open(pending, of: draft, by: decision))
        }
        var outcome = DecisionOutcome(decision)
        outcome.note(holds: seen.sorted())
        return (outcome, decision)
    }

    /// A final answer exists: it is the answer to its own payload, and every other payload is refused.
    private mutating func repeatOrRefuse(_ draft: DecisionDraft, answer: SQLRow) throws -> RecordedDecision {
        if try answer.text(2) == draft.payloadDigest { return try count(try answer.integer(0)) }
        let slot = Slot.conflict(draft.payloadDigest)
        if let row = try session.first(Self.findSlotSQL, draft.identityArguments + [.text(slot)]) {
            return try count(try row.integer(0))
        }
        // What the rules say of the changed payload does not matter: only their digest is recorded.
        let decision = draft.proposal.decision(sum: { _ in .zero }, hold: { _ in HoldState() })
        return try appendNew(draft, DecisionOutcome(decision).asConflict, slot: slot)
    }

    /// Only RETRYs were answered so far, and this is one more. The same RETRY again is no new row.
    private mutating func askAgain(_ draft: DecisionDraft, _ outcome: DecisionOutcome) throws -> RecordedDecision {
        guard let last = try session.first(Self.findLastSQL, draft.identityArguments) else { throw Self.disagreement }
        let isSame =
            try last.text(2) == draft.payloadDigest && last.optionalText(3) == outcome.rule
            && last.optionalText(4) == outcome.reason
        guard isSame else {
            return try appendNew(draft, outcome, slot: Slot.retry(Slot.number(try last.text(1)) + 1))
        }
        return try count(try last.integer(0))
    }

    private func count(_ sequence: Int64) throws -> RecordedDecision {
        try session.execute("UPDATE decisions SET repeat = repeat + 1 WHERE sequence = ?", [.integer(sequence)])
        let select = "SELECT \(RecordedDecision.columns) FROM decisions WHERE sequence = ?"
        guard let row = try session.first(select, [.integer(sequence)]) else { throw Self.disagreement }
        return try RecordedDecision(row: row, isRepeat: true)
    }

    static let disagreement = LedgerError(
        .corrupt, "an index and the table of decisions disagree: restore from a backup")

    /// Appends where a look at the index has shown that nothing stands there.
    private mutating func appendNew(
        _ draft: DecisionDraft, _ outcome: DecisionOutcome, slot: String
    ) throws -> RecordedDecision {
        guard let recorded = try append(draft, outcome, slot: slot) else { throw Self.disagreement }
        return recorded
    }

    /// A new row, or `nil` where this request has one in this slot.
    private mutating func append(
        _ draft: DecisionDraft, _ outcome: DecisionOutcome, slot: String
    ) throws -> RecordedDecision? {
        let placed = PlacedDecision(
            draft: draft, outcome: outcome, sequence: nextSequence, recordedAtText: nowText,
            receivedAtText: draft.receivedAt.description)
        let leafHash = placed.computedLeafHash
        guard try session.execute(Self.insertSQL, placed.arguments(slot: slot, leafHash: leafHash)) > 0 else {
            return nil
        }
        try append(leafHash: leafHash)
        return RecordedDecision(placed, recordedAt: now, leafHash: leafHash)
    }
}

/// Where a row stands among the rows of one request (see `SQLiteSchema`).
enum Slot {
    static let answer = "answer"

    static func conflict(_ digest: String) -> String { "conflict:" + digest }

    /// Nine digits, so that texts sort as numbers.
    static func retry(_ number: Int) -> String {
        let digits = String(number)
        return "retry:" + String(repeating: "0", count: max(0, 9 - digits.utf8.count)) + digits
    }

    static func number(_ slot: String) -> Int { Int(slot.dropFirst("retry:".count)) ?? 0 }
}

extension LedgerTransaction {
    private static let identity =
        "request_id = ? AND requester = ?"
    private static let head = "SELECT sequence, slot, payload_digest, rule, reason FROM decisions WHERE \(identity)"
    private static let findSQL = "\(head) ORDER BY slot LIMIT 1"
    private static let findSlotSQL = "\(head) AND slot = ?"
    private static let findLastSQL = "\(head) ORDER BY slot DESC LIMIT 1"
    private static let insertSQL = """
        INSERT INTO decisions (
            sequence, recorded_at, received_at, request_id, tx_id, external_tx_id, kind, stage, authenticator, cosigner,
            listener, signer_id, requester, slot, payload_digest, stored_payload_digest, action, final, conflict, rule,
            reason, rules_digest, summary, asset, amount, amount_key, amount_usd, amount_usd_key, leaf_hash, charges,
            holds, commitments, salt, payload)
        VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
        ON CONFLICT (request_id, requester, slot) DO NOTHING
        """
}

extension DecisionDraft {
    var identityArguments: [SQLValue] { [.text(requestId), .integer(requester)] }
}

extension PlacedDecision {
    fileprivate func arguments(slot: String, leafHash: [UInt8]) -> [SQLValue] {
        [
            .integer(sequence), .text(recordedAtText), .text(receivedAtText), .text(requestId), SQLValue(txId),
            SQLValue(externalTxId), .text(kind.rawValue), .text(stage.rawValue), .text(authenticator),
            SQLValue(cosigner), .text(listener), SQLValue(signerId), .integer(draft.requester), .text(slot),
            .text(payloadDigest), .text(storedPayloadDigest), .text(action.rawValue), SQLValue(action.isFinal),
            SQLValue(isConflict), SQLValue(rule), SQLValue(reason), .text(rulesDigest), .text(draft.summaryText),
            SQLValue(draft.asset), SQLValue(draft.amount?.description), SQLValue(draft.amount.flatMap(AmountKey.make)),
            SQLValue(draft.amountUSD?.description), SQLValue(draft.amountUSD.flatMap(AmountKey.make)),
            .blob(leafHash), SQLValue(charges), SQLValue(holds), SQLValue(commitments),
            draft.salt.map(SQLValue.blob) ?? .null, .text(draft.payload),
        ]
    }
}
