// callback-server decisions verify-receipt

import ArgumentParser
import CallbackProtocol
import DecisionLedger
import Foundation
import SystemCrypto

struct DecisionsVerifyReceipt: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify-receipt",
        abstract: "Verify a receipt, and print the record that it proves.",
        discussion: """
            Needs neither server nor database, only the log's public key, which you must have from somewhere you trust. Exit \
            code 3 when the receipt proves nothing.
            """)

    @Argument(help: ArgumentHelp("The receipt.", valueName: "FILE"))
    var receipt: String

    @OptionGroup var keys: VerifierKeyOption

    @Flag(help: "One JSON value.")
    var json = false

    mutating func validate() throws {
        guard keys.key != nil else { throw ValidationError("--key FILE is missing: the log's public key") }
    }

    func run() throws {
        guard let key = try keys.read() else { throw ExitCode.wrongCall }
        let bytes = try KeyFiles.bytes(receipt)
        let verified: VerifiedReceipt
        do throws(LedgerError) {
            verified = try DecisionReceipt(parsing: bytes).verify(against: [key], origin: key.name)
        } catch {
            printError("\(receipt): NOT valid: \(error.message) [\(error.code.rawValue)]")
            throw ExitCode.checkFoundProblems
        }
        let record = JSONValue.object(verified.record.object)
        if json {
            return printJSON(
                .object(
                    JSONObject([
                        .init("valid", .bool(true)), .init("origin", .string(verified.checkpoint.origin)),
                        .init("index", .number(String(verified.index))),
                        .init("size", .number(String(verified.checkpoint.size))), .init("record", record),
                    ])))
        }
        print(
            "Valid: entry \(verified.index + 1) of the log \(visible(verified.checkpoint.origin)), which had \(verified.checkpoint.size) entries then."
        )
        print(DecisionsShow.readable(verified.record.object), terminator: "")
    }
}
