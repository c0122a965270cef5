// A decision in ArcSight Common Event Format (Implementing ArcSight Common Event Format, version 25, CEF:0).

import CallbackProtocol
import DecisionLedger
import SystemCrypto

/// One CEF event: seven header fields, then `key=value` pairs. Keys are the producer's dictionary's where it has one; the
/// request's facts have keys of our own that begin with `Countersign`.
struct CEFEvent {
    let bytes: [UInt8]

    init(_ decision: RecordedDecision, origin: EventOrigin, bounds: ExportBounds = .none) {
        let weight = DecisionWeight(decision)
        var text = "CEF:0"
        for field in [
            Product.vendor, Product.name, Product.version, weight.eventClass, weight.eventName,
            String(weight.cefSeverity),
        ] {
            text += "|" + Self.header(field)
        }
        var fields = CEFExtension(bounds: bounds)
        fields.add("rt", String(decision.recordedAt.milliseconds))
        fields.add("start", String(decision.receivedAt.milliseconds))
        fields.add("externalId", String(decision.sequence), limit: 40)
        fields.add("act", decision.action.rawValue, limit: 63)
        fields.add("outcome", weight.outcome, limit: 63)
        fields.add("cat", "\(decision.kind.rawValue)/\(decision.stage.rawValue)", limit: 1_023)
        fields.add("reason", decision.reason, limit: 1_023)
        fields.add("msg", decision.sentence, limit: 1_023)
        fields.add("suid", decision.signerId, limit: 1_023)
        fields.add("dvchost", origin.host, limit: 100)
        fields.add(labelled: "cs1", "requestId", decision.requestId)
        fields.add(labelled: "cs2", "rule", decision.rule)
        fields.add(labelled: "cs3", "rulesDigest", decision.rulesDigest)
        fields.add(labelled: "cs4", "payloadDigest", decision.payloadDigest)
        fields.add(labelled: "cs5", "txId", decision.txId)
        fields.add(labelled: "cs6", "externalTxId", decision.externalTxId)
        fields.add(labelled: "flexString1", "leafHash", Hexadecimal.encode(decision.leafHash), limit: 1_023)
        fields.add(own: "CountersignCosigner", [decision.cosigner ?? ""])
        fields.add(own: "CountersignListener", [decision.listener])
        for (name, values) in decision.facts { fields.add(own: Self.ownKey(name), values) }
        if fields.isCut { fields.add(own: "CountersignTruncated", ["true"]) }
        bytes = Array((text + "|" + fields.text).utf8)
    }

    /// Backslashes and pipes are escaped; the header has no escape for the end of a line.
    static func header(_ field: String) -> String {
        var text = ""
        for scalar in field.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "|": text += "\\|"
            default: text += scalar.isControl ? scalar.octal : String(scalar)
            }
        }
        return text
    }

    /// A key of our own: the vendor, then the fact's name with a capital. Keys hold letters and digits only.
    private static func ownKey(_ name: String) -> String {
        let plain = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return Product.vendor + plain.prefix(1).uppercased() + plain.dropFirst()
    }
}

extension DecisionWeight {
    /// The signature id: one for each kind of event, never renamed.
    fileprivate var eventClass: String {
        switch self {
        case .approved: "decision.approve"
        case .ignored: "decision.ignore"
        case .retried: "decision.retry"
        case .rejected: "decision.reject"
        case .conflict: "decision.conflict"
        }
    }

    fileprivate var eventName: String {
        switch self {
        case .approved: "Request approved"
        case .ignored: "Request left to others"
        case .retried: "Request to be asked again"
        case .rejected: "Request rejected"
        case .conflict: "Another payload under a decided request"
        }
    }
}
