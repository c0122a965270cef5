// callback-server decisions checkpoint

import ArgumentParser
import DecisionLedger

struct DecisionsCheckpoint: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "checkpoint",
        abstract:
            "Print the newest signed checkpoint: what to keep elsewhere, to prove later that nothing was taken back.",
        discussion: "Check it later with: callback-server decisions verify --checkpoint FILE")

    @OptionGroup var file: ConfigurationOption

    @Flag(help: "Print the log's verifier key (C2SP signed-note) instead.")
    var key = false

    func run() throws {
        let access = LedgerAccess(configuration: try file.read().ledger)
        if key { return print(try access.verifierKey().description) }
        guard let note = try access.reader().newestCheckpoint() else {
            throw ServerError(.notFound, "Nothing was signed yet: the ledger is empty, or a second old")
        }
        print(note.serialized, terminator: "")
    }
}
