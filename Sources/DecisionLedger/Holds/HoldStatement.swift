// What an approver signs: a text that people can read, and that fits one request, one payload and one rule only.

import CallbackProtocol
import CallbackRules
import SystemCrypto

/// What a person says about a hold.
package enum HoldVerdict: String, Sendable, CaseIterable {
    case approve
    case refuse
}

/// The text below the verdict, the same for both verdicts.
///
/// One fact a line, `name: value`. A value that holds anything but printable ASCII is written as a JSON string with
/// `\u` escapes, so that no payload can add a line, hide a character or turn the direction of writing.
package struct HoldStatement: Sendable, Hashable {
    /// OpenSSH signatures of statements are made for this namespace.
    package static let namespace = "countersign-hold"
    private static let title = "countersign hold statement v1"

    let body: String

    init(stored body: String) {
        self.body = body
    }

    /// The bytes to sign, with `ssh-keygen -Y sign -n countersign-hold`.
    package func bytes(_ verdict: HoldVerdict) -> [UInt8] {
        Array("\(Self.title)\nverdict: \(verdict.rawValue)\n\(body)".utf8)
    }

    var digest: String { SHA256Digest.label(SHA256Digest.hash(body.utf8)) }

    /// Where and when a hold stands.
    struct Place {
        let origin: String
        let number: Int64
        let opened: LedgerInstant
        let expires: LedgerInstant
    }

    init(_ pending: PendingHold, of draft: DecisionDraft, by decision: Decision, at place: Place) {
        var lines: [(String, String?)] = [
            ("ledger", place.origin), ("hold", String(place.number)), ("requestId", draft.requestId),
            ("kind", draft.kind.rawValue), ("stage", draft.stage.rawValue), ("cosigner", draft.cosigner),
            ("signerId", draft.signerId), ("payloadDigest", draft.payloadDigest), ("rule", pending.key.rule),
            ("limit", pending.key.limit), ("approvers", "\(pending.group.required) of \(pending.group.name)"),
            ("rulesDigest", decision.rulesDigest), ("opened", place.opened.description),
            ("expires", place.expires.description),
        ]
        switch draft.proposal.request.content {
        case .transaction(let request): lines += Self.lines(request, decision.doubts)
        case .configuration(let change): lines += Self.lines(change)
        case .malformed: break
        }
        body = lines.map { name, value in value.map { "\(name): \(Self.line($0))\n" } ?? "" }.joined()
    }

    private static func lines(_ request: TransactionRequest, _ doubts: [String]) -> [(String, String?)] {
        var lines: [(String, String?)] = [
            ("operation", request.operation), ("txId", request.txId), ("externalTxId", request.externalTxId),
            ("asset", request.asset), ("amount", request.amount?.description), ("fee", request.fee?.description),
            ("source", party(request.sourceType, request.sourceId)),
        ]
        for destination in request.destinations {
            let native = destination.amountNative.map { "\($0) \(request.asset ?? "")" } ?? "unknown amount"
            let dollars = destination.amountUSD.map { "\($0) USD" } ?? "unpriced"
            let address = destination.displayDstAddress ?? destination.dstAddress ?? request.destAddress
            lines.append(
                (
                    "destination",
                    [party(destination.type, destination.id), address ?? "unknown address", native, dollars]
                        .compactMap { $0 }.joined(separator: "  ")
                ))
        }
        return lines + doubts.map { ("unknown", $0) }
    }

    private static func lines(_ change: ConfigurationChangeRequest) -> [(String, String?)] {
        [("type", change.type)]
            + DecisionSummary(.configuration(change)).object.members.filter { $0.name != "type" }
            .map { ($0.name, $0.value.string) }
    }

    private static func party(_ type: String?, _ id: String?) -> String? {
        let parts = [type, id].compactMap { $0 }.filter { !$0.isEmpty }
        return parts.isEmpty ? nil : parts.joined(separator: "/")
    }

    private static func line(_ value: String) -> String {
        let isPlain = value.utf8.allSatisfy { (0x20..<0x7f).contains($0) } && !value.hasPrefix("\"")
        return isPlain ? value : asciiQuoted(value)
    }

    /// A JSON string of ASCII characters only.
    private static func asciiQuoted(_ value: String) -> String {
        var text = "\""
        for unit in value.utf16 {
            switch unit {
            case 0x22, 0x5c: text += "\\" + String(UnicodeScalar(UInt8(unit)))
            case 0x20..<0x7f: text += String(UnicodeScalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return text + "\""
    }
}
