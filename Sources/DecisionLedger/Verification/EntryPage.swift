// A run of the log's entries, read and checked each for itself.

import CallbackProtocol
import SystemCrypto

/// Entries `first...last` of both tables: their leaf hashes as recomputed, and what is wrong with single ones.
struct EntryPage: Sendable {
    /// One entry, in the order of the log.
    struct Entry: Sendable {
        let sequence: Int64
        let leafHash: [UInt8]
        let recordedAt: String
    }

    let first: Int64
    let last: Int64
    private(set) var entries: [Entry] = []
    private(set) var findings: [LedgerFinding] = []
    /// Charges of approvals, for the check of the counters.
    private(set) var charges: [(requestId: String, charges: String, at: LedgerInstant)] = []

    init(_ session: any SQLSession, from first: Int64, to last: Int64) throws {
        (self.first, self.last) = (first, last)
        let bounds: [SQLValue] = [.integer(first), .integer(last)]
        try session.query(
            "SELECT \(Self.columns), \(session.bytes(ofText: "payload")) FROM decisions WHERE sequence BETWEEN ? AND ?"
                + " ORDER BY sequence", bounds
        ) { try add(decision: $0) }
        try session.query(
            "SELECT sequence, hold, event, key, record, leaf_hash FROM hold_events WHERE sequence BETWEEN ? AND ?"
                + " ORDER BY sequence", bounds
        ) { try add(event: $0) }
        entries.sort { $0.sequence < $1.sequence }
    }

    private static let columns =
        RecordedDecision.columns + ", requester, slot, final, asset, amount, amount_key, amount_usd, amount_usd_key"

    private static let searchColumns = 26
    private static let payloadColumn = 34

    private mutating func complain(_ code: LedgerFinding.Code, _ sequence: Int64, _ message: String) {
        findings.append(LedgerFinding(code, sequence, message))
    }

    private mutating func add(decision row: SQLRow) throws {
        let sequence = try row.integer(0)
        let decision: RecordedDecision
        do throws(LedgerError) {
            decision = try RecordedDecision(row: row, withPayload: false)
        } catch {
            return complain(.changed, sequence, "the row cannot be read as a decision")
        }
        let leafHash = decision.computedLeafHash
        if leafHash != decision.leafHash { complain(.changed, sequence, "the row is not the record that was proven") }
        entries.append(Entry(sequence: sequence, leafHash: leafHash, recordedAt: try row.text(1)))
        if try !LedgerInstant.isStored(row.text(1)) || !LedgerInstant.isStored(row.text(2)) {
            complain(.changed, sequence, "a time is not in the ledger's form")
        }
        let payload = try row.optionalBlob(Self.payloadColumn) ?? []
        if SHA256Digest.label(SHA256Digest.hash(payload)) != decision.storedPayloadDigest {
            complain(.payload, sequence, "the stored payload is not the one that was decided")
        }
        if let wrong = try wrongSearchColumn(row, decision) {
            complain(.search, sequence, "\(wrong) says something else than the record")
        }
        if let charged = decision.charges { charges.append((decision.requestId, charged, decision.recordedAt)) }
    }

    /// The first column that is no part of the record and does not follow from it.
    private func wrongSearchColumn(_ row: SQLRow, _ decision: RecordedDecision) throws -> String? {
        let base = Self.searchColumns
        let requester = DecisionDraft.requester(
            authenticator: decision.authenticator, kind: decision.kind, stage: decision.stage,
            signerId: decision.signerId)
        if try row.integer(base) != requester { return "requester" }
        if try !Slot.fits(row.text(base + 1), decision) { return "slot" }
        if try row.flag(base + 2) != decision.action.isFinal { return "final" }
        func value(_ name: String) -> String? { decision.summary[name]?.string }
        if try row.optionalText(base + 3) != value("asset") { return "asset" }
        for (offset, name) in [(4, "amount"), (6, "amountUsd")] {
            let stated = value(name)
            if try row.optionalText(base + offset) != stated { return name }
            let key = stated.flatMap { ExactDecimal(plain: $0, maximumDigits: 5000) }.flatMap(AmountKey.make)
            if try row.optionalText(base + offset + 1) != key { return "\(name)_key" }
        }
        return nil
    }

    private mutating func add(event row: SQLRow) throws {
        let (sequence, text) = (try row.integer(0), try row.text(4))
        let leafHash = MerkleHash.leaf(Array(text.utf8))
        if try leafHash != row.blob(5) {
            complain(.changed, sequence, "the hold event is not the record that was proven")
        }
        let record = StoredJSON.object(text)
        entries.append(
            Entry(sequence: sequence, leafHash: leafHash, recordedAt: record?["recordedAt"]?.string ?? ""))
        let isSame =
            try record?["sequence"] == .number(String(sequence))
            && record?["hold"] == .number(String(row.integer(1)))
            && record?["event"]?.string == row.text(2) && record?["key"]?.string == row.optionalText(3)
        if !isSame { complain(.search, sequence, "a column of the hold event says something else than its record") }
    }
}

extension Slot {
    /// Whether a decision can stand in this slot.
    static func fits(_ slot: String, _ decision: RecordedDecision) -> Bool {
        if decision.isConflict { return slot == conflict(decision.payloadDigest) }
        if decision.action.isFinal { return slot == answer }
        return slot == retry(number(slot)) && number(slot) > 0
    }
}
