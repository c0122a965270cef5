// What the tests of this module share: requests as text, a ledger in a fresh directory, and a reader that is not ours.

import Dispatch
import Foundation
import GRDB
import Synchronization
import SystemCrypto
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

/// One request and what the rules said to it.
struct Ask: Sendable {
    var requestId = "9c794cee-7e27-46c9-9e9a-ed68295ff06b"
    var key: UInt8? = 1
    var listener = "127.0.0.1:8443"
    var kind = RequestKind.transaction
    var stage = RequestStage.signing
    var signerId: String? = "signer-1"
    /// Changes the payload's bytes and nothing else.
    var note = ""
    var action = CallbackAction.approve
    var rule: String? = "small-payout"
    var reason: String?
    var asset = "ETH"
    var amount = "0.01"
    var amountUSD: String? = "18.74292937"
    var address = "0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8"

    var payload: String {
        """
        {"requestId":"\(requestId)","note":"\(note)","amountStr":"\(amount)"}
        """
    }

    var decision: Decision {
        var request = TransactionRequest(requestId: requestId, stage: stage)
        request.signerId = signerId
        request.txId = "tx-" + requestId
        request.externalTxId = "ext-" + requestId
        request.operation = "TRANSFER"
        (request.sourceType, request.sourceId) = ("VAULT", "0")
        request.asset = asset
        request.amount = ExactDecimal(plain: amount)
        request.destinations = [
            TransactionRequest.Destination(
                amountUSD: amountUSD.flatMap { ExactDecimal(jsonNumber: $0) }, displayDstAddress: address, id: "1",
                type: "VAULT")
        ]
        return decision(payload: payload, content: .transaction(request))
    }

    func configuration(type: String, extraInfo: String) throws -> Decision {
        let text = """
            {"requestId":"\(requestId)","type":"\(type)","extraInfo":\(extraInfo)}
            """
        let info = try StrictJSON.parse(Array(extraInfo.utf8)).object
        var ask = self
        ask.kind = .configuration
        return ask.decision(
            payload: text,
            content: .configuration(
                ConfigurationChangeRequest(requestId: requestId, type: type, signerId: signerId, extraInfo: info)))
    }

    private func decision(payload: String, content: AuthenticatedRequest.Content) -> Decision {
        let origin: RequestOrigin =
            key.map { .cosigner(name: "primary", keyFingerprint: [UInt8](repeating: $0, count: 32)) }
            ?? .listener(address: listener)
        let request = AuthenticatedRequest(
            origin: origin, listener: listener, kind: kind, payload: Array(payload.utf8), content: content)
        return Decision(
            request: request, action: action, rule: rule, reason: reason, rulesDigest: "sha256:rules")
    }

    /// The same request with some things changed.
    func with(_ change: (inout Ask) -> Void) -> Ask {
        var copy = self
        change(&copy)
        return copy
    }
}

/// A place for a ledger of the store that the test is for: a file in a directory of its own, or an empty database.
struct Place: Sendable {
    let directory: TemporaryDirectory
    let postgres: PostgresPlace?
    var path: String { directory.file("ledger.sqlite").path }
    /// Where the newest checkpoint is remembered.
    var memory: String { path + ".checkpoint" }

    init(_ store: Store = .current) throws {
        directory = try TemporaryDirectory()
        postgres = store == .postgres ? try PostgresPlace() : nil
    }

    func open(
        _ clock: LedgerClock = .system, signer: NoteSigner? = nil, _ change: (inout LedgerOptions) -> Void = { _ in }
    ) throws -> DecisionLedger {
        var options = LedgerOptions()
        options.lockWaitMilliseconds = 50
        options.recoveryIntervalMilliseconds = 10
        options.minimumFreeBytes = 0
        change(&options)
        guard let postgres else {
            return try DecisionLedger.open(path: path, signer: signer, options: options, clock: clock)
        }
        return try DecisionLedger.open(
            postgres.store, signer: signer, memory: memory, options: options, clock: clock)
    }

    /// A fresh place and a ledger in it, at nine o'clock by a clock that the test sets.
    static func atNine() throws -> (Place, ManualClock, DecisionLedger) {
        let (place, clock) = (try Place(), try ManualClock("2026-11-23T09:00:00.000Z"))
        return (place, clock, try place.open(clock.clock))
    }

    func reader() throws -> LedgerReader {
        guard let postgres else { return try LedgerReader.open(path: path) }
        return try LedgerReader.open(postgres.store)
    }

    /// What a program that is not ours finds, Python's sqlite3 module or psql: the rows as JSON arrays, one on each line.
    func rows(_ sql: String) async throws -> [String] {
        if let postgres { return try await postgres.rows(sql) }
        let script = """
            import json, sqlite3, sys
            for row in sqlite3.connect(sys.argv[1], timeout=10).execute(sys.argv[2]):
                print(json.dumps(row, separators=(',', ':')))
            """
        let result = try await run("python3", ["-c", script, path, sql])
        try #require(result.status == 0, "\(result.errorText)")
        return result.text.split(separator: "\n").map(String.init)
    }

    /// Changes the store as another program would.
    func alter(_ sql: String) async throws {
        if let postgres {
            _ = try await postgres.psql(sql)
            return
        }
        let script = """
            import sqlite3, sys
            c = sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit(); c.close()
            """
        let result = try await run("python3", ["-c", script, path, sql])
        try #require(result.status == 0, "\(result.errorText)")
    }

    /// As `alter`, with what protects the tables out of the way.
    func tamper(_ sql: String) async throws {
        guard postgres == nil else {
            let zeros = """
                CREATE OR REPLACE FUNCTION zeroblob(n int) RETURNS bytea LANGUAGE sql
                AS $$ SELECT decode(repeat('00', n), 'hex') $$;
                """
            let off = ["decisions", "hold_events"].map { "ALTER TABLE \($0) DISABLE TRIGGER ALL;" }.joined()
            return try await alter(zeros + off + sql)
        }
        let drop = [
            "decisions_are_kept", "decisions_are_immutable", "hold_events_are_kept", "hold_events_are_immutable",
        ]
        .map { "DROP TRIGGER IF EXISTS \($0);" }.joined()
        try await alter(drop + sql)
    }
}

/// A clock that tells what it is told, and counts how often it was asked.
final class ManualClock: Sendable {
    private let state: Mutex<(LedgerInstant, Int)>

    init(_ text: String) throws {
        state = Mutex((try #require(LedgerInstant(text)), 0))
    }

    var asked: Int { state.withLock { $0.1 } }
    func set(_ text: String) throws {
        let instant = try #require(LedgerInstant(text))
        state.withLock { $0.0 = instant }
    }

    var clock: LedgerClock {
        LedgerClock {
            self.state.withLock { state in
                state.1 += 1
                return state.0
            }
        }
    }
}

/// Keeps the writer busy in a completion until released, so that a test decides what waits together.
final class Stall: Sendable {
    private let entered = DispatchSemaphore(value: 0)
    private let gate = DispatchSemaphore(value: 0)

    init(_ ledger: DecisionLedger) {
        ledger.record(Ask(requestId: "stall").decision, receivedAt: LedgerInstant(milliseconds: 0)) { _ in
            self.entered.signal()
            self.gate.wait()
        }
        entered.wait()
    }

    func release() { gate.signal() }
}

/// Records all asks without waiting between them, and collects the results in their order.
final class Collector: Sendable {
    typealias Outcome = Result<RecordedDecision, LedgerError>
    private let results: Mutex<[Int: [Outcome]]> = Mutex([:])
    private let group = DispatchGroup()

    func record(_ decisions: [Decision], in ledger: DecisionLedger, deferred: Bool = false) {
        record(decisions.map { Proposal($0) }, in: ledger, deferred: deferred)
    }

    func record(_ proposals: [Proposal], in ledger: DecisionLedger, deferred: Bool = false) {
        for (index, proposal) in proposals.enumerated() {
            group.enter()
            ledger.record(proposal, receivedAt: LedgerInstant(milliseconds: 0), deferred: deferred) { outcome in
                self.results.withLock { $0[index, default: []].append(outcome) }
                self.group.leave()
            }
        }
    }

    /// Every decision's outcome; each must have come exactly once.
    func outcomes() throws -> [Outcome] {
        group.wait()
        return try results.withLock { results in
            try results.sorted { $0.key < $1.key }.map { _, outcomes in
                try #require(outcomes.count == 1)
                return outcomes[0]
            }
        }
    }
}

extension DecisionLedger {
    func record(
        _ decision: Decision, receivedAt: LedgerInstant? = nil, deferred: Bool = false,
        completion: @escaping @Sendable (Result<RecordedDecision, LedgerError>) -> Void
    ) {
        record(Proposal(decision), receivedAt: receivedAt, deferred: deferred, completion: completion)
    }

    func record(_ decision: Decision, receivedAt: LedgerInstant? = nil) async throws -> RecordedDecision {
        try await record(Proposal(decision), receivedAt: receivedAt)
    }

    func record(_ ask: Ask) async throws -> RecordedDecision {
        try await record(ask.decision)
    }

    func failure(_ ask: Ask) async -> LedgerError.Code? {
        do throws(LedgerError) {
            _ = try await record(Proposal(ask.decision))
            return nil
        } catch {
            return error.code
        }
    }
}

/// The code of the error that `body` throws.
func code(_ body: () throws -> Void) -> LedgerError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? LedgerError)?.code
    }
}
