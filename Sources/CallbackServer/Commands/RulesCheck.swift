// callback-server rules check

import ArgumentParser
import CallbackRules

struct RulesCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Parse, type-check and lint rules files.",
        discussion: "Prints file:line:column, a code and a hint per finding. Exit code 3 when there is an error.")

    @Argument(help: ArgumentHelp("Rules files.", valueName: "FILE"))
    var files: [String]

    @Option(
        help: ArgumentHelp(
            "A server configuration: warns of approve rules that name no co-signer where it has a certificate-mode listener.",
            valueName: "FILE"))
    var config: String?

    @Flag(help: "One JSON value per finding.")
    var json = false

    mutating func validate() throws {
        guard !files.isEmpty else { throw ValidationError("Name at least one rules file") }
    }

    func run() throws {
        let unauthenticated =
            try config.map { try ServerConfiguration.read(file: $0) }?
            .listeners.contains { $0.mode == .certificate } ?? false
        var failed = false
        var codes: Set<DiagnosticCode> = []
        for file in files {
            let result = try RulesFile(path: file).load()
            let findings = result.diagnostics + (unauthenticated ? result.snapshot?.certificateModeWarnings ?? [] : [])
            for finding in findings { print(json ? finding.json : finding.description) }
            codes.formUnion(findings.map(\.code))
            failed = failed || result.snapshot == nil
            if let snapshot = result.snapshot, !json {
                print("\(file): \(snapshot.ruleCount) rules, \(findings.count) findings, \(snapshot.digest)")
            }
        }
        if !codes.isEmpty, !json {
            let names = codes.map(\.rawValue).sorted().joined(separator: " ")
            print("What this means, with examples: callback-server rules codes \(names)")
        }
        if failed { throw ExitCode.checkFoundProblems }
    }
}
