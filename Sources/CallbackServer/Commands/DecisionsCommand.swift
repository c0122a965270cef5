// callback-server decisions: what was decided, and why.

import ArgumentParser

struct DecisionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decisions",
        abstract: "Look into the ledger, also beside a running server.",
        subcommands: [
            DecisionsList.self, DecisionsShow.self, DecisionsTail.self, DecisionsVerify.self, DecisionsReceipt.self,
            DecisionsVerifyReceipt.self, DecisionsCheckpoint.self, DecisionsHash.self, DecisionsSnapshot.self,
            DecisionsExport.self,
        ])
}
