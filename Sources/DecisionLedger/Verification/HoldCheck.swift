// Holds, compared with their events in the log.

import CallbackProtocol

enum HoldCheck {
    /// Holds whose state or statement is not what their proven events say, and events without a hold.
    static func findings(_ session: any SQLSession) throws -> [LedgerFinding] {
        var findings: [LedgerFinding] = []
        func complain(_ number: Int64, _ what: String) {
            findings.append(LedgerFinding(.hold, nil, "hold \(number): \(what)"))
        }
        for row in try session.all("SELECT \(Hold.columns) FROM holds ORDER BY hold") {
            let number = try row.integer(0)
            let records = try session.all(
                "SELECT record FROM hold_events WHERE hold = ? ORDER BY sequence", [.integer(number)]
            ).compactMap { StoredJSON.object(try $0.text(0)) }
            guard let hold = try? Hold(row: row, events: []), let opened = records.first,
                opened["event"]?.string == HoldEvent.Kind.opened.rawValue
            else {
                complain(number, "it cannot be read, or nothing records that it was opened")
                continue
            }
            let isSame =
                opened["statementDigest"]?.string == hold.statement.digest
                && opened["requestId"]?.string == hold.requestId && opened["rule"]?.string == hold.rule
                && opened["limit"]?.string == hold.limit && opened["payloadDigest"]?.string == hold.payloadDigest
                && opened["recordedAt"]?.string == hold.opened.description
            if !isSame { complain(number, "it is not the one that was opened") }
            let events = records.compactMap { $0["event"]?.string.flatMap(HoldEvent.Kind.init) }
            if !fits(hold.state, events) {
                complain(number, "its state \(hold.state.rawValue) does not follow from its events")
            }
        }
        let strays = try session.all(
            "SELECT DISTINCT hold FROM hold_events WHERE hold NOT IN (SELECT hold FROM holds)")
        for row in strays { complain(try row.integer(0), "it is gone, but its events are there") }
        return findings
    }

    private static func fits(_ state: Hold.State, _ events: [HoldEvent.Kind]) -> Bool {
        switch state {
        case .waiting: !events.contains(.refusal) && !events.contains(.void) && !events.contains(.expired)
        case .approved: events.contains(.approval) && !events.contains(.refusal) && !events.contains(.void)
        case .refused: events.contains(.refusal)
        case .expired: events.contains(.expired)
        case .void: events.contains(.void)
        case .decided: !events.contains(.void)
        }
    }
}
