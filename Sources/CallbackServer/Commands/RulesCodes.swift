// callback-server rules codes

import ArgumentParser
import CallbackProtocol
import CallbackRules

struct RulesCodes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codes", abstract: "Print every code that rules check can report, with its fix.")

    @Flag(help: "One JSON value per code.")
    var json = false

    func run() {
        for code in DiagnosticCode.allCases {
            if json {
                printJSON(
                    .object(
                        JSONObject([
                            .init("code", .string(code.rawValue)), .init("severity", .string(code.severity.rawValue)),
                            .init("title", .string(code.title)), .init("fix", .string(code.fix)),
                        ])))
            } else {
                let severity = code.severity.rawValue
                print(
                    "\(code.rawValue)  \(severity)\(String(repeating: " ", count: 9 - severity.count))\(code.title). \(code.fix)"
                )
            }
        }
    }
}
