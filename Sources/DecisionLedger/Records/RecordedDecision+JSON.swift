// A decision as JSON: for people and scripts, and as the leaf of the ledger's Merkle tree.

import CallbackProtocol
import SystemCrypto

extension RecordedDecision {
    /// One line, members in the documented order (docs/interfaces.md). `conflict` is there only when true.
    ///
    /// With `includingAll` (`decisions show`), every member of the leaf is there, and the payload. The leaf hash is
    /// then SHA-256(0x00 || RFC 8785 form of this object without `repeat`, `leafHash` and `payload`).
    /// `includingPayload` is for those who read without payloads: it leaves that member out.
    package func json(includingAll: Bool = false, includingPayload: Bool = true) -> String {
        var json = CanonicalJSON(capacity: 1024 + (payload?.utf8.count ?? 0))
        json.open(0x7b)
        json.member("sequence", raw: String(sequence))
        json.member("recordedAt", recordedAt.description)
        json.member("requestId", requestId)
        json.member("kind", kind.rawValue)
        json.member("stage", stage.rawValue)
        json.member("payloadDigest", payloadDigest)
        json.member("cosigner", cosigner)
        json.member("signerId", signerId)
        json.member("action", action.rawValue)
        json.member("rule", rule)
        json.member("reason", reason)
        json.member("rulesDigest", rulesDigest)
        json.name("summary")
        json.value(.object(summary), sorted: false)
        json.member("repeat", raw: String(repeatCount))
        json.member("leafHash", Hexadecimal.encode(leafHash))
        if isConflict { json.member("conflict", raw: "true") }
        if includingAll {
            json.member("receivedAt", receivedAt.description)
            json.member("txId", txId)
            json.member("externalTxId", externalTxId)
            json.member("authenticator", authenticator)
            json.member("listener", listener)
            json.member("storedPayloadDigest", storedPayloadDigest)
            if let charges { json.member("charges", raw: charges) }
            if let holds { json.member("holds", raw: holds) }
            if let commitments { json.member("commitments", raw: commitments) }
            if includingPayload { json.member("payload", payload) }
        }
        json.close(0x7d)
        return json.text
    }
}
