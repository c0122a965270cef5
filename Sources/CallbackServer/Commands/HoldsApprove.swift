// callback-server holds approve and refuse

import ArgumentParser
import DecisionLedger

struct HoldsApprove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "approve", abstract: "Hand in an approver's signature that lets a request go on.")

    @OptionGroup var signing: HoldSigning

    func run() async throws { try await signing.run(.approve) }
}

struct HoldsRefuse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "refuse", abstract: "Hand in an approver's signature that rejects a request for good.")

    @OptionGroup var signing: HoldSigning

    func run() async throws { try await signing.run(.refuse) }
}
