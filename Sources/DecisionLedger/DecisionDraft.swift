// A decision on its way to the disk: everything of the row that does not depend on where it lands.

import CallbackProtocol
import CallbackRules
import SystemCrypto

/// A row without its sequence and time. Made on the caller's thread, so that the one writer has little to do.
struct DecisionDraft: Sendable {
    let requestId: String
    let txId: String?
    let externalTxId: String?
    let kind: RequestKind
    let stage: RequestStage
    let authenticator: String
    let cosigner: String?
    let listener: String
    let signerId: String?
    /// Part of the identity: `-` for an absent signerId, else `=` and the signerId, so that absent and empty differ.
    let signerKey: String
    let payloadDigest: String
    let payload: String
    let storedPayloadDigest: String
    let payloadSize: Int
    private(set) var action: CallbackAction
    private(set) var rule: String?
    private(set) var reason: String?
    private(set) var isConflict = false
    let rulesDigest: String
    let summary: JSONObject
    let summaryText: String
    let canonicalSummary: String
    let asset: String?
    let amount: ExactDecimal?
    let amountUSD: ExactDecimal?
    let receivedAt: LedgerInstant

    init(_ decision: Decision, receivedAt: LedgerInstant) {
        let request = decision.request
        let identity = request.identity
        let payload = PayloadText(request)
        let facts = DecisionSummary(request.content)
        requestId = identity.requestId
        txId = facts.txId
        externalTxId = facts.externalTxId
        kind = identity.kind
        stage = identity.stage
        authenticator = identity.authenticator.storable
        cosigner = request.cosignerName?.storable
        listener = request.listener.storable
        signerId = identity.signerId?.storable
        signerKey = Self.key(of: identity.signerId)
        payloadDigest = SHA256Digest.label(request.payloadDigest)
        self.payload = payload.text
        storedPayloadDigest =
            payload.digest == request.payloadDigest ? payloadDigest : SHA256Digest.label(payload.digest)
        payloadSize = request.payload.count
        action = decision.action
        rule = decision.rule?.storable
        reason = decision.reason?.storable
        rulesDigest = decision.rulesDigest.storable
        summary = facts.object
        var shown = CanonicalJSON()
        shown.value(.object(facts.object), sorted: false)
        summaryText = shown.text
        var canonical = CanonicalJSON()
        canonical.value(.object(facts.object), sorted: true)
        canonicalSummary = canonical.text
        asset = facts.asset
        amount = facts.amount
        amountUSD = facts.amountUSD
        self.receivedAt = receivedAt
    }

    /// The same request refused, because another payload was decided under its identity.
    var asConflict: DecisionDraft {
        var draft = self
        draft.action = .reject
        draft.rule = nil
        draft.reason = "another payload was already decided for this requestId"
        draft.isConflict = true
        return draft
    }

    /// Texts that `storable` would change get a digest instead, so that different ids stay different.
    private static func key(of signerId: String?) -> String {
        guard let signerId else { return "-" }
        guard signerId.utf8.contains(0) else { return "=" + signerId }
        return "#" + SHA256Digest.label(SHA256Digest.hash(Array(signerId.utf8)))
    }
}
