// What happens to a hold, as an entry of the log.

import CallbackProtocol

/// One entry. Its record is the canonical text of a leaf, as that of a decision is.
struct HoldEvent: Sendable {
    enum Kind: String, Sendable {
        case opened, approval, refusal, expired
        /// The payload changed, so what people said of the earlier one counts no more.
        case void
    }

    var kind: Kind
    var hold: Int64
    var requestId: String
    var payloadDigest: String
    var rule: String
    var limit: String?
    var statementDigest: String
    /// Who signed: name, fingerprint of the key, and the armored signature. Only for approvals and refusals.
    var signer: (name: String, key: String, signature: String)?

    /// The record in RFC 8785 form.
    func record(sequence: Int64, recordedAt: String) -> String {
        var json = CanonicalJSON(capacity: 768)
        json.open(0x7b)
        if let signer { json.member("approver", signer.name) }
        json.member("event", kind.rawValue)
        json.member("hold", raw: String(hold))
        if let signer { json.member("key", signer.key) }
        if let limit { json.member("limit", limit) }
        json.member("payloadDigest", payloadDigest)
        json.member("recordedAt", recordedAt)
        json.member("requestId", requestId)
        json.member("rule", rule)
        json.member("sequence", raw: String(sequence))
        if let signer { json.member("signature", signer.signature) }
        json.member("statementDigest", statementDigest)
        json.member("type", "hold")
        json.close(0x7d)
        return json.text
    }
}
