// One life of a ledger on a bad disk: a workload, a fault, a power failure, and what is left. Everything follows from
// the seed; only runs of a crowd depend on the machine as well.

import Foundation
import GRDB
import Testing

@testable import CallbackProtocol
@testable import CallbackRules
@testable import DecisionLedger

struct SeededRun {
    /// What one run met, for the figures of all.
    struct Outcome: Sendable {
        var answers = 0
        var failures = 0
        var isRefused = false
        var broken: [String] = []
    }

    let seed: UInt64
    /// Callers ask from several threads, and the log is copied in the background.
    let isCrowded: Bool
    /// Syncs are lies until the power fails.
    let lies: Bool
    let place: FaultPlace
    private var random: SeededGenerator
    private var witness = Witness()
    private var asked: [Ask] = []
    private var broken: [String] = []

    init(seed: UInt64) throws {
        self.seed = seed
        isCrowded = seed % 4 == 3
        lies = seed % 6 == 5
        random = SeededGenerator(state: seed)
        place = try FaultPlace()
    }

    mutating func run() async throws -> Outcome {
        try await firstLife()
        var outcome = Outcome(answers: witness.answers.count, failures: witness.failures.count)
        let loss = FaultDisk.Loss.allCases.randomElement(using: &random) ?? .tear
        try place.disk.crash(number(3) == 0 ? loss : .tear, seed: seed)
        place.disk.lie(false)
        try loseNotes()
        if try await secondLife() { outcome.isRefused = true }
        outcome.broken = broken
        return outcome
    }

    /// Work, a fault or two, the end of the faults, work, and the power fails at some operation.
    private mutating func firstLife() async throws {
        let ledger = try open()
        defer { ledger.close() }
        if lies { place.disk.lie(true) }
        try await work(2 + number(4), ledger)
        if number(4) != 0 {
            arm([.inputOutput, .noSpace, .shortWrite, .readOnly].randomElement(using: &random) ?? .inputOutput)
            try await work(1 + number(4), ledger)
            place.disk.heal()
            try await recover(ledger)
            try await work(number(4), ledger)
        }
        if !lies { broken += try invariants().broken() }
        place.disk.fail(.any, after: number(120), .power)
        try await work(1 + number(6), ledger)
    }

    /// The lock's note is never synced, so the power may take it. After lies nothing that was told is sure, and some of
    /// these runs have no remembered checkpoint: what is served must be sound all the same.
    private mutating func loseNotes() throws {
        let files = FileManager.default
        if number(2) == 0 { try files.removeItem(atPath: place.path + ".lock") }
        guard lies else { return }
        witness.forgetAnswers()
        if number(3) == 0, files.fileExists(atPath: place.memoryPath) {
            try files.removeItem(atPath: place.memoryPath)
            witness.forgetCheckpoints()
        }
    }

    /// Opened again after the failure, perhaps on a disk that fails once more; true where it is refused for good.
    private mutating func secondLife() async throws -> Bool {
        if number(4) == 0 {
            place.disk.fail(.any, after: number(40), count: 1 + number(3), .inputOutput)
            if let early = try? open() { early.close() }
            place.disk.heal()
        }
        let ledger: DecisionLedger
        do {
            ledger = try open()
        } catch let error as LedgerError where lies {
            // Promise 6, its other half: refused, and told what to do.
            let known: [LedgerError.Code] = [.rolledBack, .corrupt, .notALedger]
            if !known.contains(error.code) || error.path.isEmpty { broken.append("6: refused with \(error)") }
            return true
        }
        defer { ledger.close() }
        broken += try found()
        try await work(3, ledger)
        try await recover(ledger)
        broken += try found()
        return false
    }

    private func found() throws -> [String] {
        let invariants = try invariants()
        return lies ? try invariants.brokenInTheLog() : try invariants.broken()
    }

    private func invariants() throws -> Invariants {
        try Invariants(place.path, place.rules, place.signer.verifierKey, witness)
    }

    private func open() throws -> DecisionLedger {
        try place.open { if isCrowded { $0.checkpointPages = 25 } }
    }

    private mutating func number(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }

    private mutating func arm(_ kind: FaultDisk.Kind) {
        let places: [FaultDisk.Operations] = [
            .any, .write, .sync, [.write, .sync], .read, [.open, .delete], .truncate,
        ]
        place.disk.fail(
            places.randomElement(using: &random) ?? .any, after: number(60), count: number(3) == 0 ? 0 : 1 + number(4),
            kind)
    }

    /// Promise 6: without being opened by hand, the ledger records again once the disk is well.
    private mutating func recover(_ ledger: DecisionLedger) async throws {
        for attempt in 0..<3 {
            let ask = Ask.usd("well-\(asked.count)-\(attempt)", "1")
            let outcome = try Crowd().askInTurn([place.proposal(ask)], of: ledger, at: place.instant)[0]
            witness.hear(ask, outcome)
            if case .success = outcome { return }
        }
        broken.append("6: nothing is recorded on a disk that is well: \(String(describing: ledger.status.lastError))")
    }

    private mutating func work(_ rounds: Int, _ ledger: DecisionLedger) async throws {
        for _ in 0..<rounds {
            let asks = (0...number(14)).map { _ in nextAsk() }
            let proposals = asks.map(place.proposal)
            let outcomes =
                isCrowded
                ? try Crowd().askAtOnce(proposals, of: ledger, at: place.instant)
                : try Crowd().askInTurn(proposals, of: ledger, at: place.instant)
            for (ask, outcome) in zip(asks, outcomes) { witness.hear(ask, outcome) }
            try witness.look(at: try place.remembered())
            try await betweenRounds(ledger)
        }
    }

    private mutating func betweenRounds(_ ledger: DecisionLedger) async throws {
        switch number(8) {
        case 0: try place.pass(milliseconds: Int64(number(7_200_000)))
        case 1: try place.pass(milliseconds: -Int64(number(200_000_000)))
        case 2: try place.pass(milliseconds: Int64(number(200_000_000)))
        case 3, 4: await vote(ledger)
        case 5:
            // The log is copied into the main file; a failure of that concerns nobody.
            _ = try? ledger.withDatabase { try Row.fetchOne($0, sql: "PRAGMA wal_checkpoint(PASSIVE)") }
        case 6: _ = try? ledger.withDatabase { try Row.fetchOne($0, sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
        default: try place.pass(milliseconds: 1500)
        }
    }

    private mutating func nextAsk() -> Ask {
        if !asked.isEmpty, number(3) == 0 {
            // The same again; sometimes with another payload, or at the other stage.
            let again = asked[number(asked.count)]
            switch number(4) {
            case 0: return again.with { $0.note = "changed \(number(2))" }
            case 1: return again.with { $0.stage = again.stage == .signing ? .approval : .signing }
            default: return again
            }
        }
        let dollars = number(5) == 0 ? 150 : 1 + number(100)
        let ask = Ask.usd("r\(asked.count)", String(dollars), stage: number(3) == 0 ? .approval : .signing)
        asked.append(ask)
        return ask
    }

    /// An approver says something about a hold. The signature itself is checked elsewhere (HoldTests).
    private mutating func vote(_ ledger: DecisionLedger) async {
        let choice = number(1000)
        let verdict: HoldVerdict = number(4) == 0 ? .refuse : .approve
        let voter = HoldSigner(name: "alice", key: place.rules.approver, signature: "checked before")
        guard let open = try? await ledger.holds(open: true), !open.isEmpty else { return }
        let hold = open[choice % open.count].number
        guard (try? await ledger.perform({ try $0.record(verdict, of: hold, by: voter) })) != nil else { return }
        witness.hear(vote: verdict, of: hold)
    }
}
