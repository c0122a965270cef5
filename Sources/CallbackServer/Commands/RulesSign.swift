// callback-server rules sign

import ArgumentParser
import CallbackRules
import Foundation

struct RulesSign: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign a rules file and every file that it names, by ssh-keygen.",
        discussion: """
            Writes FILE.NAME.sig beside each file. The key stays where it is: a file, an agent or a FIDO2 token, and \
            ssh-keygen asks for its passphrase or touch. A file with errors is not signed.
            """)

    @Argument(help: ArgumentHelp("The rules file.", valueName: "RULES"))
    var rules: String

    @Option(
        help: ArgumentHelp("The signing key: a private key, or the public half of one in the agent.", valueName: "FILE")
    )
    var key: String

    @Option(name: .customLong("as"), help: ArgumentHelp("Your name in the signature files' names.", valueName: "NAME"))
    var name: String

    mutating func validate() throws {
        guard !name.isEmpty, name.utf8.count <= 64,
            name.utf8.allSatisfy({
                $0 == 0x2d || $0 == 0x5f || (0x30...0x39).contains($0) || (0x61...0x7a).contains($0 | 0x20)
            })
        else { throw ValidationError("--as is a name of letters, digits, - and _") }
    }

    func run() throws {
        let file = RulesFile(path: rules)
        _ = try file.snapshot()
        for document in try file.read().documents {
            let signature = "\(document.path).\(name).sig"
            try Data(try SSHKeygen(key: key, namespace: RulesSignatures.namespace).sign(document.bytes, document.path))
                .write(
                    to: URL(fileURLWithPath: signature), options: .atomic)
            print("\(signature)")
        }
    }
}
