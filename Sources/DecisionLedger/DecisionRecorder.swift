// Invariant 2 of the architecture, inside one transaction: the same request gets the same answer and is counted once.

import CallbackProtocol
import FoundationEssentials
import GRDB

/// Records decisions one after another in the transaction that is open. Each one writes with a single statement, so
/// that a failing one leaves nothing behind.
struct DecisionRecorder {
    private let db: Database
    private var lastSequence: Int64 = 0
    private var insert: Statement?
    private let recordedAt: LedgerInstant
    private let recordedAtText: String

    /// Starts where the ledger ends. Time never goes back, whatever the clock says.
    init(_ db: Database, now: LedgerInstant) throws {
        self.db = db
        var time = now
        let tail = try db.cachedStatement(
            sql: "SELECT sequence, recorded_at FROM decisions ORDER BY sequence DESC LIMIT 1")
        if let row = try Row.fetchOne(tail) {
            lastSequence = row[0]
            guard let last = LedgerInstant(row[1] as String) else {
                throw LedgerError(.corrupt, "decision \(lastSequence) has no readable time: restore from a backup")
            }
            time = max(now, last)
        }
        recordedAt = time
        recordedAtText = time.description
    }

    /// The stored answer of this request, or a new row.
    mutating func record(_ draft: DecisionDraft) throws -> RecordedDecision {
        // A final answer comes after none or after RETRYs: the index says whether there is one, while the row is written.
        if draft.action.isFinal, let recorded = try append(draft, slot: Slot.answer) { return recorded }
        let find = try db.cachedStatement(sql: Self.findSQL)
        guard let first = try Row.fetchOne(find, arguments: draft.identityArguments) else {
            return try appendNew(draft, slot: Slot.retry(1))
        }
        return first[1] == Slot.answer ? try repeatOrRefuse(draft, answer: first) : try askAgain(draft)
    }

    /// A final answer exists: it is the answer to its own payload, and every other payload is refused.
    private mutating func repeatOrRefuse(_ draft: DecisionDraft, answer: Row) throws -> RecordedDecision {
        if answer[2] == draft.payloadDigest { return try count(answer[0]) }
        let slot = Slot.conflict(draft.payloadDigest)
        let earlier = try db.cachedStatement(sql: Self.findSlotSQL)
        if let row = try Row.fetchOne(earlier, arguments: draft.identityArguments + [slot]) {
            return try count(row[0])
        }
        return try appendNew(draft.asConflict, slot: slot)
    }

    /// Only RETRYs were answered so far, and this is one more. The same RETRY again is no new row.
    private mutating func askAgain(_ draft: DecisionDraft) throws -> RecordedDecision {
        let latest = try db.cachedStatement(sql: Self.findLastSQL)
        guard let last = try Row.fetchOne(latest, arguments: draft.identityArguments) else { throw Self.disagreement }
        let same =
            last[2] == draft.payloadDigest && last[3] as String? == draft.rule && last[4] as String? == draft.reason
        return same ? try count(last[0]) : try appendNew(draft, slot: Slot.retry(Slot.number(last[1]) + 1))
    }

    private func count(_ sequence: Int64) throws -> RecordedDecision {
        let update = try db.cachedStatement(sql: "UPDATE decisions SET repeat = repeat + 1 WHERE sequence = ?")
        try update.execute(arguments: [sequence])
        let select = try db.cachedStatement(
            sql: "SELECT \(RecordedDecision.columns) FROM decisions WHERE sequence = ?")
        guard let row = try Row.fetchOne(select, arguments: [sequence]) else { throw Self.disagreement }
        return try RecordedDecision(row: row, isRepeat: true)
    }

    private static let disagreement = LedgerError(
        .corrupt, "an index and the table of decisions disagree: restore from a backup")

    /// Appends where a look at the index has shown that nothing stands there.
    private mutating func appendNew(_ draft: DecisionDraft, slot: String) throws -> RecordedDecision {
        guard let recorded = try append(draft, slot: slot) else { throw Self.disagreement }
        return recorded
    }

    /// A new row, or `nil` where this request has one in this slot.
    private mutating func append(_ draft: DecisionDraft, slot: String) throws -> RecordedDecision? {
        let sequence = lastSequence + 1
        let receivedAt = draft.receivedAt.description
        let leafHash = draft.leafHash(sequence: sequence, recordedAt: recordedAtText, receivedAt: receivedAt)
        let insert = try self.insert ?? db.cachedStatement(sql: Self.insertSQL)
        // A statement that failed cannot be used again, and leaves the cache: then it is taken anew.
        self.insert = nil
        insert.setUncheckedArguments(
            draft.arguments(
                sequence: sequence, recordedAt: recordedAtText, receivedAt: receivedAt, slot: slot, leafHash: leafHash))
        try insert.execute()
        self.insert = insert
        guard db.changesCount > 0 else { return nil }
        lastSequence = sequence
        return RecordedDecision(draft, sequence: sequence, recordedAt: recordedAt, leafHash: leafHash)
    }
}

/// Where a row stands among the rows of one request (see `LedgerSchema`).
private enum Slot {
    static let answer = "answer"

    static func conflict(_ digest: String) -> String { "conflict:" + digest }

    /// Nine digits, so that texts sort as numbers.
    static func retry(_ number: Int) -> String {
        let digits = String(number)
        return "retry:" + String(repeating: "0", count: max(0, 9 - digits.utf8.count)) + digits
    }

    static func number(_ slot: String) -> Int { Int(slot.dropFirst("retry:".count)) ?? 0 }
}

extension DecisionRecorder {
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
            reason, rules_digest, summary, asset, amount, amount_key, amount_usd, amount_usd_key, leaf_hash, payload)
        VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)
        ON CONFLICT (request_id, requester, slot) DO NOTHING
        """
}

extension DecisionDraft {
    fileprivate var identityArguments: StatementArguments {
        [requestId, requester]
    }

    fileprivate func arguments(
        sequence: Int64, recordedAt: String, receivedAt: String, slot: String, leafHash: [UInt8]
    ) -> StatementArguments {
        [
            sequence, recordedAt, receivedAt, requestId, txId, externalTxId, kind.rawValue, stage.rawValue,
            authenticator, cosigner, listener, signerId, requester, slot, payloadDigest, storedPayloadDigest,
            action.rawValue, action.isFinal, isConflict, rule, reason, rulesDigest, summaryText, asset,
            amount?.description, amount.flatMap(AmountKey.make), amountUSD?.description,
            amountUSD.flatMap(AmountKey.make), Data(leafHash), payload,
        ]
    }
}
