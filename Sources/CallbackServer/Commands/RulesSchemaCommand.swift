// callback-server rules schema

import ArgumentParser
import CallbackRules

struct RulesSchemaCommand: ParsableCommand {
    enum Subject: String, ExpressibleByArgument, CaseIterable {
        case rules, tests, config

        var schema: String {
            switch self {
            case .rules: RulesSchema.json
            case .tests: RulesTestSchema.json
            case .config: ConfigurationSchema.json
            }
        }
    }

    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema (2020-12) of rules files, of their tests, or of callback-server.yaml.",
        discussion: "For editors: name it in the first line of a file, # yaml-language-server: $schema=PATH")

    @Argument(help: ArgumentHelp("What to describe.", valueName: "rules|tests|config"))
    var subject = Subject.rules

    func run() {
        print(subject.schema, terminator: "")
    }
}
