// What a decision means to those who watch: how severe it is, and one sentence about it.

import CallbackProtocol
import DecisionLedger

/// A decision's place on the scales of the formats.
enum DecisionWeight: Sendable {
    case approved, ignored, retried, rejected
    /// Another payload under a decided request: an attack or a bug.
    case conflict

    init(_ decision: RecordedDecision) {
        self =
            switch decision.action {
            case _ where decision.isConflict: .conflict
            case .approve: .approved
            case .ignore: .ignored
            case .retry: .retried
            case .reject: .rejected
            }
    }

    /// RFC 5424 section 6.2.1: 6 informational, 5 notice, 4 warning, 2 critical.
    var syslogSeverity: Int {
        switch self {
        case .approved, .ignored: 6
        case .retried: 5
        case .rejected: 4
        case .conflict: 2
        }
    }

    /// CEF: 0 to 3 low, 4 to 6 medium, 7 and 8 high, 9 and 10 very high.
    var cefSeverity: Int {
        switch self {
        case .approved: 1
        case .ignored: 2
        case .retried: 3
        case .rejected: 5
        case .conflict: 9
        }
    }

    /// The words of ECS and CEF: did the request get what it wanted?
    var outcome: String {
        switch self {
        case .approved: "success"
        case .rejected, .conflict: "failure"
        case .ignored, .retried: "unknown"
        }
    }
}

extension RecordedDecision {
    /// One sentence of at most 512 bytes, without control characters.
    var sentence: String {
        let what = kind == .transaction ? "transaction" : "configuration change"
        let why = isConflict ? ": another payload was decided before" : rule.map { " by rule \($0)" } ?? ""
        let text = "\(action.rawValue) \(stage.rawValue) of \(what) \(requestId)\(why)"
        return text.withoutControls.bounded(to: 512).text
    }

    /// The members of the summary, each with all its texts.
    var facts: [(name: String, values: [String])] {
        summary.members.map { member in
            switch member.value {
            case .array(let values): (member.name, values.compactMap(\.string))
            case .string(let text): (member.name, [text])
            default: (member.name, [])
            }
        }
    }

    /// The hexadecimal digits of a digest that begins with `sha256:`.
    static func digits(_ digest: String) -> String {
        digest.hasPrefix("sha256:") ? String(digest.dropFirst("sha256:".count)) : digest
    }
}
