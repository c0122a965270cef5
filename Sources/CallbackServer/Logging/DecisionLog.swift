// The line of each decision. It is written thousands of times a second, so it is built without the detour by metadata.

import CallbackProtocol
import DecisionLedger
import Logging

/// Logs decisions: one line each, in the same form as every other event.
struct DecisionLog: Sendable {
    private let logger: Logger
    private let writer: LogWriter?

    /// - Parameter writer: where JSON lines go; without one every line goes through `logger`.
    init(logger: Logger, writer: LogWriter?) {
        self.logger = logger
        self.writer = writer
    }

    /// What was recorded and answered. `late` where a RETRY had left before the commit ended.
    func decided(_ recorded: RecordedDecision, _ request: AuthenticatedRequest, elapsedMilliseconds: Int, late: Bool) {
        if recorded.isConflict {
            let message = Logger.Message("another payload for a requestId that was already decided")
            logger.critical(message, metadata: fields("payload_conflict", recorded, request, elapsedMilliseconds, late))
        } else if logger.logLevel <= .info {
            guard let writer else {
                return logger.info(
                    "decided", metadata: fields("decision", recorded, request, elapsedMilliseconds, late))
            }
            writer.write(line(recorded, request, elapsedMilliseconds, late))
        }
    }

    /// Nothing could be recorded in time, and RETRY was answered.
    func retried(_ request: AuthenticatedRequest, code: String, reason: String, elapsedMilliseconds: Int) {
        var fields: Logger.Metadata = [
            "event": "retry", "action": "RETRY", "code": "\(code)", "reason": "\(reason)",
            "elapsedMs": .stringConvertible(elapsedMilliseconds),
        ]
        fields.merge(identity(request)) { $1 }
        logger.error("not decided, asked to retry", metadata: fields)
    }

    private func fields(
        _ event: String, _ recorded: RecordedDecision, _ request: AuthenticatedRequest, _ elapsed: Int, _ late: Bool
    ) -> Logger.Metadata {
        var fields: Logger.Metadata = [
            "event": "\(event)", "action": "\(recorded.action.rawValue)", "elapsedMs": .stringConvertible(elapsed),
            "sequence": .stringConvertible(recorded.sequence),
        ]
        if let rule = recorded.rule { fields["rule"] = "\(rule)" }
        if let reason = recorded.reason { fields["reason"] = "\(reason)" }
        if recorded.isRepeat { fields["repeat"] = .stringConvertible(recorded.repeatCount) }
        if late { fields["late"] = .stringConvertible(true) }
        return fields.merging(identity(request)) { $1 }
    }

    private func identity(_ request: AuthenticatedRequest) -> Logger.Metadata {
        var fields: Logger.Metadata = [
            "requestId": "\(request.requestId)", "kind": "\(request.kind.rawValue)",
            "stage": "\(request.stage.rawValue)", "listener": "\(request.listener)",
        ]
        if let cosigner = request.cosignerName { fields["cosigner"] = "\(cosigner)" }
        if let signer = request.signerId { fields["signerId"] = "\(signer)" }
        return fields
    }

    /// The same members as `fields` gives to the structured log, in the same order.
    private func line(
        _ recorded: RecordedDecision, _ request: AuthenticatedRequest, _ elapsed: Int, _ late: Bool
    ) -> [UInt8] {
        var line = JSONLine()
        line.member("time", Timestamp.now.description)
        line.member("level", "info")
        line.member("message", "decided")
        line.member("action", recorded.action.rawValue)
        line.member("cosigner", request.cosignerName)
        line.member("elapsedMs", number: elapsed)
        line.member("event", "decision")
        line.member("kind", request.kind.rawValue)
        if late { line.member("late", raw: "true") }
        line.member("listener", request.listener)
        line.member("reason", recorded.reason)
        if recorded.isRepeat { line.member("repeat", number: Int(recorded.repeatCount)) }
        line.member("requestId", request.requestId)
        line.member("rule", recorded.rule)
        line.member("sequence", number: Int(recorded.sequence))
        line.member("signerId", request.signerId)
        line.member("stage", request.stage.rawValue)
        return line.finish()
    }
}

/// A JSON object in one line, written member by member; absent members are left out.
private struct JSONLine {
    private var bytes: [UInt8]

    init() {
        bytes = []
        bytes.reserveCapacity(512)
    }

    mutating func member(_ name: StaticString, _ value: String?) {
        guard let value else { return }
        begin(name)
        writeJSONString(value, to: &bytes)
    }

    mutating func member(_ name: StaticString, number: Int) {
        begin(name)
        bytes += String(number).utf8
    }

    mutating func member(_ name: StaticString, raw: StaticString) {
        begin(name)
        raw.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func begin(_ name: StaticString) {
        bytes.append(UInt8(ascii: bytes.isEmpty ? "{" : ","))
        bytes.append(UInt8(ascii: "\""))
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func finish() -> [UInt8] {
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }
}
