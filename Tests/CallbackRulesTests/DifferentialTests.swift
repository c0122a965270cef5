// The evaluator against the naive one, and properties that hold for all rules.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

@Suite struct DifferentialTests {
    /// Set COUNTERSIGN_SEED to repeat a run.
    static let seed =
        ProcessInfo.processInfo.environment["COUNTERSIGN_SEED"].flatMap(UInt64.init)
        ?? UInt64.random(in: 0...UInt64.max)

    /// A million pairs in `make test-long`, a hundred thousand else.
    private static let setsPerShard = ProcessInfo.processInfo.environment["COUNTERSIGN_LONG"] == nil ? 500 : 5_000
    private static let requestsPerSet = 104

    @Test(arguments: 0..<2)
    func `two evaluators agree on a hundred thousand generated pairs`(shard: UInt64) throws {
        var generator = Generator(random: SplitMix64(seed: Self.seed &+ shard))
        var effects: [String: Int] = [:]
        var pairs = 0
        for _ in 0..<Self.setsPerShard {
            let rules = generator.rules()
            let snapshot = try loaded(rules.yaml)
            for index in 0..<Self.requestsPerSet {
                let instant = generator.random.pick(NaiveClock.instants)
                let cosigner = generator.random.chance(85) ? "primary" : nil
                let past = ModelPast(seed: generator.random.next(), now: instant)
                let naive = NaiveEvaluator(
                    rules: rules, seconds: instant, cosigner: cosigner, listener: "127.0.0.1:8443", past: past)
                let expected: NaiveEvaluator.Verdict
                let content: EvaluationInput.Content
                if index % 4 == 3 {
                    let request = generator.configurationChange()
                    (expected, content) = (naive.verdict(on: request), .configuration(request))
                } else {
                    let request = generator.transaction()
                    (expected, content) = (naive.verdict(on: request), .transaction(request))
                }
                let found = snapshot.evaluate(
                    EvaluationInput(content: content, cosigner: cosigner, listener: "127.0.0.1:8443"),
                    at: RulesInstant(seconds: Int64(instant)), view: past.view, tracing: false)
                pairs += 1
                effects[found.effect.rawValue, default: 0] += 1
                guard found.effect.rawValue == expected.effect, found.rule == expected.rule else {
                    Issue.record(
                        """
                        seed \(Self.seed): \(found.effect) by \(found.rule ?? "-"), naively \(expected.effect) by \
                        \(expected.rule ?? "-")
                        \(content) at \(instant) from \(cosigner ?? "nobody")
                        \(rules.yaml)
                        """)
                    return
                }
            }
        }
        #expect(pairs >= 50_000)
        for effect in ["approve", "ignore", "hold", "reject"] {
            #expect(effects[effect, default: 0] > pairs / 50, "seed \(Self.seed): \(effects)")
        }
        #expect(effects["retry", default: 0] > 100, "seed \(Self.seed): \(effects)")
    }

    @Test func `adding a reject rule never turns anything into an approval, and order never changes an effect`() throws
    {
        var generator = Generator(random: SplitMix64(seed: Self.seed &+ 99))
        var restricted = 0
        for _ in 0..<150 {
            let rules = generator.rules()
            var stricter = rules
            let position = generator.random.below(rules.transactions.count + 1)
            stricter.transactions.insert(generator.transactionRule("added", effect: "reject"), at: position)
            var shuffled = rules
            shuffled.transactions.shuffle(using: &generator.random)
            let snapshots = try [rules, stricter, shuffled].map { try loaded($0.yaml) }
            for _ in 0..<50 {
                let instant = RulesInstant(seconds: Int64(generator.random.pick(NaiveClock.instants)))
                let input = EvaluationInput(
                    content: .transaction(generator.transaction()), cosigner: "primary", listener: "127.0.0.1:8443")
                let effects = snapshots.map { $0.evaluate(input, at: instant, tracing: false).effect }
                #expect(
                    effects[1] == effects[0] || effects[1] == .reject, "seed \(Self.seed): \(input)\n\(stricter.yaml)")
                #expect(effects[2] == effects[0], "seed \(Self.seed): \(input)\n\(shuffled.yaml)")
                if effects[1] != effects[0] { restricted += 1 }
            }
        }
        #expect(restricted > 0)
    }

    @Test func `tracing gives the same answer, and every entry that did not match says why`() throws {
        var generator = Generator(random: SplitMix64(seed: Self.seed &+ 7))
        for _ in 0..<100 {
            let rules = generator.rules()
            let snapshot = try loaded(rules.yaml)
            for _ in 0..<10 {
                let instant = RulesInstant(seconds: Int64(generator.random.pick(NaiveClock.instants)))
                let input = EvaluationInput(
                    content: .transaction(generator.transaction()), cosigner: nil, listener: "l")
                let traced = snapshot.evaluate(input, at: instant, tracing: true)
                let plain = snapshot.evaluate(input, at: instant, tracing: false)
                #expect((traced.effect, traced.rule, traced.reason) == (plain.effect, plain.rule, plain.reason))
                for entry in traced.trace {
                    #expect((entry.failed == nil) == (entry.outcome == .matched), "seed \(Self.seed)")
                }
            }
        }
    }
}
