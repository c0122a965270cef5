// cosigner setup

import ArgumentParser
import CallbackProtocol
import SystemCrypto

struct SetupCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "setup",
        abstract: "Set up this co-signer and its first API user.",
        discussion: """
            --standalone needs no workspace: the co-signer gets its key and one API user, and can ask a callback handler. It \
            has no key shares and signs no transaction. The key is kept in HOME/cosigner-private.pem (0600).
            """)

    @OptionGroup var home: HomeOption

    @Flag(help: "Without a workspace: to test a callback handler.")
    var standalone = false

    @Option(help: ArgumentHelp("The API user's id. Default: a new UUID.", valueName: "ID"))
    var userId: String?

    mutating func validate() throws {
        guard standalone else {
            throw ValidationError(
                "Pairing with a workspace is not supported yet; use --standalone to test a callback handler")
        }
        if let userId {
            guard RequestIdentity.isUsable(userId), !userId.contains(" ") else {
                throw ValidationError(
                    "--user-id must be 1 to \(RequestIdentity.longestId) printable characters without spaces")
            }
        }
    }

    func run() throws {
        let directory = home.directory
        let user = APIUser(id: try userId ?? SecureRandom.uuid(), workspace: "standalone", callback: nil)
        let key = try directory.create(user)
        print(
            """
            Set up \(directory.path) for tests of a callback handler (no workspace, no key shares).
            API user        \(user.id)
            Public key      \(key.publicKey.fingerprintLabel)
            Next            cosigner print-public-key, then cosigner callback-update --url URL --auth OPTION
            """)
    }
}
