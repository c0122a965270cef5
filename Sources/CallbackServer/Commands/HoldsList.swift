// callback-server holds list

import ArgumentParser
import DecisionLedger

struct HoldsList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Print the holds of the ledger, oldest first.",
        discussion: "Works beside a running server, and without one.")

    @Flag(help: "Only those that wait for people.")
    var open = false

    @OptionGroup var file: ConfigurationOption

    @Flag(help: "One JSON value per line.")
    var json = false

    func run() async throws {
        let holds = try LedgerAccess(configuration: try file.read().ledger).reader().holds(open: open)
        if json { return holds.forEach { printJSON($0.json) } }
        if holds.isEmpty { return print(open ? "Nothing waits for people." : "Nothing was ever held.") }
        print(HoldLine.header)
        holds.forEach { print(HoldLine.text($0)) }
    }
}
