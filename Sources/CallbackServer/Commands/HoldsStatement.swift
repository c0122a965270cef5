// callback-server holds statement

import ArgumentParser
import DecisionLedger

struct HoldsStatement: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statement",
        abstract: "Print the text that an approver signs, byte for byte.",
        discussion: """
            Sign it with: callback-server holds statement 7 | ssh-keygen -Y sign -n \(HoldStatement.namespace) -f KEY > 7.sig
            and hand it in with: callback-server holds approve 7 --signature 7.sig
            To refuse, sign what --verdict refuse prints, and hand it in with: callback-server holds refuse 7 --signature 7.sig
            """)

    @Argument(help: ArgumentHelp("The hold's number.", valueName: "HOLD"))
    var hold: Int64

    @Option(help: ArgumentHelp("approve or refuse.", valueName: "VERDICT"))
    var verdict = HoldVerdict.approve

    @OptionGroup var file: ConfigurationOption

    func run() async throws {
        guard let found = try LedgerAccess(configuration: try file.read().ledger).reader().hold(hold) else {
            throw ServerError(.notFound, "The ledger has no hold \(hold); `holds list` shows them")
        }
        try StandardOutput.write(found.statement.bytes(verdict))
    }
}

extension HoldVerdict: ExpressibleByArgument {}
