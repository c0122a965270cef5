// Properties that relate decisions on two requests, or by two versions of rules: thousands of generated cases a run.

import CallbackProtocol
import CallbackRules
import Testing

@Suite struct MetamorphicTests {
    private static let seed = DifferentialTests.seed

    /// Where and when a request is asked, and what happened before.
    private struct Setting {
        var instant: RulesInstant
        var cosigner: String?
        var past: ModelPast

        init(_ generator: inout Generator) {
            let now = generator.random.pick(NaiveClock.instants)
            instant = RulesInstant(seconds: Int64(now))
            cosigner = generator.random.chance(90) ? "primary" : nil
            past = ModelPast(seed: generator.random.next(), now: now)
        }

        func ask(_ rules: RulesSnapshot, _ content: EvaluationInput.Content) -> Evaluation {
            rules.evaluate(
                EvaluationInput(content: content, cosigner: cosigner, listener: "127.0.0.1:8443"), at: instant,
                view: past.view, tracing: false)
        }
    }

    private static func content(_ generator: inout Generator) -> EvaluationInput.Content {
        generator.random.chance(75)
            ? .transaction(generator.transaction()) : .configuration(generator.configurationChange())
    }

    @Test func `the order of rules never changes an effect or a charge, whatever the past`() throws {
        var generator = Generator(random: SplitMix64(seed: Self.seed &+ 301))
        var approvals = 0
        for _ in 0..<200 {
            let rules = generator.rules()
            var shuffled = rules
            shuffled.transactions.shuffle(using: &generator.random)
            shuffled.changes.shuffle(using: &generator.random)
            let (first, second) = (try loaded(rules.yaml), try loaded(shuffled.yaml))
            for _ in 0..<25 {
                let setting = Setting(&generator)
                let content = Self.content(&generator)
                let (before, after) = (setting.ask(first, content), setting.ask(second, content))
                #expect(
                    before.effect == after.effect && Set(before.charges) == Set(after.charges)
                        && Set(before.holds) == Set(after.holds),
                    "seed \(Self.seed): \(content)\n\(rules.yaml)\n\(shuffled.yaml)")
                if before.effect == .approve { approvals += 1 }
            }
        }
        #expect(approvals > 100)
    }

    @Test func `a reject rule more leaves an effect as it is or rejects, whatever the past`() throws {
        var generator = Generator(random: SplitMix64(seed: Self.seed &+ 302))
        var restricted = 0
        for _ in 0..<200 {
            let rules = generator.rules()
            var stricter = rules
            stricter.transactions.append(generator.transactionRule("added", effect: "reject"))
            let (first, second) = (try loaded(rules.yaml), try loaded(stricter.yaml))
            for _ in 0..<25 {
                let setting = Setting(&generator)
                let content = Self.content(&generator)
                let (before, after) = (setting.ask(first, content).effect, setting.ask(second, content).effect)
                #expect(
                    after == before || after == .reject, "seed \(Self.seed): \(content)\n\(stricter.yaml)")
                if after != before { restricted += 1 }
            }
        }
        #expect(restricted > 20)
    }

    /// Holds for every member that is due, for files without `ignore` rules and limits. docs/rules.md says so under "What
    /// is left out of a request", with the exceptions, which `MemberRemoval` names one by one.
    @Test func `a request without a member that is due is never approved where the whole one is not`() throws {
        var generator = Generator(random: SplitMix64(seed: Self.seed &+ 303))
        var tried: [String: Int] = [:]
        var lost = 0
        for _ in 0..<120 {
            var rules = generator.rules()
            rules.transactions.removeAll { $0.effect == "ignore" }
            for index in rules.transactions.indices { rules.transactions[index].limits = [] }
            guard !rules.transactions.isEmpty else { continue }
            let snapshot = try loaded(rules.yaml)
            for _ in 0..<12 {
                let setting = Setting(&generator)
                let request = generator.transaction()
                let before = setting.ask(snapshot, .transaction(request)).effect
                for removal in MemberRemoval.due(in: request) {
                    let after = setting.ask(snapshot, .transaction(removal.applied(to: request))).effect
                    #expect(
                        after != .approve || before == .approve,
                        "seed \(Self.seed): without \(removal.name): \(request) from \(setting)\n\(rules.yaml)")
                    tried[removal.name, default: 0] += 1
                    if after != before { lost += 1 }
                }
            }
        }
        #expect(tried.values.reduce(0, +) > 5_000 && lost > 100)
        #expect(Set(tried.keys) == MemberRemoval.names, "\(tried)")
    }

    /// With ignore rules and limits, the whole request may fare worse: an ignore rule that matched, or a full limit of a rule
    /// that matched, no longer does where the rule cannot be told. Nothing else may change towards approval.
    @Test func `with ignore rules and limits, only these explain an approval of less`() throws {
        var generator = Generator(random: SplitMix64(seed: Self.seed &+ 304))
        for _ in 0..<100 {
            let rules = generator.rules()
            let snapshot = try loaded(rules.yaml)
            let excused = Set(rules.transactions.filter { $0.effect == "ignore" || !$0.limits.isEmpty }.map(\.id))
            for _ in 0..<12 {
                let setting = Setting(&generator)
                let request = generator.transaction()
                let before = setting.ask(snapshot, .transaction(request))
                for removal in MemberRemoval.due(in: request) where before.effect != .approve {
                    let after = setting.ask(snapshot, .transaction(removal.applied(to: request))).effect
                    #expect(
                        after != .approve || before.rule.map(excused.contains) ?? false,
                        "seed \(Self.seed): without \(removal.name): \(request) from \(setting)\n\(rules.yaml)")
                }
            }
        }
    }

    /// Holds for files without `ignore` rules and limits, and without bounds on one destination's amount that smaller parts
    /// get past: upper ones where the rule approves, lower ones where it rejects, the reverse in `unless`, and every such bound
    /// of a hold rule, which stops and, once signed, approves. A bound on the sum (`amount_usd`, `amount`) or a limit cannot be got past so. docs/rules.md says so under the same heading.
    @Test func `a destination split in two is never approved where the whole one is not`() throws {
        var generator = Generator(random: SplitMix64(seed: Self.seed &+ 305))
        var (tried, approved) = (0, 0)
        for _ in 0..<200 {
            var rules = generator.rules()
            rules.transactions.removeAll { $0.effect == "ignore" }
            for index in rules.transactions.indices { rules.transactions[index].withoutWhatPartsGetPast() }
            guard !rules.transactions.isEmpty else { continue }
            let snapshot = try loaded(rules.yaml)
            for _ in 0..<20 {
                let setting = Setting(&generator)
                let request = generator.transaction()
                guard !request.destinations.isEmpty else { continue }
                let split = Self.split(request, &generator)
                let before = setting.ask(snapshot, .transaction(request)).effect
                let after = setting.ask(snapshot, .transaction(split)).effect
                #expect(
                    after != .approve || before == .approve,
                    "seed \(Self.seed): \(request)\nsplit into \(split) from \(setting)\n\(rules.yaml)")
                tried += 1
                if after == .approve { approved += 1 }
            }
        }
        #expect(tried > 2_000 && approved > 50)
    }

    /// One destination as two with the same members, amounts added up.
    private static func split(_ request: TransactionRequest, _ generator: inout Generator) -> TransactionRequest {
        var split = request
        let index = generator.random.below(request.destinations.count)
        var (first, second) = (request.destinations[index], request.destinations[index])
        first.amountNative = first.amountNative.map { part(of: $0, &generator) }
        second.amountNative = first.amountNative.flatMap { part in second.amountNative.map { $0 - part } }
        first.amountUSD = first.amountUSD.map { part(of: $0, &generator) }
        second.amountUSD = first.amountUSD.flatMap { part in second.amountUSD.map { $0 - part } }
        split.destinations[index] = first
        split.destinations.insert(second, at: index + 1)
        return split
    }

    /// All of an amount, nothing of it, or something between.
    private static func part(of amount: ExactDecimal, _ generator: inout Generator) -> ExactDecimal {
        let some = ["0", "0.25", "0.5", "5", "50"].map { decimal($0) }.filter { $0 <= amount }
        return generator.random.pick(some + [amount])
    }
}

extension ModelRule {
    /// Removes bounds of one destination's amount that parts of it could get past, and limits.
    fileprivate mutating func withoutWhatPartsGetPast() {
        let restricts = effect == "reject"
        func kept(_ conditions: [ModelCondition], upperHelps: Bool) -> [ModelCondition] {
            conditions.compactMap { condition in
                guard condition.path.hasPrefix("destination.amount"), case .bounds(let bounds) = condition.match else {
                    return condition
                }
                let left = bounds.filter { bound in
                    effect != "hold" && (bound.name == "at_most" || bound.name == "less_than") != upperHelps
                }
                guard !left.isEmpty else { return nil }
                return ModelCondition(path: condition.path, match: .bounds(left))
            }
        }
        when = kept(when, upperHelps: !restricts)
        unless = unless.map { kept($0, upperHelps: restricts) }.flatMap { $0.isEmpty ? nil : $0 }
        limits = []
    }
}
