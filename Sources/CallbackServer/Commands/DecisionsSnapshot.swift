// callback-server decisions snapshot

import ArgumentParser
import DecisionLedger

struct DecisionsSnapshot: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshot",
        abstract: "Copy a SQLite ledger to a new file, consistent and complete, while the server runs.",
        discussion: """
            A backup. Copying the file itself while the server writes is none. A PostgreSQL ledger is backed up with \
            PostgreSQL's own tools.
            """)

    @Argument(help: ArgumentHelp("The new file.", valueName: "FILE"))
    var destination: String

    @OptionGroup var file: ConfigurationOption

    func run() throws {
        let size = try LedgerAccess(configuration: try file.read().ledger).copy(to: destination)
        print("\(destination): \(size) entries")
    }
}
