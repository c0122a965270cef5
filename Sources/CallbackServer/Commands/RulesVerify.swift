// callback-server rules verify

import ArgumentParser
import CallbackRules

struct RulesVerify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Show who signed a rules file, and whether enough people did.",
        discussion: """
            Looks at the rules file and every list and key file that it names; each needs its own signatures, FILE.sig or \
            FILE.NAME.sig beside it, as `rules sign` and `ssh-keygen -Y sign -n countersign-rules` make them. Exit code 3 \
            when one has fewer than required.
            """)

    @Argument(help: ArgumentHelp("The rules file.", valueName: "RULES"))
    var rules: String

    @Option(help: ArgumentHelp("Who may sign: an allowed-signers file, see ssh-keygen(1).", valueName: "FILE"))
    var allowedSigners: String

    @Option(help: ArgumentHelp("How many people must have signed.", valueName: "N"))
    var required = 1

    mutating func validate() throws {
        guard (1...100).contains(required) else { throw ValidationError("--required is 1 to 100") }
    }

    func run() throws {
        let file = RulesFile(path: rules)
        let loaded = try file.read()
        guard loaded.result.snapshot != nil else { _ = try file.snapshot(); return }
        let signatures = RulesSignatures(allowedSigners: allowedSigners, required: required)
        let verdicts = try signatures.verdicts(
            loaded.documents, at: RulesInstant(seconds: Timestamp.now.seconds))
        for verdict in verdicts { print(signatures.describe(verdict)) }
        if verdicts.contains(where: { $0.tally.principals.count < required }) { throw ExitCode.checkFoundProblems }
    }
}
