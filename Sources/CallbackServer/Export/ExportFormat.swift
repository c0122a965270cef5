// The forms in which decisions leave for SIEM systems.

import ArgumentParser
import DecisionLedger

/// What `decisions export` can write. Field by field: docs/interfaces.md.
enum ExportFormat: String, Sendable, CaseIterable, ExpressibleByArgument {
    /// Everything that the ledger holds of a decision, as `decisions show --json` prints it.
    case jsonl
    /// Elastic Common Schema 8.
    case ecs
    /// ArcSight Common Event Format, version 0.
    case cef
    /// RFC 5424, with structured data.
    case syslog

    /// Whether a line can hold the request's payload.
    var holdsPayload: Bool { self == .jsonl || self == .ecs }

    /// A decision as one line without its line feed. No format lets a value begin another line.
    func line(_ decision: RecordedDecision, origin: EventOrigin) -> [UInt8] {
        switch self {
        case .jsonl:
            lineSafe(json: Array(decision.json(includingAll: true, includingPayload: decision.payload != nil).utf8))
        case .ecs: ECSDocument(decision, origin: origin).bytes
        case .cef: CEFEvent(decision, origin: origin).bytes
        case .syslog: SyslogMessage(decision, origin: origin).bytes
        }
    }
}
