// callback-server rules codes

import ArgumentParser
import CallbackProtocol
import CallbackRules

struct RulesCodes: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "codes",
        abstract: "Print every code that rules check and rules test can report, with its fix.",
        discussion: "With CODE: those only, and where each is explained with examples.")

    @Argument(help: ArgumentHelp("Codes like R056. Default: all, in short.", valueName: "CODE"))
    var codes: [String] = []

    @Flag(help: "One JSON value per code.")
    var json = false

    mutating func validate() throws {
        for code in codes where DiagnosticCode(rawValue: code) == nil {
            throw ValidationError("There is no code \(code); callback-server rules codes prints all of them")
        }
    }

    func run() {
        for code in codes.isEmpty ? DiagnosticCode.allCases : codes.compactMap(DiagnosticCode.init) {
            if json { printJSON(Self.json(code)) } else { print(codes.isEmpty ? Self.line(code) : Self.text(code)) }
        }
    }

    private static func json(_ code: DiagnosticCode) -> JSONValue {
        .object(
            JSONObject([
                .init("code", .string(code.rawValue)), .init("severity", .string(code.severity.rawValue)),
                .init("title", .string(code.title)), .init("fix", .string(code.fix)),
                .init("page", .string(code.page)),
            ]))
    }

    private static func line(_ code: DiagnosticCode) -> String {
        let severity = code.severity.rawValue
        return
            "\(code.rawValue)  \(severity)\(String(repeating: " ", count: 9 - severity.count))\(code.title). \(code.fix)"
    }

    private static func text(_ code: DiagnosticCode) -> String {
        """
        \(code.rawValue), \(code.severity.rawValue): \(code.title)
            \(code.fix)
            Why, and examples: \(code.page)
        """
    }
}
