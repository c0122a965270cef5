// callback-server rules schema

import ArgumentParser
import CallbackRules

struct RulesSchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema (2020-12) of rules files, for editors.",
        discussion: "Name it in the first line of a rules file: # yaml-language-server: $schema=PATH")

    func run() {
        print(RulesSchema.json, terminator: "")
    }
}
