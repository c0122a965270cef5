// A decision as a syslog message (RFC 5424), and any text as one.

import CallbackProtocol
import DecisionLedger
import SystemCrypto

/// One message of at most `limit` bytes, without control characters, so that it also is a line.
///
/// `<PRI>1 TIMESTAMP HOSTNAME callback-server PROCID DECISION [countersign@32473 …] BOM sentence`. 32473 is the private
/// enterprise number that RFC 5612 keeps for documentation. Receivers should take 2,048 bytes (RFC 5424 section 6.1) and 8,192
/// over TLS (RFC 5425 section 4.3.1).
struct SyslogMessage {
    static let limit = 8_192

    let bytes: [UInt8]

    init(_ decision: RecordedDecision, origin: EventOrigin) {
        var data = StructuredData(name: "countersign@32473")
        data.add("sequence", String(decision.sequence))
        data.add("action", decision.action.rawValue)
        if decision.isConflict { data.add("conflict", "true") }
        data.add("requestId", decision.requestId)
        data.add("kind", decision.kind.rawValue)
        data.add("stage", decision.stage.rawValue)
        data.add("rule", decision.rule)
        data.add("reason", decision.reason)
        data.add("receivedAt", decision.receivedAt.description)
        data.add("signerId", decision.signerId)
        data.add("cosigner", decision.cosigner)
        data.add("authenticator", decision.authenticator)
        data.add("listener", decision.listener)
        data.add("rulesDigest", decision.rulesDigest)
        data.add("payloadDigest", decision.payloadDigest)
        data.add("storedPayloadDigest", decision.storedPayloadDigest)
        data.add("leafHash", Hexadecimal.encode(decision.leafHash))
        data.add("txId", decision.txId)
        data.add("externalTxId", decision.externalTxId)
        for (name, values) in decision.facts {
            for value in values { data.add(name, value) }
        }
        // The byte order mark says that what follows is UTF-8 (section 6.4).
        let text = "\u{FEFF}" + decision.sentence
        bytes = Self.head(decision, origin) + data.bytes + [0x20] + Array(text.utf8)
    }

    /// A message whose text is in another format. It has no byte order mark: the parsers of those formats know none, and
    /// section 6.4 allows any octets without one.
    init(_ decision: RecordedDecision, origin: EventOrigin, text: [UInt8]) {
        bytes = Self.head(decision, origin) + Array("- ".utf8) + text
    }

    /// Everything before the structured data, with a space at its end: at most 330 bytes.
    private static func head(_ decision: RecordedDecision, _ origin: EventOrigin) -> [UInt8] {
        let priority = origin.facility.number * 8 + DecisionWeight(decision).syslogSeverity
        let process = origin.process.map(String.init) ?? "-"
        let head =
            "<\(priority)>1 \(decision.recordedAt) \(origin.host ?? "-") \(Product.name) \(process) DECISION "
        return Array(head.utf8)
    }
}
