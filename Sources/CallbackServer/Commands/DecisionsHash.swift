// callback-server decisions hash

import ArgumentParser
import CallbackProtocol
import DecisionLedger

struct DecisionsHash: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash",
        abstract: "Find the decisions whose request held a known value that is not stored in clear.",
        discussion: """
            Secrets and masked members are stored as salted commitments. Whoever knows a value can find where it was; nobody \
            can read it out of the ledger. The value is read from standard input, so that it stands in no list of processes; \
            one line end behind it does not count.
            """)

    @OptionGroup var file: ConfigurationOption

    @Flag(help: "One JSON value per line.")
    var json = false

    func run() throws {
        guard let value = readLine(strippingNewline: true), !value.isEmpty else {
            throw ServerError(.workFailed, "No value came on standard input")
        }
        let found = try LedgerAccess(configuration: try file.read().ledger).reader().committing(to: value)
        for (decision, path) in found {
            if json {
                printJSON(
                    .object(
                        JSONObject([
                            .init("sequence", .number(String(decision.sequence))),
                            .init("requestId", .string(decision.requestId)), .init("path", .string(path)),
                        ])))
            } else {
                print(visible("\(decision.sequence)  \(decision.requestId)  \(path)"))
            }
        }
        if found.isEmpty, !json { print("No decision held that value in a member that is not stored in clear.") }
    }
}
