// A ledger on a disk that fails, with rules, a key and a clock.

import Foundation
import SystemCrypto
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

/// What tests of faults open, ask and crash.
struct FaultPlace: Sendable {
    let place: Place
    let disk: FaultDisk
    let signer: NoteSigner
    let clock: ManualClock
    let rules: LimitedRules

    init() throws {
        place = try Place()
        disk = try FaultDisk(place.directory)
        signer = try NoteSigner(name: "ledger.example/faults", key: Ed25519PrivateKey.generate())
        clock = try ManualClock("2026-11-23T09:00:00.000Z")
        rules = try LimitedRules()
    }

    var path: String { place.path }
    var memoryPath: String { place.path + ".checkpoint" }
    var instant: LedgerInstant { clock.clock.now() }

    /// Time passes; it may go back.
    func pass(milliseconds: Int64) throws {
        try clock.set(LedgerInstant(milliseconds: instant.milliseconds + milliseconds).description)
    }

    /// Recovery in the background would make the order of operations depend on the machine, so it is far away; tests of
    /// it say otherwise.
    func open(_ change: (inout LedgerOptions) -> Void = { _ in }) throws -> DecisionLedger {
        var options = LedgerOptions()
        options.lockWaitMilliseconds = 1000
        options.recoveryIntervalMilliseconds = 600_000
        options.minimumFreeBytes = 0
        options.checkpointIntervalMilliseconds = 1000
        change(&options)
        return try DecisionLedger.open(path: path, signer: signer, options: options, clock: clock.clock)
    }

    func proposal(_ ask: Ask) -> Proposal {
        rules.snapshot.propose(ask.request, at: RulesInstant(milliseconds: instant.milliseconds))
    }

    func record(_ ask: Ask, in ledger: DecisionLedger) async throws -> RecordedDecision {
        try await ledger.record(proposal(ask), receivedAt: instant)
    }

    /// The code of the error that a request meets, `nil` where it is recorded.
    func failure(_ ask: Ask, in ledger: DecisionLedger) async -> LedgerError.Code? {
        do throws(LedgerError) {
            _ = try await ledger.record(proposal(ask), receivedAt: instant)
            return nil
        } catch { return error.code }
    }

    /// The checkpoint that is remembered beside the ledger, `nil` where there is none.
    func remembered() throws -> Checkpoint? {
        guard let data = FileManager.default.contents(atPath: memoryPath) else { return nil }
        return try Checkpoint(verifying: SignedNote(parsing: Array(data)), by: [signer.verifierKey])
    }
}
