// Holds inside a transaction: opened, signed, void, expired, each an entry of the log.

import CallbackProtocol
import CallbackRules

extension LedgerTransaction {
    /// The hold of this request and payload by this rule, unless it is over.
    func openHold(_ key: HoldKey, of draft: DecisionDraft) throws -> Hold? {
        try Hold.load(
            session,
            where: """
                request_id = ? AND requester = ? AND payload_digest = ? AND rule = ? AND limit_id = ?
                AND state NOT IN ('void', 'decided')
                """,
            draft.identityArguments + [.text(draft.payloadDigest), .text(key.rule), .text(key.limit ?? "")]
        ).last
    }

    /// Opens a hold and returns its number.
    mutating func open(_ pending: PendingHold, of draft: DecisionDraft, by decision: Decision) throws -> Int64 {
        let number = try (session.first("SELECT coalesce(max(hold), 0) FROM holds")?.integer(0) ?? 0) + 1
        let expires = LedgerInstant(milliseconds: now.milliseconds + pending.expiresAfter * 1000)
        let statement = HoldStatement(
            pending, of: draft, by: decision,
            at: HoldStatement.Place(origin: head.origin, number: number, opened: now, expires: expires))
        try session.write(
            "INSERT INTO holds (\(Hold.columns)) VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?, ?, ?)",
            [.integer(number)] + draft.identityArguments + [
                .text(draft.payloadDigest), .text(pending.key.rule.storable), .text((pending.key.limit ?? "").storable),
                SQLValue(now), SQLValue(expires),
                .text(HoldDetails(approvers: pending.group, statement: statement).stored),
            ])
        hasOpenHolds = true
        try append(
            HoldEvent(
                kind: .opened, hold: number, requestId: draft.requestId, payloadDigest: draft.payloadDigest,
                rule: pending.key.rule, limit: pending.key.limit, statementDigest: statement.digest))
        return number
    }

    /// The payload changed: what people said of the earlier one counts no more.
    mutating func voidHolds(of draft: DecisionDraft) throws {
        let holds = try Hold.load(
            session, where: "request_id = ? AND requester = ? AND payload_digest <> ? AND \(Self.openStates)",
            draft.identityArguments + [.text(draft.payloadDigest)])
        for hold in holds { try end(hold, .void, event: .void) }
    }

    /// The request has its final answer.
    func closeHolds(of draft: DecisionDraft) throws {
        try session.write(
            "UPDATE holds SET state = 'decided' WHERE request_id = ? AND requester = ? AND \(Self.openStates)",
            draft.identityArguments)
    }

    /// Records that holds have expired, whether or not their requests are asked again.
    mutating func expireHolds() throws {
        guard hasOpenHolds else { return }
        let holds = try Hold.load(session, where: "\(Self.openStates) AND expires_at <= ?", [SQLValue(now)])
        for hold in holds { try end(hold, .expired, event: .expired) }
    }

    /// Records what a person said. The signature was verified over this hold's statement, and the key is an approver's.
    mutating func record(_ verdict: HoldVerdict, of number: Int64, by signer: HoldSigner) throws -> Hold {
        guard let hold = try Hold.load(session, where: "hold = ?", [.integer(number)]).first else {
            throw LedgerError.noHold(number)
        }
        if hold.voices.contains(where: { $0.key == signer.key && $0.verdict == verdict }) { return hold }
        guard hold.state == .waiting || hold.state == .approved, now < hold.expires else {
            let why = hold.state == .waiting || hold.state == .approved ? Hold.State.expired : hold.state
            throw LedgerError(.holdOver, "hold \(number) is \(why.rawValue): nothing can be signed any more")
        }
        try append(
            HoldEvent(
                kind: verdict == .approve ? .approval : .refusal, hold: number, requestId: hold.requestId,
                payloadDigest: hold.payloadDigest, rule: hold.rule, limit: hold.limit,
                statementDigest: hold.statement.digest, signer: (signer.name, signer.key, signer.signature)))
        let approving = Set(hold.voices.filter { $0.verdict == .approve }.map(\.name)).union([signer.name])
        let state: Hold.State =
            switch verdict {
            case .refuse: .refused
            case .approve: approving.count >= hold.approvers.required ? .approved : .waiting
            }
        try set(state, of: number)
        guard let after = try Hold.load(session, where: "hold = ?", [.integer(number)]).first else {
            throw Self.disagreement
        }
        return after
    }

    private mutating func end(_ hold: Hold, _ state: Hold.State, event: HoldEvent.Kind) throws {
        try append(
            HoldEvent(
                kind: event, hold: hold.number, requestId: hold.requestId, payloadDigest: hold.payloadDigest,
                rule: hold.rule, limit: hold.limit, statementDigest: hold.statement.digest))
        try set(state, of: hold.number)
    }

    private func set(_ state: Hold.State, of number: Int64) throws {
        try session.write("UPDATE holds SET state = ? WHERE hold = ?", [.text(state.rawValue), .integer(number)])
    }

    private mutating func append(_ event: HoldEvent) throws {
        let sequence = nextSequence
        let record = event.record(sequence: sequence, recordedAt: nowText)
        let leafHash = MerkleHash.leaf(Array(record.utf8))
        try session.write(
            "INSERT INTO hold_events (sequence, hold, event, key, record, leaf_hash) VALUES (?, ?, ?, ?, ?, ?)",
            [
                .integer(sequence), .integer(event.hold), .text(event.kind.rawValue), SQLValue(event.signer?.key),
                .text(record), .blob(leafHash),
            ])
        try append(leafHash: leafHash)
    }
}

/// Who signed, once the signature was verified.
package struct HoldSigner: Sendable {
    package let name: String
    /// `SHA256:` fingerprint.
    package let key: String
    /// The armored signature.
    package let signature: String
}
