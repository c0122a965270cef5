// callback-server decisions receipt

import ArgumentParser
import CallbackProtocol
import DecisionLedger
import Foundation

struct DecisionsReceipt: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt",
        abstract: "Write a receipt: the record, the proof that it is in the log, and a signed checkpoint, in one file.",
        discussion: """
            Whoever has the log's public key can verify it, with `decisions verify-receipt` or with any program that knows \
            C2SP tlog-proof: neither the server nor the database is needed for it.
            """)

    @Argument(help: ArgumentHelp("The entry's sequence number, or a request's id.", valueName: "SEQUENCE|REQUEST_ID"))
    var which: String

    @Option(
        name: .shortAndLong, help: ArgumentHelp("Write to a new file instead of standard output.", valueName: "FILE"))
    var output: String?

    @OptionGroup var file: ConfigurationOption

    func run() throws {
        let reader = try LedgerAccess(configuration: try file.read().ledger).reader()
        var sequence = Int64(which) ?? 0
        if try Int64(which) == nil || reader.receipt(sequence: sequence) == nil {
            // Of several decisions of a request, the one that is final.
            let found = try reader.show(requestId: which)
            sequence = (found.last { $0.action.isFinal && !$0.isConflict } ?? found.last)?.sequence ?? sequence
        }
        guard let receipt = try reader.receipt(sequence: sequence) else {
            throw ServerError(.notFound, "The ledger holds nothing with the sequence number or request id \(which)")
        }
        guard let output else { return try StandardOutput.write(receipt.serialized.utf8) }
        do {
            try Data(receipt.serialized.utf8).write(to: URL(fileURLWithPath: output), options: .withoutOverwriting)
        } catch {
            throw ServerError(
                .fileUnwritable, "The receipt \(output) cannot be written: it is there already, or its folder is not")
        }
    }
}
