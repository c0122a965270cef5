// Analysis against trying every request: no finding is false, and none is missed.

import CallbackProtocol
import CallbackRules
import Foundation
import Testing

/// Says what an analysis must find in a small file, by asking the evaluator about every request and every past.
struct AnalysisOracle {
    let rules: [SmallRule]
    let cases: [SmallCase]

    /// A past: which holds are signed (1) or refused (2), and which limits are full.
    private struct Past {
        var holds: [String: Int] = [:]
        var full: Set<String> = []

        var view: LedgerView {
            let (holds, full) = (holds, full)
            let alice = ModelPeople.fingerprints["alice"] ?? ""
            return LedgerView(
                charged: { counter, _ in full.contains(counter.rule) ? decimal("3") : .zero },
                hold: { key in
                    switch holds[key.rule] {
                    case 1: HoldState(approvals: [alice])
                    case 2: HoldState(refusals: [alice])
                    default: HoldState()
                    }
                })
        }
    }

    private var pasts: [LedgerView] {
        var all = [Past()]
        for rule in rules where rule.effect == "hold" {
            all = all.flatMap { past in
                (0..<3).map { state in
                    var more = past
                    more.holds[rule.id] = state
                    return more
                }
            }
        }
        for rule in rules where rule.limit != nil {
            all += all.map { past in
                var more = past
                more.full.insert(rule.id)
                return more
            }
        }
        return all.map(\.view)
    }

    private func evaluate(_ file: RulesSnapshot, _ one: SmallCase, _ past: LedgerView) -> Evaluation {
        file.evaluate(
            EvaluationInput(content: .transaction(one.request), cosigner: "primary", listener: "l"), at: one.instant,
            view: past, tracing: false)
    }

    /// Whether a rule by itself takes part at each request: everywhere for approve and ignore, somewhere for others.
    private func matches(_ rule: SmallRule, without path: String? = nil, everywhere: Bool) throws -> [Bool] {
        let free = "- { id: free, effect: approve, when: { operation: { not_in: nothing } } }"
        guard everywhere else {
            let file = try loaded(Self.named([free, rule.yaml(effect: "reject", without: path)]))
            // An absent operation approves nothing, so a rejection is told by the rule that is named.
            return cases.map { evaluate(file, $0, .empty).rule == rule.id }
        }
        // Without `operation` an ignore rule is about all of them, and an approve rule about TRANSFER.
        let file = try loaded(
            Self.named([rule.yaml(effect: rule.effect == "ignore" ? "ignore" : "approve", without: path)]))
        return cases.map { evaluate(file, $0, .empty).rule == rule.id }
    }

    private static func named(_ rules: [String]) -> String {
        SmallRule.file(rules).replacingOccurrences(of: "lists:\n", with: "lists:\n  nothing: { ids: [NOTHING] }\n")
    }

    // MARK: Findings

    /// `kind rule`, and for gaps every pair that would be right: `gap rule amount_usd next`.
    func findings() throws -> (single: Set<String>, gaps: Set<String>) {
        let whole = try loaded(SmallRule.file(rules.map { $0.yaml() }))
        let pasts = pasts
        let effects = cases.map { one in pasts.map { evaluate(whole, one, $0) } }
        var single: Set<String> = []
        var reachable: [SmallRule] = []
        for (index, rule) in rules.enumerated() {
            let isUniversal = rule.effect == "approve" || rule.effect == "ignore"
            // A hold or reject rule without `operation` keeps its own reading of it.
            let fires = try matchesAsItIs(rule, everywhere: isUniversal)
            guard fires.contains(true) else {
                single.insert("unreachable \(rule.id)")
                continue
            }
            reachable.append(rule)
            let where_ = cases.indices.filter { fires[$0] }
            if rule.effect == "approve", where_.allSatisfy({ effects[$0][0].effect != .approve }) {
                single.insert("contradictory \(rule.id)")
                continue
            }
            if rule.effect == "hold",
                where_.allSatisfy({ effects[$0].allSatisfy { $0.effect == .reject || $0.effect == .hold } })
            {
                single.insert("contradictory \(rule.id)")
                continue
            }
            let others = rules.indices.filter { $0 != index }.map { rules[$0].yaml() }
            let rest = try loaded(SmallRule.file(others))
            let isSame = cases.indices.allSatisfy { place in
                zip(pasts, effects[place]).allSatisfy { evaluate(rest, cases[place], $0).effect == $1.effect }
            }
            if isSame { single.insert("redundant \(rule.id)") }
        }
        let undecided = effects.map { $0[0].effect == .reject && $0[0].rule == nil }
        return (single, try gaps(reachable, undecided))
    }

    private func matchesAsItIs(_ rule: SmallRule, everywhere: Bool) throws -> [Bool] {
        guard rule.effect == "hold", !rule.when.contains(where: { $0.path == "operation" }) else {
            return try matches(rule, everywhere: everywhere)
        }
        var transfer = rule
        transfer.when.append(("operation", "TRANSFER"))
        return try matches(transfer, everywhere: everywhere)
    }

    private func gaps(_ reachable: [SmallRule], _ undecided: [Bool]) throws -> Set<String> {
        var found: Set<String> = []
        let positive = reachable.filter { $0.effect == "approve" || $0.effect == "hold" }
        for rule in positive {
            for (path, bounds) in rule.bounds {
                guard let upper = bounds.first(where: { $0.name == "at_most" || $0.name == "less_than" }) else {
                    continue
                }
                let region = region(above: upper, path)
                let below = try matches(rule, without: path, everywhere: true)
                let inside = try matches(
                    SmallRule(
                        id: "region", effect: "approve", when: [(path, region), ("operation", "{ not_in: nothing }")]),
                    everywhere: true)
                for next in positive where next.id != rule.id {
                    guard
                        let lower = next.bounds[path]?.first(where: { $0.name == "at_least" || $0.name == "more_than" }
                        ),
                        lower.amount > upper.amount
                            || lower.amount == upper.amount && lower.name == "more_than" && upper.name == "less_than",
                        rule.unless.isEmpty || next.unless.isEmpty || "\(rule.unless)" == "\(next.unless)"
                    else { continue }
                    let above = try matches(next, without: path, everywhere: true)
                    if cases.indices.contains(where: { undecided[$0] && below[$0] && above[$0] && inside[$0] }) {
                        found.insert("gap \(rule.id) \(path) \(next.id)")
                    }
                }
            }
        }
        return found
    }

    /// Directly above a bound, up to the next bound that any rule has.
    private func region(above upper: (name: String, amount: Int), _ path: String) -> String {
        guard upper.name == "at_most" else { return "{ at_least: \"\(upper.amount)\", at_most: \"\(upper.amount)\" }" }
        let next = rules.flatMap { $0.bounds[path] ?? [] }.map(\.amount).filter { $0 > upper.amount }.min()
        return "{ more_than: \"\(upper.amount)\"\(next.map { ", less_than: \"\($0)\"" } ?? "") }"
    }
}

@Suite struct AnalysisOracleTests {
    private static let files =
        ProcessInfo.processInfo.environment["COUNTERSIGN_ANALYSIS_FILES"].flatMap(Int.init) ?? 4
    private static let seed =
        ProcessInfo.processInfo.environment["COUNTERSIGN_SEED"].flatMap(UInt64.init)
        ?? 20_261_129

    @Test func `analysis finds what trying every request finds, and nothing else`() throws {
        var generator = SmallGenerator(random: SplitMix64(seed: Self.seed))
        var counts: [String: Int] = [:]
        var spaces: [[String]: [SmallCase]] = [:]
        for number in 0..<Self.files {
            let (rules, fields) = generator.rules()
            let text = SmallRule.file(rules.map { $0.yaml() })
            let file = try loaded(text)
            let analysis = RulesAnalysis(file, hasTime: { true })
            let cases = spaces[fields] ?? SmallCase.all(fields)
            spaces[fields] = cases
            let expected = try AnalysisOracle(rules: rules, cases: cases).findings()
            let single = analysis.findings.filter { $0.gap == nil }.map { "\($0.kind.rawValue) \($0.rule)" }
            let gaps = analysis.findings.compactMap { finding in
                finding.gap.map { "gap \(finding.rule) \($0.condition) \($0.upperRule)" }
            }
            func starts(_ gaps: some Sequence<String>) -> Set<String> {
                Set(gaps.map { $0.split(separator: " ").dropLast().joined(separator: " ") })
            }
            let isRight =
                Set(single) == expected.single && Set(gaps).isSubset(of: expected.gaps)
                && starts(gaps) == starts(expected.gaps) && analysis.undecided.isEmpty
            #expect(
                isRight,
                """
                seed \(Self.seed) file \(number): \(single.sorted()) \(gaps.sorted()) \(analysis.undecided)
                expected \(expected.single.sorted()) \(expected.gaps.sorted())
                \(text)
                """)
            for finding in analysis.findings {
                counts[finding.kind.rawValue, default: 0] += 1
                guard let example = finding.example, example.assuming.isEmpty else { continue }
                let read = try RequestAuthenticator.acceptUnauthenticated(
                    json: example.payload.serialized(), kind: example.kind, listener: example.listener)
                let said = file.explain(
                    read.content, cosigner: example.cosigner, listener: example.listener, at: example.instant)
                #expect(said.effect == finding.effect)
                #expect(said.rule == finding.decidedBy)
            }
            if !isRight { return }
        }
        print("seed \(Self.seed): \(counts.sorted { $0.key < $1.key })")
        if Self.files >= 100 {
            for kind in RulesAnalysis.Kind.allCases { #expect(counts[kind.rawValue, default: 0] > 0) }
        }
    }
}
