// Runs tests against rules.

import CallbackProtocol

/// How some tests came out.
package struct RulesTestRun: Sendable {
    /// One test's result.
    package struct Outcome: Sendable {
        package let name: String
        package let line: Int
        /// What is wrong; `nil` where the test passed.
        package let failure: String?
        /// The first condition of each rule that did not hold, where the test failed.
        package let explanation: String
    }

    package let file: String
    package let outcomes: [Outcome]
    package let coverage: RulesCoverage

    package var failures: Int { outcomes.count { $0.failure != nil } }
}

extension RulesSnapshot {
    /// Runs every test and measures what the tests cover.
    package func run(_ tests: RulesTestFile) -> RulesTestRun {
        var coverage = RulesCoverage(plan.rules)
        let outcomes = tests.cases.map { run($0, &coverage) }
        return RulesTestRun(file: tests.file, outcomes: outcomes, coverage: coverage)
    }

    private func run(_ test: RulesTestFile.Case, _ coverage: inout RulesCoverage) -> RulesTestRun.Outcome {
        func outcome(_ failure: String?, _ explanation: String = "") -> RulesTestRun.Outcome {
            RulesTestRun.Outcome(
                name: test.name.value, line: test.name.position.line, failure: failure, explanation: explanation)
        }
        let view = test.past.view
        let evaluation: Evaluation
        do throws(ProtocolError) {
            let request = try RequestAuthenticator.acceptUnauthenticated(
                json: test.payload, kind: test.kind, listener: test.listener)
            evaluation = explain(
                request.content, cosigner: test.cosigner, listener: test.listener, at: test.instant, view: view)
            note(request.content, test, view, &coverage)
        } catch {
            return outcome("the request cannot be answered at all: \(error.message)")
        }
        if test.accepts(evaluation) { return outcome(nil) }
        let by = evaluation.rule.map { " by \($0)" } ?? ""
        let why = evaluation.reason.map { ": \($0)" } ?? ""
        return outcome(
            "expected \(test.expected); the rules say \(evaluation.effect.rawValue)\(by)\(why)", evaluation.text)
    }

    private func note(
        _ content: AuthenticatedRequest.Content, _ test: RulesTestFile.Case, _ view: LedgerView,
        _ coverage: inout RulesCoverage
    ) {
        let open = plan.windows.map { $0.isOpen(at: test.instant) }
        switch content {
        case .transaction(let request):
            let facts = TransactionFacts(
                request, cosigner: test.cosigner, listener: test.listener, windows: open, assets: plan.assets)
            coverage.note(plan.transactions, on: facts, view: view)
        case .configuration(let request):
            let facts = ConfigurationFacts(
                request, cosigner: test.cosigner, listener: test.listener, windows: open)
            coverage.note(plan.configurationChanges, on: facts, view: view)
        case .malformed: break
        }
    }
}

extension RulesTestFile.Case {
    /// Whether an evaluation is what the test expects.
    func accepts(_ evaluation: Evaluation) -> Bool {
        let isRule: Bool =
            switch rule {
            case nil: true
            case .none?: evaluation.rule == nil
            case .some(let name)?: evaluation.rule.map(name.isExactly) ?? false
            }
        let saysSo = reason.map { evaluation.reason?.contains($0) ?? false } ?? true
        return evaluation.effect == effect && isRule && saysSo
    }

    fileprivate var expected: String {
        let by =
            switch rule {
            case nil: ""
            case .none?: " by no rule"
            case .some(let name)?: " by \(name)"
            }
        return effect.rawValue + by + (reason.map { " with \"\($0)\" in the reason" } ?? "")
    }
}
