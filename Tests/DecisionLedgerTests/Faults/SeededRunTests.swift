// Hundreds of lives of a ledger on bad disks; thousands where COUNTERSIGN_LONG is set. COUNTERSIGN_FAULT_SEED=N runs one.

import Foundation
import Testing

@Suite(.timeLimit(.minutes(60))) struct SeededRunTests {
    private static let seeds: Range<UInt64> = {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["COUNTERSIGN_FAULT_SEED"].flatMap(UInt64.init) { return seed..<seed + 1 }
        return 0..<(environment["COUNTERSIGN_LONG"] == nil ? 240 : 5_000)
    }()

    @Test func thePromisesHoldWhateverTheDiskDoes() async throws {
        var (answers, failures, refused) = (0, 0, 0)
        try await withThrowingTaskGroup(of: (UInt64, SeededRun.Outcome).self) { group in
            var waiting = Self.seeds.makeIterator()
            func start() {
                guard let seed = waiting.next() else { return }
                group.addTask {
                    do {
                        var run = try SeededRun(seed: seed)
                        return (seed, try await run.run())
                    } catch {
                        return (seed, SeededRun.Outcome(broken: ["\(error)"]))
                    }
                }
            }
            for _ in 0..<2 { start() }
            while let (seed, outcome) = try await group.next() {
                #expect(outcome.broken.isEmpty, "COUNTERSIGN_FAULT_SEED=\(seed): \(outcome.broken.prefix(5))")
                answers += outcome.answers
                failures += outcome.failures
                refused += outcome.isRefused ? 1 : 0
                start()
            }
        }
        print(
            "faults: \(Self.seeds.count) seeds, \(answers) answers, \(failures) errors, \(refused) refused after lies")
        if Self.seeds.count > 100 {
            // The runs mean something: faults were met, and lies were found out.
            #expect(failures > Self.seeds.count && answers > 20 * Self.seeds.count && refused > 0)
        }
    }
}
