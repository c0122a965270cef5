// callback-server decisions list

import ArgumentParser
import DecisionLedger

struct DecisionsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List recorded decisions, oldest first.")

    @OptionGroup var file: ConfigurationOption
    @OptionGroup(title: "Filters") var options: DecisionFilterOptions

    @Option(help: ArgumentHelp("Only the newest N of them.", valueName: "N"))
    var limit: Int?

    @Flag(help: "One JSON value per line.")
    var json = false

    mutating func validate() throws {
        if let limit, limit < 1 { throw ValidationError("--limit must be at least 1") }
    }

    func run() throws {
        let reader = try LedgerAccess(configuration: try file.read().ledger).reader()
        if !json { print(DecisionLine.header) }
        try reader.each(options.filter, limit: limit) { decision in
            print(json ? decision.json() : DecisionLine.text(decision))
        }
    }
}
