// From a decision to the bytes on a collector's connection.

import CallbackProtocol
import DecisionLedger

/// RFC 5424 messages in octet-counting frames (RFC 6587 section 3.4.1, RFC 5425 section 4.3).
struct SyslogEncoder: Sendable {
    let format: SinkConfiguration.Format
    let origin: EventOrigin

    /// `LENGTH SP MESSAGE`.
    func frame(_ decision: RecordedDecision) -> [UInt8] {
        let message = message(decision)
        return Array("\(message.count) ".utf8) + message
    }

    private func message(_ decision: RecordedDecision) -> [UInt8] {
        switch format {
        case .syslog: SyslogMessage(decision, origin: origin).bytes
        case .cef:
            SyslogMessage(
                decision, origin: origin, text: CEFEvent(decision, origin: origin, bounds: .message).bytes
            ).bytes
        case .ecs:
            SyslogMessage(
                decision, origin: origin, text: ECSDocument(decision, origin: origin, bounds: .message).bytes
            ).bytes
        }
    }
}

extension RecordedDecision {
    /// About how many bytes of memory this takes.
    var memoryCost: Int {
        var cost = 1_024 + (externalTxId?.utf8.count ?? 0) + (txId?.utf8.count ?? 0) + (reason?.utf8.count ?? 0)
        for member in summary.members {
            switch member.value {
            case .string(let text): cost += text.utf8.count
            case .array(let values): for value in values { cost += 64 + (value.string?.utf8.count ?? 0) }
            default: break
            }
        }
        return cost
    }
}
