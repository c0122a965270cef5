// callback-server rules diff

import ArgumentParser
import CallbackRules

struct RulesDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff",
        abstract: "Say what two versions of a rules file decide differently.",
        discussion: """
            Prints what becomes approved, held, retried, ignored or rejected, each with a request that shows it. What is \
            not printed does not change, unless it says undecided. Exit code 3 when something newly becomes approved, or \
            when something is undecided.
            """)

    @Argument(help: ArgumentHelp("The rules file in force.", valueName: "OLD"))
    var old: String

    @Argument(help: ArgumentHelp("The rules file that would replace it.", valueName: "NEW"))
    var new: String

    @OptionGroup var budget: BudgetOption

    @Flag(help: "One JSON value.")
    var json = false

    func run() throws {
        let (before, after) = (try RulesFile(path: old).snapshot(), try RulesFile(path: new).snapshot())
        let diff = RulesDiff(old: before, new: after, hasTime: budget.clock())
        print(json ? diff.json + "\n" : diff.text, terminator: "")
        if diff.needsReview { throw ExitCode.checkFoundProblems }
    }
}

/// `--budget`, the same for every verb that searches.
struct BudgetOption: ParsableArguments {
    @Option(help: ArgumentHelp("How long to search at most; what is left is undecided.", valueName: "SECONDS"))
    var budget = 5.0

    mutating func validate() throws {
        guard budget > 0, budget <= 86_400 else {
            throw ValidationError("--budget is a number of seconds, up to a day")
        }
    }

    /// Starts now.
    func clock() -> () -> Bool {
        let end = ContinuousClock.now.advanced(by: .seconds(budget))
        return { ContinuousClock.now < end }
    }
}
