// callback-server rules analyze

import ArgumentParser
import CallbackRules

struct RulesAnalyze: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "analyze",
        abstract: "Find rules that never match, change nothing, or are always overridden, and gaps between amounts.",
        discussion: """
            Prints proven findings, each with a request that shows it where there is one, and what is undecided. \
            Findings are advice: the exit code is 3 only where an approve or hold rule is contradicted by others.
            """)

    @Argument(help: ArgumentHelp("The rules file.", valueName: "FILE"))
    var file: String

    @OptionGroup var budget: BudgetOption

    @Flag(help: "One JSON value.")
    var json = false

    func run() throws {
        let analysis = RulesAnalysis(try RulesFile(path: file).snapshot(), hasTime: budget.clock())
        print(json ? analysis.json + "\n" : analysis.text, terminator: "")
        if analysis.hasContradictions { throw ExitCode.checkFoundProblems }
    }
}
