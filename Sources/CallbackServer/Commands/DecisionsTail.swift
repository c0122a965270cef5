// callback-server decisions tail

import ArgumentParser
import DecisionLedger

struct DecisionsTail: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tail",
        abstract: "Show the newest decisions, then each new one as it is recorded, until interrupted.")

    @OptionGroup var file: ConfigurationOption
    @OptionGroup(title: "Filters") var options: DecisionFilterOptions

    @Option(name: .customShort("n"), help: ArgumentHelp("How many of the newest ones first.", valueName: "N"))
    var count = 10

    @Flag(help: "One JSON value per line.")
    var json = false

    mutating func validate() throws {
        if count < 0 { throw ValidationError("-n must not be negative") }
    }

    func run() async throws {
        let reader = try LedgerAccess(configuration: try file.read().ledger).reader()
        let last = try reader.lastSequence()
        if !json { show(DecisionLine.header) }
        for decision in try reader.list(options.filter, limit: count) where decision.sequence <= last { show(decision) }
        try await reader.follow(after: last, options.filter) { show($0) }
    }

    private func show(_ decision: RecordedDecision) {
        show(json ? decision.json() : DecisionLine.text(decision))
    }

    private func show(_ line: String) {
        do {
            try StandardOutput.write((line + "\n").utf8)
        } catch {
            Self.end(with: error)
        }
    }
}
