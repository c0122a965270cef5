// Real kills: 20 in `make test`, 200 where COUNTERSIGN_LONG is set.

import Foundation
import SystemCrypto
import TestSupport
import Testing

@testable import CallbackProtocol
@testable import DecisionLedger

@Suite(.timeLimit(.minutes(30))) struct KillTests {
    private static let rounds = ProcessInfo.processInfo.environment["COUNTERSIGN_LONG"] == nil ? 20 : 200
    /// Then a fresh ledger begins, as each is read from end to end after each round.
    private static let roundsOfOneLedger = 10

    @Test func whatWasAnsweredBeforeAKillIsKept() async throws {
        var (random, total) = (SeededGenerator(state: 20_261_129), 0)
        for first in stride(from: 0, to: Self.rounds, by: Self.roundsOfOneLedger) {
            var life = try Life()
            for round in first..<min(first + Self.roundsOfOneLedger, Self.rounds) {
                // Some are killed while they start, some with much behind them.
                let count = [0, 1, Int.random(in: 2..<60, using: &random), Int.random(in: 60..<400, using: &random)]
                let answers = try life.round(
                    seed: UInt64(round), killedAfter: count[Int.random(in: 0..<4, using: &random)])
                total += answers
                let broken = try life.broken()
                #expect(broken.isEmpty, "round \(round): \(broken.prefix(5))")
            }
        }
        print("faults: \(Self.rounds) kills, \(total) answers before them")
        #expect(total > Self.rounds * 10)
    }

    /// One ledger through many kills.
    private struct Life {
        let place: Place
        let rules: LimitedRules
        let key: [UInt8]
        var witness = Witness()
        var now = LedgerInstant(milliseconds: 1_795_000_000_000)

        init() throws {
            place = try Place()
            rules = try LimitedRules(day: 3000, burst: 60, few: 5)
            try place.directory.write("rules.yaml", rules.text)
            key = SHA256Digest.hash(Array(UUID().uuidString.utf8))
        }

        private func signer() throws -> NoteSigner {
            try NoteSigner(name: "ledger.example/hammer", key: Ed25519PrivateKey(seed: key))
        }

        /// Returns how many answers were heard.
        mutating func round(seed: UInt64, killedAfter count: Int) throws -> Int {
            let hammer = try Hammer(
                ledger: place.path, rules: place.directory.file("rules.yaml").path, key: key, seed: seed, threads: 6,
                start: now)
            let answers = try hammer.lines(killedAfter: count).map { try Witness.Answer(line: $0) }
            for answer in answers { witness.hear(answer) }
            if let note = FileManager.default.contents(atPath: place.path + ".checkpoint") {
                try witness.look(
                    at: Checkpoint(verifying: SignedNote(parsing: Array(note)), by: [signer().verifierKey]))
            }
            // The next one's clock begins where this one's was, or a while before.
            now = LedgerInstant(milliseconds: (answers.last?.at ?? now).milliseconds - (seed % 3 == 0 ? 60_000 : 0))
            return answers.count
        }

        /// What is found after it is opened again.
        func broken() throws -> [String] {
            let options = {
                var options = LedgerOptions(); options.minimumFreeBytes = 0; return options
            }()
            let clock = LedgerClock { [now] in now }
            let ledger = try DecisionLedger.open(path: place.path, signer: signer(), options: options, clock: clock)
            defer { ledger.close() }
            return try Invariants(place.path, rules, signer().verifierKey, witness).broken()
        }
    }
}
