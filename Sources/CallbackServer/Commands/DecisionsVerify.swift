// callback-server decisions verify

import ArgumentParser
import CallbackProtocol
import DecisionLedger
import SystemCrypto

struct DecisionsVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract:
            "Prove that the ledger holds what was recorded: nothing changed, removed, added or put in another order.",
        discussion: """
            Recomputes every record's hash, the tree above them, and everything that is derived from them, also beside a \
            running server. With a checkpoint that you kept (`decisions checkpoint`), it also proves that the ledger still \
            begins with what that checkpoint covers: only so can a ledger that was put back as a whole be noticed. Exit code \
            3 when something is wrong.
            """)

    @Option(help: ArgumentHelp("A checkpoint that you kept, and trust.", valueName: "FILE"))
    var checkpoint: String?

    @Flag(help: "Look only at what came after the checkpoint.")
    var tail = false

    @OptionGroup var keys: VerifierKeyOption
    @OptionGroup var file: ConfigurationOption

    @Flag(help: "One JSON value.")
    var json = false

    mutating func validate() throws {
        if tail, checkpoint == nil { throw ValidationError("--tail needs --checkpoint") }
    }

    func run() throws {
        let access = LedgerAccess(configuration: try file.read().ledger)
        let key = try keys.read() ?? access.verifierKey()
        let trusted = try checkpoint.map { path in
            try Checkpoint(verifying: SignedNote(parsing: KeyFiles.bytes(path)), by: [key], origin: key.name)
        }
        let report = try LedgerVerifier(access.readers(Processors.available + 1), key: key)
            .verify(trusted: trusted, tailOnly: tail)
        if json {
            printJSON(report.json)
        } else {
            print(report.text)
        }
        if !report.isSound { throw ExitCode.checkFoundProblems }
    }
}

extension LedgerReport {
    fileprivate var text: String {
        var lines = findings.map { finding in
            let place = finding.sequence.map { "entry \($0): " } ?? ""
            return "\(place)\(visible(finding.message)) [\(finding.code.rawValue)]"
        }
        if findingCount > findings.count { lines.append("and \(findingCount - findings.count) more findings") }
        lines.append("\(visible(origin)): \(size) entries, \(checked) looked at, root \(Hexadecimal.encode(root))")
        let unsigned = size - signedSize
        lines.append(
            unsigned > 0
                ? "signed up to entry \(signedSize); the last \(unsigned) have no checkpoint yet"
                : "signed up to the last entry")
        lines.append(
            isSound
                ? "The ledger is as it was recorded."
                : "The ledger is NOT as it was recorded: \(findingCount) findings.")
        return lines.joined(separator: "\n")
    }

    fileprivate var json: JSONValue {
        .object(
            JSONObject([
                .init("sound", .bool(isSound)), .init("origin", .string(origin)), .init("size", .number(String(size))),
                .init("checked", .number(String(checked))), .init("root", .string(Hexadecimal.encode(root))),
                .init("signedSize", .number(String(signedSize))),
                .init("findingCount", .number(String(findingCount))),
                .init(
                    "findings",
                    .array(
                        findings.map { finding in
                            .object(
                                JSONObject([
                                    .init("code", .string(finding.code.rawValue)),
                                    .init("sequence", finding.sequence.map { .number(String($0)) } ?? .null),
                                    .init("message", .string(finding.message)),
                                ]))
                        })),
            ]))
    }
}
