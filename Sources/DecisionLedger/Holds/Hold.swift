// A request that waits for people, as it is stored and shown.

import CallbackProtocol
package import CallbackRules

/// One hold: of one request and payload by one rule (or limit), with what people said.
package struct Hold: Sendable {
    package enum State: String, Sendable, CaseIterable {
        /// Signatures are missing.
        case waiting
        /// Enough have signed; the next time the co-signer asks, the rules are evaluated with that.
        case approved
        case refused, expired
        /// The payload changed.
        case void
        /// The request has its final answer.
        case decided
    }

    package struct Voice: Sendable, Hashable {
        package let verdict: HoldVerdict
        package let name: String
        /// `SHA256:` fingerprint of the key.
        package let key: String
        package let at: LedgerInstant
        /// The place in the log.
        package let sequence: Int64
    }

    package let number: Int64
    package let requestId: String
    package let rule: String
    package let limit: String?
    package let state: State
    package let opened: LedgerInstant
    package let expires: LedgerInstant
    package let approvers: ApproverGroup
    package let statement: HoldStatement
    package let voices: [Voice]
    let requester: Int64
    let payloadDigest: String

    var key: HoldKey { HoldKey(rule: rule, limit: limit) }

    /// What rules may know of it, now or before a place in the log.
    func facts(before sequence: Int64 = .max) -> HoldState {
        let heard = voices.filter { $0.sequence < sequence }
        return HoldState(
            since: RulesInstant(milliseconds: opened.milliseconds),
            approvals: Set(heard.filter { $0.verdict == .approve }.map(\.key)),
            refusals: Set(heard.filter { $0.verdict == .refuse }.map(\.key)))
    }

    static let columns =
        "hold, request_id, requester, payload_digest, rule, limit_id, state, opened_at, expires_at, details"

    init(row: SQLRow, events: [SQLRow]) throws {
        number = try row.integer(0)
        requestId = try row.text(1)
        requester = try row.integer(2)
        payloadDigest = try row.text(3)
        rule = try row.text(4)
        let limit = try row.text(5)
        self.limit = limit.isEmpty ? nil : limit
        guard let state = State(rawValue: try row.text(6)), let details = HoldDetails(stored: try row.text(9)) else {
            throw LedgerError(.corrupt, "hold \(try row.integer(0)) cannot be read: restore the ledger from a backup")
        }
        self.state = state
        opened = try row.instant(7)
        expires = try row.instant(8)
        approvers = details.approvers
        statement = details.statement
        voices = try events.compactMap(Voice.init)
    }

    /// Hold and events of one place in the list.
    static func load(_ session: any SQLSession, where condition: String, _ arguments: [SQLValue]) throws -> [Hold] {
        try session.all("SELECT \(columns) FROM holds WHERE \(condition) ORDER BY hold", arguments).map { row in
            try Hold(
                row: row,
                events: session.all(
                    "SELECT record FROM hold_events WHERE hold = ? AND key IS NOT NULL ORDER BY sequence",
                    [.integer(try row.integer(0))]))
        }
    }
}

extension Hold.Voice {
    /// `nil` for a record that states no verdict.
    fileprivate init?(_ row: SQLRow) throws {
        guard let record = StoredJSON.object(try row.text(0)), let name = record["approver"]?.string,
            let key = record["key"]?.string, let at = record["recordedAt"]?.string.flatMap(LedgerInstant.init),
            case .number(let digits)? = record["sequence"], let sequence = Int64(digits)
        else { return nil }
        switch record["event"]?.string {
        case HoldEvent.Kind.approval.rawValue: verdict = .approve
        case HoldEvent.Kind.refusal.rawValue: verdict = .refuse
        default: return nil
        }
        (self.name, self.key, self.at, self.sequence) = (name, key, at, sequence)
    }
}

/// What a hold keeps of the rules under which it was opened.
struct HoldDetails: Sendable {
    let approvers: ApproverGroup
    let statement: HoldStatement

    init(approvers: ApproverGroup, statement: HoldStatement) {
        (self.approvers, self.statement) = (approvers, statement)
    }

    init?(stored text: String) {
        guard let object = StoredJSON.object(text), let name = object["approvers"]?.string,
            case .number(let digits)? = object["required"], let required = Int(digits),
            let keys = object["keys"]?.object, let body = object["statement"]?.string
        else { return nil }
        var people: [String: String] = [:]
        for member in keys.members { people[member.name] = member.value.string }
        approvers = ApproverGroup(name: name, required: required, people: people)
        statement = HoldStatement(stored: body)
    }

    var stored: String {
        var json = CanonicalJSON(capacity: 1024)
        json.open(0x7b)
        json.member("approvers", approvers.name)
        json.name("keys")
        json.open(0x7b)
        for (key, person) in approvers.people.sorted(by: { $0.key < $1.key }) {
            json.name(key)
            json.string(person)
        }
        json.close(0x7d)
        json.member("required", raw: String(approvers.required))
        json.member("statement", statement.body)
        json.close(0x7d)
        return json.text
    }
}
