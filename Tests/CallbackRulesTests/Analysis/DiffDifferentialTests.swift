// Diff against sampling: what a few hundred random requests show, diff shows too, or says that it could not settle.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

/// Small changes, as reviewers see them.
struct RulesMutator {
    var generator: Generator

    mutating func changed(_ rules: ModelRules) -> ModelRules {
        var rules = rules
        for _ in 0..<(1 + generator.random.below(2)) { change(&rules) }
        // A removed rule's number may be free again.
        for index in rules.transactions.indices where rules.transactions[index].id.hasPrefix("added") {
            rules.transactions[index].id = "added\(index)"
        }
        return rules
    }

    private mutating func change(_ rules: inout ModelRules) {
        guard !rules.transactions.isEmpty else { return }
        let index = generator.random.below(rules.transactions.count)
        switch generator.random.below(9) {
        case 0: rules.transactions.remove(at: index)
        case 1: rules.transactions.append(generator.transactionRule("added\(rules.transactions.count)"))
        case 2, 3:
            guard !rules.transactions[index].when.isEmpty else { return }
            let place = generator.random.below(rules.transactions[index].when.count)
            let path = rules.transactions[index].when[place].path
            let needsAsset = rules.transactions[index].yaml.contains("amount: ")
            if path != "asset" || !needsAsset { rules.transactions[index].when.remove(at: place) }
        case 4: rules.transactions[index].unless = nil
        case 5:
            for place in rules.transactions[index].when.indices {
                if case .bounds(let bounds) = rules.transactions[index].when[place].match, let first = bounds.first {
                    rules.transactions[index].when[place].match = .bounds([(first.name, "7.5")])
                }
            }
        case 6: rules.transactions[index].limits = []
        case 7:
            if rules.transactions[index].effect == "reject" { rules.transactions[index].effect = "ignore" }
        default: rules.transactions[index] = generator.transactionRule(rules.transactions[index].id)
        }
        if !rules.changes.isEmpty, generator.random.chance(30) {
            rules.changes.remove(at: generator.random.below(rules.changes.count))
        }
    }
}

@Suite struct DiffDifferentialTests {
    private static let pairs =
        ProcessInfo.processInfo.environment["COUNTERSIGN_DIFF_PAIRS"].flatMap(Int.init) ?? 300

    private static let samples =
        ProcessInfo.processInfo.environment["COUNTERSIGN_DIFF_SAMPLES"].flatMap(Int.init) ?? 300
    private static let budget =
        ProcessInfo.processInfo.environment["COUNTERSIGN_DIFF_BUDGET"].flatMap(Double.init) ?? 0.5

    @Test func `whatever sampling finds, diff finds or leaves undecided`() throws {
        let seed = DiffDifferentialTests.seed
        var mutator = RulesMutator(generator: Generator(random: SplitMix64(seed: seed)))
        var counts: [String: Int] = [:]
        for pair in 0..<Self.pairs {
            let rules = mutator.generator.rules()
            let changed = mutator.changed(rules)
            let (old, new) = (try loaded(rules.yaml), try loaded(changed.yaml))
            let found = RulesDiff(old: old, new: new, hasTime: within(Self.budget))
            let changes = Set(found.findings.map { "\($0.from.rawValue)>\($0.to.rawValue)" })
            counts[found.undecided.isEmpty ? (changes.isEmpty ? "equal" : "changed") : "undecided", default: 0] += 1
            if !found.undecided.isEmpty {
                if ProcessInfo.processInfo.environment["COUNTERSIGN_DIFF_SHOW"] != nil {
                    print("undecided \(found.undecided)\n\(rules.yaml)\n\(changed.yaml)")
                }
            }
            for finding in found.findings where finding.example.assuming.isEmpty {
                let read = try RequestAuthenticator.acceptUnauthenticated(
                    json: finding.example.payload.serialized(), kind: finding.example.kind,
                    listener: finding.example.listener)
                let effects = [old, new].map {
                    $0.explain(
                        read.content, cosigner: finding.example.cosigner, listener: finding.example.listener,
                        at: finding.example.instant
                    ).effect
                }
                #expect(effects == [finding.from, finding.to], "seed \(seed) pair \(pair)")
            }
            for index in 0..<Self.samples {
                let instant = mutator.generator.random.pick(NaiveClock.instants)
                let cosigner = mutator.generator.random.chance(85) ? "primary" : nil
                let content: EvaluationInput.Content =
                    index % 4 == 3
                    ? .configuration(mutator.generator.configurationChange())
                    : .transaction(mutator.generator.transaction())
                let past = ModelPast(seed: mutator.generator.random.next(), now: instant)
                let input = EvaluationInput(content: content, cosigner: cosigner, listener: "127.0.0.1:8443")
                let at = RulesInstant(seconds: Int64(instant))
                let effects = [old, new].map { $0.evaluate(input, at: at, view: past.view, tracing: false).effect }
                guard effects[0] != effects[1], Self.canArrive(content) else { continue }
                counts["sampled", default: 0] += 1
                let change = "\(effects[0].rawValue)>\(effects[1].rawValue)"
                guard !changes.contains(change), found.undecided.isEmpty else { continue }
                Issue.record(
                    """
                    seed \(seed) pair \(pair): sampling finds \(change); diff \(changes) \(found.undecided)
                    \(content) at \(instant) from \(cosigner ?? "nobody")
                    \(rules.yaml)
                    \(changed.yaml)
                    """)
                return
            }
        }
        print("seed \(seed): \(counts.sorted { $0.key < $1.key })")
        #expect(counts["changed", default: 0] > Self.pairs / 10)
        #expect(counts["undecided", default: 0] < Self.pairs / 4, "\(counts)")
    }

    private static let seed =
        ProcessInfo.processInfo.environment["COUNTERSIGN_SEED"].flatMap(UInt64.init)
        ?? 20_261_129

    /// Generated requests that no payload is read as: the reader refuses them before any rule.
    private static func canArrive(_ content: EvaluationInput.Content) -> Bool {
        switch content {
        case .configuration(let request): return request.type != nil
        case .transaction(let request):
            if request.operation == "TRANSFER", request.destinations.isEmpty { return false }
            let hidesEmpty = request.operation == "RAW" || request.operation == "TYPED_MESSAGE"
            return !request.destinations.contains { destination in
                guard let shown = destination.displayDstAddress, let own = destination.dstAddress else {
                    return hidesEmpty && [destination.id, destination.subType].contains("")
                }
                return !AddressComparison.same(shown, own)
            }
        }
    }
}
