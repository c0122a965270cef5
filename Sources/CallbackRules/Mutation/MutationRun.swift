// Runs the mutants of a rules file against its tests.

import CallbackProtocol

/// How many small changes to a rules file its tests notice.
///
/// Coverage says that a condition came out both ways. This says that it mattered: a mutant that no test notices is a change
/// that could be made to the file, by mistake or on purpose, with every test still green. Some survivors cannot be
/// noticed, because the changed rules decide every request the same.
package struct MutationRun: Sendable {
    /// A mutant that every test passed.
    package struct Survivor: Sendable, Hashable {
        /// The rule, or `list NAME`, `window NAME`, `approvers NAME`.
        package let subject: String
        /// What was changed: `when.asset dropped`.
        package let what: String
        package let file: String
        package let line: Int
    }

    /// How many mutants were tried.
    package let mutants: Int
    /// In the order of the file's parts.
    package let survivors: [Survivor]

    package var killed: Int { mutants - survivors.count }
}

extension MutationRun {
    /// Runs the tests against every mutant of a rules file that loads.
    ///
    /// - Parameters:
    ///   - tests: tests that pass with these rules. A mutant that makes one of them fail is killed.
    ///   - loadList: as for `RulesSnapshot.load`.
    /// - Returns: `nil` where the file does not load.
    package static func run(
        file: String, text: [UInt8], tests: RulesTestFile, loadList: (String) throws -> [UInt8]
    ) -> MutationRun? {
        var findings = Findings(file: file)
        guard let snapshot = RulesSnapshot.load(file: file, text: text, loadList: loadList).snapshot,
            let root = YAMLReader.read(text, into: &findings),
            let syntax = RulesFileReader.read(root, into: &findings)
        else { return nil }
        var loader = ListLoader()
        loader.load(syntax.lists, from: loadList, into: &findings)
        loader.load(syntax.keys, from: loadList, into: &findings)
        let original = RulesDraft(file: syntax, lists: loader.lists)
        let mutants = RulesMutant.all(of: original)
        let prepared = tests.cases.compactMap(PreparedCase.init)
        let survivors = mutants.filter { mutant in
            var draft = original
            mutant.apply(&draft)
            let changed = snapshot.with(plan: draft.plan(keys: loader.keys))
            return prepared.allSatisfy { $0.passes(with: changed) }
        }
        return MutationRun(
            mutants: mutants.count,
            survivors: survivors.map {
                Survivor(subject: $0.subject, what: $0.what, file: file, line: $0.position.line)
            })
    }

    /// A line for each survivor, and one for all of them. Ends with a line break.
    package var text: String {
        let lines = survivors.map { "SURVIVED \($0.file):\($0.line) \($0.subject): \($0.what)" }
        return (lines + ["mutants: \(mutants), killed \(killed), survived \(survivors.count)"])
            .joined(separator: "\n") + "\n"
    }
}

/// A test whose request was read once.
private struct PreparedCase {
    let test: RulesTestFile.Case
    let content: AuthenticatedRequest.Content

    init?(_ test: RulesTestFile.Case) {
        guard
            let request = try? RequestAuthenticator.acceptUnauthenticated(
                json: test.payload, kind: test.kind, listener: test.listener)
        else { return nil }
        (self.test, content) = (test, request.content)
    }

    func passes(with rules: RulesSnapshot) -> Bool {
        let evaluation = rules.explain(
            content, cosigner: test.cosigner, listener: test.listener, at: test.instant, view: test.past.view,
            tracing: false)
        return test.accepts(evaluation)
    }
}

extension RulesDraft {
    fileprivate func plan(keys: [String: ExtraKey]) -> RulesPlan {
        var findings = Findings(file: "")
        var plan = RulesCompiler.compile(file, lists: lists, keys: keys, into: &findings)
        if !aboutEveryOperation.isEmpty {
            plan.transactions = plan.transactions.map { rule in
                aboutEveryOperation.contains(rule.id) ? rule.aboutEveryOperation : rule
            }
        }
        return plan
    }
}

extension CompiledRule {
    fileprivate var aboutEveryOperation: CompiledRule {
        CompiledRule(
            id: id, effect: effect, reason: reason, when: CompiledConditions(when.inOrder.filter { !$0.isImplied }),
            unless: unless, hold: hold, limits: limits)
    }
}
