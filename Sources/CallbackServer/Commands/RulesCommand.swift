// callback-server rules: what security teams run on a rules file.

import ArgumentParser

struct RulesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rules",
        abstract: "Check, compare and explain rules files, and reload those of a running server.",
        subcommands: [
            RulesCheck.self, RulesFmt.self, RulesTest.self, RulesExplain.self, RulesSchemaCommand.self, RulesCodes.self,
            RulesDiffCommand.self, RulesAnalyze.self, RulesReplay.self, RulesSign.self, RulesVerify.self,
            RulesReloadCommand.self,
        ])
}
