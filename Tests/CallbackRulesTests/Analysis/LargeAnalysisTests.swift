// Files of up to five hundred rules: everything is settled, within a number of steps and not of seconds.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

@Suite struct LargeAnalysisTests {
    private static let count =
        ProcessInfo.processInfo.environment["COUNTERSIGN_LARGE_COUNT"].flatMap(Int.init) ?? 100

    @Test(arguments: LargeRules.Flavour.allCases)
    func `hundreds of rules are analysed, nothing undecided`(flavour: LargeRules.Flavour) throws {
        // In a debug build five hundred of every flavour take minutes.
        let count = flavour == .desks ? 500 : Self.count
        let text = LargeRules.yaml(flavour, count: count, seed: 500)
        if let folder = ProcessInfo.processInfo.environment["COUNTERSIGN_LARGE_RULES"] {
            try text.write(toFile: "\(folder)/\(flavour.rawValue).yaml", atomically: true, encoding: .utf8)
        }
        let rules = try loaded(text)
        var steps = 0
        let started = Date()
        let analysis = RulesAnalysis(rules) {
            steps += 1
            return steps < 4_000
        }
        let kinds = Dictionary(grouping: analysis.findings, by: \.kind.rawValue).mapValues(\.count)
        print("\(flavour): \(Int(Date().timeIntervalSince(started) * 1000)) ms, \(steps) steps, \(kinds)")
        #expect(analysis.undecided == [])
    }
}
