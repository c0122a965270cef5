// A decision as an Elastic Common Schema document (ECS 8, https://www.elastic.co/docs/reference/ecs).

import CallbackProtocol
import DecisionLedger
import SystemCrypto

/// One JSON object. Standard fields where the schema has one that means the same, all else under `countersign`. Amounts are
/// strings. Fields without a value are left out.
struct ECSDocument {
    /// The version of the schema whose fields and allowed values are used.
    static let version = "8.11.0"

    let bytes: [UInt8]

    init(_ decision: RecordedDecision, origin: EventOrigin, bounds: ExportBounds = .none) {
        var fields = BoundedFields(bounds: bounds)
        let own = Self.own(decision, &fields)
        let event = Self.event(decision, &fields)
        let (ruleName, ruleset) = (fields.text(decision.rule), fields.text(decision.rulesDigest))
        let user = fields.text(decision.signerId)
        let listener = fields.text(decision.listener)
        let members: [(String, JSONValue?)] = [
            ("@timestamp", .string(decision.recordedAt.description)),
            ("ecs", .object(JSONObject([.init("version", .string(Self.version))]))),
            ("message", .string(decision.sentence)),
            ("event", event),
            ("rule", fields.object([("name", ruleName), ("ruleset", ruleset)])),
            ("user", fields.object([("id", user)])),
            ("server", fields.object([("address", listener)])),
            (
                "observer",
                fields.object([
                    ("vendor", .string(Product.vendor)), ("product", .string(Product.name)),
                    ("version", .string(Product.version)), ("hostname", origin.host.map(JSONValue.string)),
                ])
            ),
            ("related", Self.related(decision, user)),
            ("countersign", .object(fields.isCut ? own.adding("truncated", .bool(true)) : own)),
        ]
        bytes = lineSafe(json: (fields.object(members) ?? .null).serialized())
    }

    private static func event(_ decision: RecordedDecision, _ fields: inout BoundedFields) -> JSONValue? {
        let weight = DecisionWeight(decision)
        let elapsed = max(0, decision.recordedAt.milliseconds - decision.receivedAt.milliseconds)
        let kind = decision.kind
        let reason = fields.text(decision.reason)
        let types: [String] =
            switch decision.action {
            case .approve: kind == .configuration ? ["change", "allowed"] : ["allowed"]
            case .reject: ["denied"]
            case .ignore, .retry: ["info"]
            }
        return fields.object([
            ("kind", .string(decision.isConflict ? "alert" : "event")),
            ("category", .strings(kind == .configuration ? ["api", "configuration"] : ["api"])),
            ("type", .strings(types)),
            ("action", .string(decision.action.rawValue.lowercased())),
            ("outcome", .string(weight.outcome)),
            ("reason", reason),
            ("id", .string(Hexadecimal.encode(decision.leafHash))),
            ("sequence", .number(String(decision.sequence))),
            ("severity", .number(String(weight.cefSeverity))),
            ("code", .string("decision")),
            ("module", .string("countersign")),
            ("dataset", .string("countersign.decision")),
            ("provider", .string(Product.name)),
            ("created", .string(decision.recordedAt.description)),
            ("start", .string(decision.receivedAt.description)),
            ("end", .string(decision.recordedAt.description)),
            ("duration", .number(String(elapsed * 1_000_000))),
            ("hash", .string(RecordedDecision.digits(decision.storedPayloadDigest))),
            ("original", decision.payload.map(JSONValue.string)),
        ])
    }

    private static func own(_ decision: RecordedDecision, _ fields: inout BoundedFields) -> JSONObject {
        var own = JSONObject()
        func set(_ name: String, _ value: JSONValue?) {
            if let value { own.set(name, value) }
        }
        set("sequence", .number(String(decision.sequence)))
        set("request_id", fields.text(decision.requestId))
        set("kind", .string(decision.kind.rawValue))
        set("stage", .string(decision.stage.rawValue))
        set("action", .string(decision.action.rawValue))
        set("conflict", .bool(decision.isConflict))
        set("cosigner", fields.text(decision.cosigner))
        set("signer_id", fields.text(decision.signerId))
        set("authenticator", fields.text(decision.authenticator))
        set("tx_id", fields.text(decision.txId))
        set("external_tx_id", fields.text(decision.externalTxId))
        set("rules_digest", fields.text(decision.rulesDigest))
        set("payload_digest", .string(decision.payloadDigest))
        set("stored_payload_digest", .string(decision.storedPayloadDigest))
        set("leaf_hash", .string(Hexadecimal.encode(decision.leafHash)))
        var summary = JSONObject()
        for member in decision.summary.members {
            summary.set(snakeCase(member.name), fields.value(member.value))
        }
        set("summary", .object(summary))
        return own
    }

    private static func related(_ decision: RecordedDecision, _ user: JSONValue?) -> JSONValue? {
        var hashes = [
            RecordedDecision.digits(decision.payloadDigest), RecordedDecision.digits(decision.storedPayloadDigest),
            Hexadecimal.encode(decision.leafHash),
        ]
        if hashes[0] == hashes[1] { hashes.remove(at: 1) }
        var related = JSONObject([.init("hash", .strings(hashes))])
        if let user { related.set("user", .array([user])) }
        return .object(related)
    }
}

/// `amountUsd` becomes `amount_usd`, `networkID` becomes `network_id`: the schema's way of naming.
func snakeCase(_ name: String) -> String {
    var words = ""
    var previousIsSmall = false
    for letter in name {
        if letter.isUppercase, previousIsSmall { words.append("_") }
        previousIsSmall = letter.isLowercase || letter.isNumber
        words += letter.lowercased()
    }
    return words
}
