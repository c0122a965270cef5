// The record of a decision: the canonical text whose digest is a leaf of the ledger's Merkle tree.

import CallbackProtocol
import SystemCrypto

/// Everything of a decision that never changes. docs/ledger.md describes the text for outsiders.
protocol DecisionRecord {
    var sequence: Int64 { get }
    var recordedAtText: String { get }
    var receivedAtText: String { get }
    var requestId: String { get }
    var txId: String? { get }
    var externalTxId: String? { get }
    var kind: RequestKind { get }
    var stage: RequestStage { get }
    var authenticator: String { get }
    var cosigner: String? { get }
    var listener: String { get }
    var signerId: String? { get }
    var payloadDigest: String { get }
    var storedPayloadDigest: String { get }
    var action: CallbackAction { get }
    var rule: String? { get }
    var reason: String? { get }
    var rulesDigest: String { get }
    var isConflict: Bool { get }
    /// RFC 8785 texts.
    var canonicalSummary: String { get }
    var charges: String? { get }
    var holds: String? { get }
    var commitments: String? { get }
}

extension DecisionRecord {
    /// The record in RFC 8785 form.
    var canonicalBytes: [UInt8] {
        var json = CanonicalJSON(capacity: 1536)
        json.open(0x7b)
        json.member("action", action.rawValue)
        json.member("authenticator", authenticator)
        if let charges { json.member("charges", raw: charges) }
        if let commitments { json.member("commitments", raw: commitments) }
        if isConflict { json.member("conflict", raw: "true") }
        json.member("cosigner", cosigner)
        json.member("externalTxId", externalTxId)
        if let holds { json.member("holds", raw: holds) }
        json.member("kind", kind.rawValue)
        json.member("listener", listener)
        json.member("payloadDigest", payloadDigest)
        json.member("reason", reason)
        json.member("receivedAt", receivedAtText)
        json.member("recordedAt", recordedAtText)
        json.member("requestId", requestId)
        json.member("rule", rule)
        json.member("rulesDigest", rulesDigest)
        json.member("sequence", raw: String(sequence))
        json.member("signerId", signerId)
        json.member("stage", stage.rawValue)
        json.member("storedPayloadDigest", storedPayloadDigest)
        json.member("summary", raw: canonicalSummary)
        json.member("txId", txId)
        json.close(0x7d)
        return json.bytes
    }

    /// SHA-256 over 0x00 (RFC 6962 section 2.1) and the record.
    var computedLeafHash: [UInt8] { MerkleHash.leaf(canonicalBytes) }
}

/// A draft with its outcome, at its place in the log.
struct PlacedDecision: DecisionRecord {
    let draft: DecisionDraft
    let outcome: DecisionOutcome
    let sequence: Int64
    let recordedAtText: String
    let receivedAtText: String

    var requestId: String { draft.requestId }
    var txId: String? { draft.txId }
    var externalTxId: String? { draft.externalTxId }
    var kind: RequestKind { draft.kind }
    var stage: RequestStage { draft.stage }
    var authenticator: String { draft.authenticator }
    var cosigner: String? { draft.cosigner }
    var listener: String { draft.listener }
    var signerId: String? { draft.signerId }
    var payloadDigest: String { draft.payloadDigest }
    var storedPayloadDigest: String { draft.storedPayloadDigest }
    var action: CallbackAction { outcome.action }
    var rule: String? { outcome.rule }
    var reason: String? { outcome.reason }
    var rulesDigest: String { outcome.rulesDigest }
    var isConflict: Bool { outcome.isConflict }
    var canonicalSummary: String { draft.canonicalSummary }
    var charges: String? { outcome.charges }
    var holds: String? { outcome.holds }
    var commitments: String? { draft.commitments }
}
