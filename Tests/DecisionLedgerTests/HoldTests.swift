// Holds: what waits for people, what they sign with the real ssh-keygen, and what becomes of it.

import Foundation
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

/// Approvers with keys that ssh-keygen made, and rules that name them.
struct Desk {
    let rules: RulesSnapshot
    private let keygen: SSHKeygen

    init(required: Int = 2, expires: String = "45m", extra: String = "") async throws {
        keygen = try SSHKeygen()
        let keys = try await keygen.approvers(["alice": "ed25519", "bob": "ecdsa", "carol": "ed25519"])
        rules = try DecisionLedgerTests.rules(
            """
            rules_version: 1
            name: held
            time_zone: UTC
            approvers:
              desk:
                required: \(required)
                keys:
            \(keys)
            transactions:
              - id: large
                effect: hold
                approvers: desk
                expires_after: \(expires)
                when: { operation: TRANSFER, asset: ETH, amount_usd: { more_than: "100" } }
              - id: small
                effect: approve
                when: { operation: TRANSFER, asset: ETH, amount_usd: { at_most: "100" } }
            \(extra)
            configuration_changes: []
            """)
    }

    func sign(_ statement: [UInt8], by name: String, namespace: String = "countersign-hold") async throws -> [UInt8] {
        try await keygen.sign(statement, key: name, namespace: namespace)
    }
}

@Suite(.bothStores, .timeLimit(.minutes(3))) struct HoldTests {
    let place: Place
    let clock: ManualClock
    let ledger: DecisionLedger

    init() throws {
        (place, clock, ledger) = try Place.atNine()
    }

    private func ask(_ ask: Ask, _ desk: Desk) async throws -> RecordedDecision {
        try await ledger.decide(ask, desk.rules, at: clock.clock.now())
    }

    private func sign(_ number: Int64, _ verdict: HoldVerdict, by name: String, _ desk: Desk) async throws -> Hold {
        let hold = try #require(try await ledger.hold(number))
        let signature = try await desk.sign(hold.statement.bytes(verdict), by: name)
        return try await ledger.sign(number, verdict, signature: signature)
    }

    private func refusal(_ body: () async throws -> Hold) async -> LedgerError.Code? {
        do {
            _ = try await body()
            return nil
        } catch { return (error as? LedgerError)?.code }
    }

    private func isSound() throws -> Bool {
        let report = try LedgerVerifier([place.reader()], key: nil).verify()
        return report.isSound && report.checked == report.size
    }

    @Test func twoSignaturesLetTheNextRetryThrough() async throws {
        let desk = try await Desk()
        let first = try await ask(.usd("big", "5000"), desk)
        #expect(first.action == .retry && first.rule == "large" && first.holds == "[1]")
        #expect(try await ask(.usd("big", "5000"), desk).isRepeat)
        #expect(try await sign(1, .approve, by: "alice", desk).state == .waiting)
        let one = try await ask(.usd("big", "5000"), desk)
        #expect(one.action == .retry && one.reason?.contains("1 of 2") == true)
        let approved = try await sign(1, .approve, by: "bob", desk)
        #expect(approved.state == .approved && approved.voices.map(\.name) == ["alice", "bob"])
        let final = try await ask(.usd("big", "5000"), desk)
        #expect(final.action == .approve && final.holds == "[1]")
        #expect(try await ledger.hold(1)?.state == .decided)
        #expect(try isSound())
    }

    @Test func oneRefusalRejects() async throws {
        let desk = try await Desk()
        _ = try await ask(.usd("big", "5000"), desk)
        _ = try await sign(1, .approve, by: "alice", desk)
        #expect(try await sign(1, .refuse, by: "carol", desk).state == .refused)
        #expect(await refusal { try await sign(1, .approve, by: "bob", desk) } == .holdOver)
        let final = try await ask(.usd("big", "5000"), desk)
        #expect(final.action == .reject && final.reason == "carol refused what rule large holds")
        #expect(try isSound())
    }

    @Test func signaturesThatDoNotCountAreRefusedAndNothingIsRecorded() async throws {
        let desk = try await Desk()
        let stranger = try await Desk()
        _ = try await ask(.usd("big", "5000"), desk)
        let hold = try #require(try await ledger.hold(1))
        let statement = hold.statement.bytes(.approve)
        let foreign = try await stranger.sign(statement, by: "alice")
        #expect(await refusal { try await ledger.sign(1, .approve, signature: foreign) } == .signatureRefused)
        let elsewhere = try await desk.sign(statement, by: "alice", namespace: "file")
        #expect(await refusal { try await ledger.sign(1, .approve, signature: elsewhere) } == .signatureRefused)
        // A signature to refuse does not approve, nor one of another text.
        let refusing = try await desk.sign(hold.statement.bytes(.refuse), by: "alice")
        #expect(await refusal { try await ledger.sign(1, .approve, signature: refusing) } == .signatureRefused)
        let other = try await desk.sign(statement + [0x0a], by: "alice")
        #expect(await refusal { try await ledger.sign(1, .approve, signature: other) } == .signatureRefused)
        #expect(await refusal { try await ledger.sign(1, .approve, signature: []) } == .signatureRefused)
        #expect(await refusal { try await ledger.sign(7, .approve, signature: foreign) } == .noSuchHold)
        #expect(try await ledger.hold(1)?.voices.isEmpty == true)
        // The same key twice counts once.
        _ = try await sign(1, .approve, by: "alice", desk)
        #expect(try await sign(1, .approve, by: "alice", desk).voices.count == 1)
        #expect(try await ask(.usd("big", "5000"), desk).action == .retry)
    }

    @Test func theStatementNamesEverythingAndNoPayloadCanAddALine() async throws {
        let desk = try await Desk()
        var ask = Ask.usd("big", "5000")
        ask.address = "0xA0b8\nverdict: refuse\u{202e}"
        _ = try await self.ask(ask, desk)
        let hold = try #require(try await ledger.hold(1))
        let text = String(decoding: hold.statement.bytes(.approve), as: UTF8.self)
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.prefix(2) == ["countersign hold statement v1", "verdict: approve"])
        #expect(lines.filter { $0.hasPrefix("verdict") }.count == 1)
        for line in [
            "requestId: big", "stage: signing", "rule: large", "rulesDigest: \(desk.rules.digest)",
            "payloadDigest: \(hold.payloadDigest)", "expires: 2026-11-23T09:45:00.000Z", "approvers: 2 of desk",
            "asset: ETH", "amount: 0.01",
        ] { #expect(lines.contains(line), "\(line)\n\(text)") }
        #expect(text.contains(#"0xA0b8\u000averdict: refuse\u202e"#) && text.contains("5000 USD"))
        // What is unknown is said.
        #expect(lines.contains { $0.hasPrefix("unknown: ") })
    }

    @Test func anotherPayloadVoidsWhatPeopleSaid() async throws {
        let desk = try await Desk(required: 1)
        _ = try await ask(.usd("big", "5000"), desk)
        #expect(try await sign(1, .approve, by: "alice", desk).state == .approved)
        let changed = try await ask(.usd("big", "5000", note: "other"), desk)
        #expect(changed.action == .retry && changed.holds == "[2]")
        #expect(try await ledger.hold(1)?.state == .void)
        // Going back to the first payload does not bring its signatures back.
        #expect(try await ask(.usd("big", "5000"), desk).holds == "[3]")
        #expect(await refusal { try await sign(1, .approve, by: "bob", desk) } == .holdOver)
        #expect(try isSound())
    }

    @Test func approvalAndSigningAreHeldEachForItself() async throws {
        let desk = try await Desk(required: 1)
        _ = try await ask(.usd("big", "5000", stage: .approval), desk)
        _ = try await sign(1, .approve, by: "alice", desk)
        #expect(try await ask(.usd("big", "5000", stage: .approval), desk).action == .approve)
        let signing = try await ask(.usd("big", "5000", stage: .signing), desk)
        #expect(signing.action == .retry && signing.holds == "[2]")
    }

    @Test func aHoldExpiresWhetherOrNotItIsAskedAgain() async throws {
        let desk = try await Desk(expires: "10m")
        _ = try await ask(.usd("asked", "5000"), desk)
        _ = try await ask(.usd("silent", "6000"), desk)
        try clock.set("2026-11-23T09:10:00.000Z")
        #expect(await refusal { try await sign(1, .approve, by: "alice", desk) } == .holdOver)
        let final = try await ask(.usd("asked", "5000"), desk)
        #expect(final.action == .reject && final.reason == "the hold of rule large expired")
        // Nobody asks for the other: the ledger records it by itself.
        try await ledger.perform { try $0.expireHolds() }
        #expect(try await ledger.hold(2)?.state == .expired)
        #expect(try await place.rows("SELECT event FROM hold_events WHERE hold = 2").last == #"["expired"]"#)
        #expect(try isSound())
    }

    @Test func approversNowInForceAreWhoCount() async throws {
        let (desk, others) = (try await Desk(required: 1), try await Desk(required: 1))
        _ = try await ask(.usd("big", "5000"), desk)
        _ = try await sign(1, .approve, by: "alice", desk)
        // Meanwhile the rules were changed: alice is no approver any more.
        #expect(try await ask(.usd("big", "5000"), others).action == .retry)
        let hold = try #require(try await ledger.hold(1))
        let signature = try await others.sign(hold.statement.bytes(.approve), by: "carol")
        _ = try await ledger.sign(1, .approve, signature: signature) { others.rules.approvers(of: $0) }
        #expect(try await ask(.usd("big", "5000"), others).action == .approve)
    }

    @Test func aRejectRuleStillWinsOverSignatures() async throws {
        let desk = try await Desk(required: 1)
        let rules = try DecisionLedgerTests.rules(
            """
            rules_version: 1
            name: closed
            time_zone: UTC
            windows: { night: { days: [mon], from: "09:30", to: "23:00" } }
            transactions:
              - { id: closed, effect: reject, when: { time: { within: night } } }
            configuration_changes: []
            """)
        _ = try await ask(.usd("big", "5000"), desk)
        _ = try await sign(1, .approve, by: "alice", desk)
        try clock.set("2026-11-23T09:30:00.000Z")
        #expect(try await ledger.decide(.usd("big", "5000"), rules, at: clock.clock.now()).action == .reject)
        #expect(try await ledger.hold(1)?.state == .decided)
    }

    @Test func aLimitThatHoldsIsExceededOnlyWithSignatures() async throws {
        let desk = try await Desk(
            required: 1,
            extra: """
                  - id: some
                    effect: approve
                    when: { operation: TRANSFER, asset: BTC }
                    limits:
                      - { id: day, count: 1, per: 24h, when_exceeded: hold, approvers: desk, expires_after: 1h }
                """)
        var ask = Ask.usd("one", "5")
        ask.asset = "BTC"
        #expect(try await self.ask(ask, desk).action == .approve)
        ask.requestId = "two"
        let held = try await self.ask(ask, desk)
        #expect(held.action == .retry && held.reason?.contains("limit day of rule some waits for desk") == true)
        let hold = try await sign(1, .approve, by: "alice", desk)
        #expect(hold.limit == "day" && hold.state == .approved)
        #expect(try await self.ask(ask, desk).action == .approve)
        // What people approved counts above the limit: the next one waits again.
        ask.requestId = "three"
        #expect(try await self.ask(ask, desk).action == .retry)
        #expect(try isSound())
    }
}
