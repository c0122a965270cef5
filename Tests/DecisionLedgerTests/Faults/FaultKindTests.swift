// Each kind of fault by itself: what the caller is told, what readiness says, and that it ends by itself.

import Foundation
import GRDB
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

@Suite(.timeLimit(.minutes(3))) struct FaultKindTests {
    let place: FaultPlace
    let ledger: DecisionLedger

    init() throws {
        place = try FaultPlace()
        ledger = try place.open()
    }

    /// A fault, the request that meets it, and what the caller is told.
    struct Case: Sendable {
        let operations: FaultDisk.Operations
        let kind: FaultDisk.Kind
        let code: LedgerError.Code
        let advice: String
    }

    static let cases = [
        Case(operations: .write, kind: .noSpace, code: .diskFull, advice: "free space"),
        Case(operations: .write, kind: .shortWrite, code: .diskFull, advice: "free space"),
        Case(operations: .write, kind: .inputOutput, code: .ioError, advice: "check the device"),
        Case(operations: .sync, kind: .inputOutput, code: .ioError, advice: "check the device"),
        Case(operations: [.write, .open], kind: .readOnly, code: .ioError, advice: "check the device"),
    ]

    @Test(arguments: cases) func whatFailsIsToldAndEndsWithItsCause(_ fault: Case) async throws {
        let before = try await place.record(.usd("before", "5"), in: ledger)
        place.disk.fail(fault.operations, fault.kind)
        #expect(await place.failure(.usd("during", "5"), in: ledger) == fault.code)
        #expect(place.disk.hasFailed)
        #expect(ledger.status.problems.contains { $0.contains(fault.advice) && $0.contains(fault.code.rawValue) })
        for _ in 0..<3 { #expect(await place.failure(.usd("during", "5"), in: ledger) != nil) }
        place.disk.heal()
        let during = try await place.record(.usd("during", "5"), in: ledger)
        #expect(ledger.status.isWritable)
        #expect(try await place.record(.usd("during", "5"), in: ledger).sequence == during.sequence)
        #expect(try await place.record(.usd("before", "5"), in: ledger).sequence == before.sequence)
        ledger.close()
        try place.disk.crash(.loseAll)
        let again = try place.open()
        #expect(try await place.record(.usd("during", "5"), in: again).isRepeat)
        again.close()
    }

    @Test func aFileSystemThatBecameReadOnlyIsNamedOnceItIsOpenedAgain() async throws {
        _ = try await place.record(.usd("before", "5"), in: ledger)
        place.disk.fail([.write, .open, .truncate, .delete], .readOnly)
        var codes: [LedgerError.Code] = []
        for number in 0..<4 {
            if let code = await place.failure(.usd("r\(number)", "5"), in: ledger) { codes.append(code) }
        }
        #expect(codes.count == 4 && codes.contains(.readOnly), "\(codes)")
        place.disk.heal()
        #expect(await place.failure(.usd("after", "5"), in: ledger) == nil)
        ledger.close()
    }

    @Test func readinessReturnsWithoutAnyRequest() async throws {
        ledger.close()
        let eager = try place.open { $0.recoveryIntervalMilliseconds = 5 }
        place.disk.fail(.sync, count: 3, .inputOutput)
        #expect(await place.failure(.usd("a", "5"), in: eager) == .ioError)
        while !eager.status.isWritable { await Task.yield() }
        eager.close()
    }

    @Test func aCheckpointThatFailsLosesNothing() async throws {
        for operation in [FaultDisk.Operations.truncate, .sync, .write, .read] {
            let ask = Ask.usd("r\(operation.rawValue)", "5")
            let recorded = try await place.record(ask, in: ledger)
            place.disk.fail(operation, .inputOutput)
            _ = try? ledger.withDatabase { try $0.execute(sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
            place.disk.heal()
            #expect(try await place.record(ask, in: ledger).sequence == recorded.sequence)
        }
        ledger.close()
        try place.disk.crash(.loseAll)
        try place.open().close()
        #expect(try LedgerReader.open(path: place.path).list().count == 4)
    }

    @Test func aSlowDiskKeepsCallersWaitingAndNobodyElse() async throws {
        place.disk.hold()
        let asks = (0..<10).map { Ask.usd("r\($0)", "1") }
        let (first, crowd) = (Crowd(), Crowd())
        first.ask([place.proposal(asks[0])], of: ledger, at: place.instant, deferred: false)
        place.disk.awaitHeld()
        // The writer waits for the disk with the first of them; the others wait for the writer.
        crowd.ask(asks.dropFirst().map(place.proposal), of: ledger, at: place.instant, deferred: false)
        // The status does not wait for the disk, and neither does a refusal.
        #expect(ledger.status.queueDepth == 9 && !ledger.status.isClosed)
        #expect(await ledger.failure(Ask(requestId: "caf\u{e9}")) == .unstorable)
        place.disk.release()
        for outcome in try first.all(1) + crowd.all(9) { #expect(try outcome.get().action == .approve) }
        ledger.close()
    }

    /// The power fails at each single operation of one commit, and three kinds of loss follow each.
    @Test(arguments: FaultDisk.Loss.allCases) func thePowerMayFailAtAnyOperation(_ loss: FaultDisk.Loss) async throws {
        ledger.close()
        var operation = 0
        while true {
            let place = try FaultPlace()
            let ledger = try place.open()
            var witness = Witness()
            for number in 0..<4 {
                let ask = Ask.usd("r\(number)", "5")
                witness.hear(ask, .success(try await place.record(ask, in: ledger)))
            }
            try witness.look(at: place.remembered())
            place.disk.fail(.any, after: operation, .power)
            let ask = Ask.usd("last", "5")
            do throws(LedgerError) {
                let recorded = try await ledger.record(place.proposal(ask), receivedAt: place.instant)
                witness.hear(ask, .success(recorded))
            } catch {
                #expect(error.code == .ioError, "operation \(operation)")
            }
            ledger.close()
            let hasFailed = place.disk.hasFailed
            try place.disk.crash(loss, seed: UInt64(operation))
            let again = try place.open()
            let broken = try Invariants(place.path, place.rules, place.signer.verifierKey, witness).broken()
            #expect(broken.isEmpty, "operation \(operation): \(broken)")
            #expect(try await place.record(ask, in: again).action == .approve)
            again.close()
            if !hasFailed { break }
            operation += 1
        }
        #expect(operation > 3)
    }

    @Test func aDiskThatLiesIsFoundOutByTheRememberedCheckpoint() async throws {
        _ = try await place.record(.usd("first", "5"), in: ledger)
        place.disk.lie(true)
        try place.pass(milliseconds: 5000)
        for number in 0..<5 { _ = try await place.record(.usd("r\(number)", "5"), in: ledger) }
        place.disk.fail(.any, .power)
        ledger.close()
        try place.disk.crash(.loseAll)
        place.disk.lie(false)
        let before = try Data(contentsOf: URL(fileURLWithPath: place.path))
        let error = try #require(throws: LedgerError.self) { try place.open() }
        #expect(error.code == .rolledBack && error.message.contains("Restore") && error.path.contains("ledger.sqlite"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: place.path)) == before)
    }

    @Test func theLedgersTimeNeverGoesBackAcrossAFailureAndARestart() async throws {
        let first = try await place.record(.usd("a", "5"), in: ledger)
        try place.pass(milliseconds: -86_400_000)
        place.disk.fail(.sync, count: 1, .inputOutput)
        #expect(await place.failure(.usd("b", "5"), in: ledger) == .ioError)
        #expect(try await place.record(.usd("b", "5"), in: ledger).recordedAt == first.recordedAt)
        ledger.close()
        try place.pass(milliseconds: -86_400_000)
        let again = try place.open()
        #expect(try await place.record(.usd("c", "5"), in: again).recordedAt == first.recordedAt)
        again.close()
    }
}
