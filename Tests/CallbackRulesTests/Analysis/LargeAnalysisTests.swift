// Files of five hundred rules: everything is settled, within a number of steps and not of seconds.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

@Suite struct LargeAnalysisTests {
    @Test(arguments: LargeRules.Flavour.allCases)
    func `five hundred rules are analysed, nothing undecided`(flavour: LargeRules.Flavour) throws {
        let text = LargeRules.yaml(flavour, seed: 500)
        if let folder = ProcessInfo.processInfo.environment["COUNTERSIGN_LARGE_RULES"] {
            try text.write(toFile: "\(folder)/\(flavour.rawValue).yaml", atomically: true, encoding: .utf8)
        }
        let rules = try loaded(text)
        var steps = 0
        let started = Date()
        let analysis = RulesAnalysis(rules) {
            steps += 1
            return steps < 20_000
        }
        let kinds = Dictionary(grouping: analysis.findings, by: \.kind.rawValue).mapValues(\.count)
        print("\(flavour): \(Int(Date().timeIntervalSince(started) * 1000)) ms, \(steps) steps, \(kinds)")
        #expect(analysis.undecided == [])
    }
}
