// callback-server init

import ArgumentParser
import Foundation

struct InitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "init",
        abstract:
            "Make a directory that serves as it is: configuration, keys, development certificates, starter rules.",
        discussion: """
            The starter rules approve nothing. Nothing is overwritten: exit code 1 names what is in the way. \
            The certificates are for development; production ones come from your own authority.
            """)

    @Argument(help: ArgumentHelp("The directory to make.", valueName: "DIR"))
    var directory: String

    @Option(help: ArgumentHelp("Where to listen in public-key mode (JWT).", valueName: "HOST:PORT"))
    var address = "127.0.0.1:8443"

    @Option(
        help: ArgumentHelp("Also listen in certificate mode (plain JSON), for this host only.", valueName: "HOST:PORT"))
    var certificateModeAddress: String?

    @Option(help: ArgumentHelp("Where health and readiness are answered.", valueName: "HOST:PORT"))
    var adminAddress = "127.0.0.1:9443"

    @Option(help: ArgumentHelp("The co-signer's public key, from `cosigner print-public-key`.", valueName: "FILE.pem"))
    var cosignerKey: String?

    @Option(
        help: ArgumentHelp(
            "A rules file to copy instead of the starter rules, with its lists and its tests.", valueName: "FILE"))
    var rules: String?

    mutating func validate() throws {
        guard !directory.isEmpty else { throw ValidationError("DIR is the name of a directory, and empty here") }
        for (option, text) in [
            ("--address", address), ("--certificate-mode-address", certificateModeAddress),
            ("--admin-address", adminAddress),
        ] {
            if let text, SocketAddressText(text) == nil {
                throw ValidationError("\(option) must be HOST:PORT, for example 127.0.0.1:8443; it is \(text)")
            }
        }
    }

    func run() throws {
        let plan = try DirectoryPlan(
            directory: directory, address: address, certificateModeAddress: certificateModeAddress,
            adminAddress: adminAddress, cosignerKey: cosignerKey, rules: rules)
        try plan.write()
        print(plan.report)
    }
}
