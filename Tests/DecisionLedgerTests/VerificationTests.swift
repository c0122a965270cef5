// What an auditor relies on: every change of a ledger is noticed, and every decision has a receipt.

import Foundation
import SystemCrypto
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

@Suite(.bothStores, .timeLimit(.minutes(3))) struct VerificationTests {
    let place: Place
    let signer: NoteSigner

    init() throws {
        place = try Place()
        signer = try NoteSigner(name: "ledger.example/test", key: Ed25519PrivateKey.generate())
    }

    private func open() throws -> DecisionLedger {
        try place.open(signer: signer) { $0.checkpointIntervalMilliseconds = 0 }
    }

    private func verify(trusted: Checkpoint? = nil, tailOnly: Bool = false) throws -> LedgerReport {
        let readers = try (0..<2).map { _ in try place.reader() }
        return try LedgerVerifier(readers, key: signer.verifierKey).verify(trusted: trusted, tailOnly: tailOnly)
    }

    private func checkpoint() throws -> Checkpoint {
        let note = try #require(try place.reader().newestCheckpoint())
        return try Checkpoint(verifying: note, by: [signer.verifierKey])
    }

    /// A ledger with decisions of every kind, charges and holds.
    private func fill(_ count: Int = 40) async throws {
        let ledger = try open()
        let desk = try await Desk(
            required: 1,
            extra:
                "  - { id: counted, effect: approve, when: { asset: BTC }, limits: [{ id: day, count: 1000, per: 24h }] }"
        )
        for number in 0..<count {
            var ask = Ask.usd("r\(number)", number % 5 == 0 ? "5000" : "5")
            if number % 3 == 0 { ask.asset = "BTC" }
            _ = try await ledger.decide(ask, desk.rules)
            if number % 7 == 0 { _ = try await ledger.decide(ask.with { $0.note = "changed" }, desk.rules) }
        }
        for hold in try await ledger.holds(open: true).prefix(2) {
            let signature = try await desk.sign(hold.statement.bytes(.approve), by: "alice")
            _ = try await ledger.sign(hold.number, .approve, signature: signature)
        }
        ledger.close()
    }

    @Test func aSoundLedgerIsSoundAndSignedToItsEnd() async throws {
        try await fill()
        let report = try verify()
        #expect(report.isSound, "\(report.findings)")
        #expect(report.size > 45 && report.checked == report.size && report.signedSize == report.size)
        #expect(report.origin == "ledger.example/test")
        #expect(report.root == (try checkpoint()).rootHash)
    }

    /// The statements by which somebody could change a ledger, with triggers out of the way, and what is found then.
    static let changes: [(sql: String, code: LedgerFinding.Code)] = [
        (
            "UPDATE decisions SET action = 'APPROVE', final = 1 WHERE sequence = (SELECT max(sequence) FROM decisions WHERE action = 'RETRY')",
            .changed
        ),
        ("UPDATE decisions SET reason = 'other' WHERE sequence = 3", .changed),
        ("UPDATE decisions SET recorded_at = '2026-01-01T00:00:00.000Z' WHERE sequence = 9", .changed),
        ("UPDATE decisions SET leaf_hash = zeroblob(32) WHERE sequence = 4", .changed),
        ("UPDATE decisions SET charges = NULL WHERE charges IS NOT NULL", .changed),
        ("UPDATE decisions SET holds = '[99]' WHERE holds IS NOT NULL", .changed),
        ("UPDATE decisions SET summary = replace(summary, 'VAULT/0', 'VAULT/7') WHERE sequence = 2", .changed),
        ("UPDATE decisions SET payload = replace(payload, '0.01', '0.02') WHERE sequence = 5", .payload),
        ("UPDATE decisions SET amount = '9' WHERE sequence = 2", .search),
        ("UPDATE decisions SET amount_usd_key = '1' WHERE sequence = 2", .search),
        ("UPDATE decisions SET asset = 'DOGE' WHERE sequence = 2", .search),
        ("UPDATE decisions SET requester = requester + 1 WHERE sequence = 2", .search),
        (
            "UPDATE decisions SET slot = 'retry:000000001' WHERE sequence = (SELECT min(sequence) FROM decisions WHERE slot = 'answer')",
            .search
        ),
        ("DELETE FROM decisions WHERE sequence = 6", .missing),
        ("DELETE FROM decisions WHERE sequence = (SELECT max(sequence) FROM decisions)", .missing),
        ("DELETE FROM hold_events WHERE sequence = (SELECT min(sequence) FROM hold_events)", .missing),
        ("UPDATE hold_events SET record = replace(record, 'approval', 'refusal') WHERE event = 'approval'", .changed),
        ("UPDATE hold_events SET event = 'refusal' WHERE event = 'approval'", .search),
        ("UPDATE holds SET state = 'refused' WHERE state = 'waiting'", .hold),
        ("UPDATE holds SET details = replace(details, '5000 USD', '5 USD')", .hold),
        ("UPDATE holds SET expires_at = expires_at + 1, opened_at = opened_at + 1", .hold),
        ("DELETE FROM holds WHERE hold = 1", .hold),
        (
            "INSERT INTO hold_events (sequence, hold, event, key, record, leaf_hash) VALUES (99999, 1, 'opened', NULL, '{}', zeroblob(32))",
            .surplus
        ),
        ("DELETE FROM limit_charges", .limit),
        ("UPDATE limit_charges SET charged_at = charged_at - 100000000", .limit),
        ("UPDATE limit_sums SET sum = '0'", .limit),
        ("UPDATE ledger_head SET size = size - 1, frontier = (SELECT frontier FROM ledger_head)", .tree),
        ("UPDATE checkpoints SET root = zeroblob(32) WHERE size = (SELECT min(size) FROM checkpoints)", .checkpoint),
        (
            "UPDATE checkpoints SET note = replace(note, 'ledger.example', 'ledger.elsewhere') WHERE size = (SELECT max(size) FROM checkpoints)",
            .checkpoint
        ),
    ]

    @Test(arguments: changes) func everyChangeIsFound(_ change: (sql: String, code: LedgerFinding.Code)) async throws {
        try await fill(22)
        try await place.tamper(change.sql)
        let codes: Set<LedgerFinding.Code>
        do {
            codes = Set(try verify().findings.map(\.code))
        } catch {
            // What cannot even be read is found as well.
            #expect((error as? LedgerError)?.code == .corrupt || (error as? LedgerError)?.code == .proofMalformed)
            return
        }
        #expect(codes.contains(change.code), "\(codes)")
    }

    @Test func swappedEntriesAreFound() async throws {
        try await fill()
        try await place.tamper(
            """
            UPDATE decisions SET sequence = -1 WHERE sequence = 2; UPDATE decisions SET sequence = 2 WHERE sequence = 3;
            UPDATE decisions SET sequence = 3 WHERE sequence = -1;
            """)
        #expect(try !verify().isSound)
    }

    /// Whoever can write the database and has no key can make it consistent again, but not with what was signed.
    @Test func aLogThatWasCutOffCleanlyIsFoundByAKeptCheckpoint() async throws {
        // PostgresOutageTests does it with a database.
        guard Store.current == .sqlite else { return }
        let ledger = try open()
        for number in 0..<10 { _ = try await ledger.record(Ask(requestId: "r\(number)")) }
        ledger.close()
        let early = place.directory.file("early.sqlite").path
        _ = try LedgerReader.copy(place.path, to: early)
        let again = try open()
        for number in 10..<20 { _ = try await again.record(Ask(requestId: "r\(number)")) }
        again.close()
        let kept = try checkpoint()
        #expect(try verify(trusted: kept).isSound)
        // The whole file is put back: in itself it is sound.
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: place.path + suffix) }
        try FileManager.default.moveItem(atPath: early, toPath: place.path)
        #expect(try verify().isSound)
        let report = try verify(trusted: kept)
        #expect(report.findings.map(\.code) == [.truncated])
        // And the server does not serve it: it remembers.
        #expect(code { _ = try open() } == .rolledBack)
        try FileManager.default.removeItem(atPath: place.path + ".checkpoint")
        try open().close()
    }

    @Test func anotherHistoryIsFoundByAKeptCheckpointOfAnySize() async throws {
        let ledger = try open()
        for number in 0..<300 { _ = try await ledger.record(Ask(requestId: "r\(number)")) }
        ledger.close()
        let kept = try checkpoint()
        let forged = try Checkpoint(origin: kept.origin, size: 150, rootHash: kept.rootHash)
        #expect(try verify(trusted: forged).findings.map(\.code) == [.checkpoint])
        #expect(try verify(trusted: forged, tailOnly: true).findings.map(\.code).contains(.checkpoint))
        // Only the tail: what lies before is vouched for by its root.
        let more = try open()
        for number in 300..<600 { _ = try await more.record(Ask(requestId: "r\(number)")) }
        more.close()
        let tail = try verify(trusted: kept, tailOnly: true)
        #expect(tail.isSound && tail.checked == 300 && tail.size == 600, "\(tail.findings)")
    }

    @Test func everyEntryHasAReceiptThatNeedsNothingElse() async throws {
        try await fill()
        let reader = try place.reader()
        for sequence in 1...(try reader.lastSequence()) {
            let receipt = try #require(try reader.receipt(sequence: sequence))
            let read = try DecisionReceipt(parsing: Array(receipt.serialized.utf8))
            let verified = try read.verify(against: [signer.verifierKey])
            #expect(verified.index == Int(sequence) - 1)
        }
        #expect(try reader.receipt(sequence: 9999) == nil)
        let other = try NoteSigner(name: "ledger.example/test", key: Ed25519PrivateKey.generate())
        let receipt = try #require(try reader.receipt(sequence: 1))
        #expect(throws: LedgerError.self) { try receipt.verify(against: [other.verifierKey]) }
    }

    @Test func whatWasRecordedIsSignedAtTheEndAndAfterACrashBeforeIt() async throws {
        let ledger = try place.open(signer: signer) { $0.checkpointIntervalMilliseconds = 3_600_000 }
        for number in 0..<5 { _ = try await ledger.record(Ask(requestId: "r\(number)")) }
        #expect(try verify().signedSize == 1)
        ledger.close()
        #expect(try verify().signedSize == 5)
        // As after a crash before the last checkpoint: the next run signs without being asked anything.
        try await place.alter("DELETE FROM checkpoints")
        try open().close()
        #expect(try verify().signedSize == 5)
    }

    @Test func aLedgerOfAnotherKeyIsRefused() async throws {
        let ledger = try open()
        _ = try await ledger.record(Ask())
        ledger.close()
        let other = try NoteSigner(name: "ledger.example/other", key: Ed25519PrivateKey.generate())
        #expect(code { _ = try place.open(signer: other) } == .wrongOrigin)
        let sameName = try NoteSigner(name: "ledger.example/test", key: Ed25519PrivateKey.generate())
        #expect(code { _ = try place.open(signer: sameName) } == .rolledBack)
    }

    @Test func aMaskedValueIsNotStoredAndCanBeFoundByWhoKnowsIt() async throws {
        let ledger = try place.open(signer: signer) {
            ($0.checkpointIntervalMilliseconds, $0.mask) = (0, ["note"])
        }
        _ = try await ledger.record(Ask(requestId: "noted", note: "for Ms Example, account 7731"))
        _ = try await ledger.record(Ask(requestId: "other", note: "something else"))
        _ = try await ledger.record(
            Ask(requestId: "key").configuration(
                type: "EXCHANGE", extraInfo: #"{"apiKey":"AKIA-very-secret","name":"x"}"#))
        ledger.close()
        for file in ["", "-wal"] {
            guard let data = try? Data(contentsOf: URL(fileURLWithPath: place.path + file)) else { continue }
            for secret in ["Ms Example", "very-secret", "something else"] {
                #expect(data.range(of: Data(secret.utf8)) == nil)
            }
        }
        #expect(try verify().isSound)
        let reader = try place.reader()
        let found = try reader.committing(to: "for Ms Example, account 7731")
        #expect(found.map(\.decision.requestId) == ["noted"] && found.map(\.path) == ["/note"])
        #expect(try reader.committing(to: "AKIA-very-secret").map(\.path) == ["/extraInfo/apiKey"])
        #expect(try reader.committing(to: "AKIA-very-secre").isEmpty)
        // Commitments are part of what is proven.
        try await place.tamper(
            "UPDATE decisions SET commitments = replace(commitments, '/note', '/nota') WHERE sequence = 1")
        #expect(try verify().findings.first?.code == .changed)
    }

    @Test func aCopyMadeWhileTheServerWritesIsComplete() async throws {
        guard Store.current == .sqlite else { return }
        let ledger = try open()
        for number in 0..<50 { _ = try await ledger.record(Ask(requestId: "r\(number)")) }
        let copy = place.directory.file("copy.sqlite").path
        #expect(try LedgerReader.copy(place.path, to: copy) == 50)
        #expect(code { _ = try LedgerReader.copy(place.path, to: copy) } == .cannotOpen)
        let report = try LedgerVerifier([LedgerReader.open(path: copy)], key: signer.verifierKey).verify()
        #expect(report.isSound && report.size == 50)
        ledger.close()
    }
}
