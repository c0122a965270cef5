// callback-server rules test

import ArgumentParser
import CallbackRules
import Foundation

struct RulesTest: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the tests of a rules file, and measure what they cover.",
        discussion: """
            A file of tests names requests, a past, and what the rules must say. Without --tests it is the one beside the \
            rules file: rules.tests.yaml for rules.yaml. --mutate also changes the rules in small ways, one at a time: a \
            condition dropped, a bound moved by one unit, an entry removed, another effect. A change that no test notices is \
            listed with file and line. Exit code 3 when a test fails, too little is covered, or too many changes survive.
            """)

    @Argument(help: ArgumentHelp("The rules file.", valueName: "RULES"))
    var rules: String

    @Option(help: ArgumentHelp("The file of tests.", valueName: "FILE"))
    var tests: String?

    @Option(help: ArgumentHelp("Write the results as JUnit XML too.", valueName: "FILE"))
    var junit: String?

    @Option(help: ArgumentHelp("The least coverage in percent.", valueName: "PERCENT"))
    var minCoverage = 0

    @Flag(help: "Try whether the tests notice small changes of the rules.")
    var mutate = false

    @Option(
        help: ArgumentHelp("How many changes may go unnoticed, with --mutate. Default: any number.", valueName: "N"))
    var maxSurvivors: Int?

    mutating func validate() throws {
        if let maxSurvivors, maxSurvivors < 0 || !mutate {
            throw ValidationError("--max-survivors is a number, 0 or more, and needs --mutate")
        }
        guard (0...100).contains(minCoverage) else { throw ValidationError("--min-coverage is a percentage, 0 to 100") }
    }

    func run() throws {
        let snapshot = try RulesFile(path: rules).snapshot()
        let file = tests ?? Self.testsFile(of: rules)
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        let loaded = RulesTestFile.load(file: file, text: try KeyFiles.bytes(file), rules: snapshot) { name in
            Array(try Data(contentsOf: URL(fileURLWithPath: name, relativeTo: folder)))
        }
        for finding in loaded.diagnostics { print(finding) }
        guard let tests = loaded.tests else { throw ExitCode.checkFoundProblems }
        let result = snapshot.run(tests)
        print(result.text, terminator: "")
        if let junit { try write(result.junit, to: junit) }
        if result.coverage.percent < minCoverage {
            print("coverage is below \(minCoverage) %")
            throw ExitCode.checkFoundProblems
        }
        if result.failures > 0 { throw ExitCode.checkFoundProblems }
        if mutate { try runMutants(tests) }
    }

    private func runMutants(_ tests: RulesTestFile) throws {
        let file = RulesFile(path: rules)
        guard
            let run = MutationRun.run(
                file: rules, text: try KeyFiles.bytes(rules), tests: tests, loadList: { try file.loadList($0) })
        else { throw ServerError(.rulesInvalid, "\(rules) changed while its tests ran: run them again") }
        print(run.text, terminator: "")
        if let maxSurvivors, run.survivors.count > maxSurvivors {
            print("more than \(maxSurvivors) survived")
            throw ExitCode.checkFoundProblems
        }
    }

    /// `rules.tests.yaml` for `rules.yaml`.
    static func testsFile(of rules: String) -> String {
        let stem =
            rules.hasSuffix(".yaml") ? rules.dropLast(5) : rules.hasSuffix(".yml") ? rules.dropLast(4) : rules[...]
        return stem + ".tests.yaml"
    }

    private func write(_ text: String, to path: String) throws {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        } catch {
            throw ServerError(.fileUnwritable, "\(path) cannot be written: check the folder and its permissions")
        }
    }
}
