// callback-server holds: requests that wait for people.

import ArgumentParser

struct HoldsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "holds",
        abstract: "Look at requests that wait for people, and sign for them.",
        discussion: """
            An approver reads the statement of a hold, signs exactly that text with an OpenSSH key, and hands the signature \
            in. The signature is what counts, not who brings it. The next time the co-signer asks, the rules are evaluated \
            with it.
            """,
        subcommands: [HoldsList.self, HoldsStatement.self, HoldsApprove.self, HoldsRefuse.self])
}
