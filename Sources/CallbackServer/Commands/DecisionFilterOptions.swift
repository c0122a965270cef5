// The filters of `decisions list` and `decisions tail`.

import ArgumentParser
import CallbackProtocol
import DecisionLedger

extension CallbackAction: ExpressibleByArgument {}
extension RequestStage: ExpressibleByArgument {}

extension ExactDecimal: ExpressibleByArgument {
    /// Reads plain decimal notation.
    public init?(argument: String) {
        self.init(plain: argument)
    }
}

extension LedgerInstant: ExpressibleByArgument {
    /// Reads an RFC 3339 date, or date and time.
    public init?(argument: String) {
        self.init(argument)
    }
}

/// Every option given must hold.
struct DecisionFilterOptions: ParsableArguments {
    @Option(help: "APPROVE, REJECT, IGNORE or RETRY.")
    var action: CallbackAction?

    @Option(help: "transaction or configuration.")
    var kind: RequestKind?

    @Option(help: "signing or approval.")
    var stage: RequestStage?

    @Option(help: "The asset id, for example ETH.")
    var asset: String?

    @Option(help: "The id of the deciding rule.")
    var rule: String?

    @Option(help: "The co-signer's name.")
    var cosigner: String?

    @Option(help: "The API user's id.")
    var signer: String?

    @Option(help: "The request's id.")
    var requestId: String?

    @Option(help: "The transaction's id.")
    var txId: String?

    @Option(help: "The id that your own system gave the transaction.")
    var externalTxId: String?

    @Option(help: "A part of a destination, a source or an address.")
    var text: String?

    @Option(help: ArgumentHelp("At least this amount, in the asset's unit.", valueName: "DECIMAL"))
    var minAmount: ExactDecimal?

    @Option(help: ArgumentHelp("At most this amount, in the asset's unit.", valueName: "DECIMAL"))
    var maxAmount: ExactDecimal?

    @Option(help: ArgumentHelp("At least this sum in USD.", valueName: "DECIMAL"))
    var minUsd: ExactDecimal?

    @Option(help: ArgumentHelp("At most this sum in USD.", valueName: "DECIMAL"))
    var maxUsd: ExactDecimal?

    @Option(help: ArgumentHelp("Recorded at or after: 2026-11-21 or 2026-11-21T09:30:00Z.", valueName: "INSTANT"))
    var since: LedgerInstant?

    @Option(help: ArgumentHelp("Recorded before.", valueName: "INSTANT"))
    var until: LedgerInstant?

    @Flag(help: "Only rejections of changed payloads under a decided requestId.")
    var conflicts = false

    var filter: DecisionFilter {
        var filter = DecisionFilter()
        filter.action = action
        filter.kind = kind
        filter.stage = stage
        filter.asset = asset
        filter.rule = rule
        filter.cosigner = cosigner
        filter.signerId = signer
        filter.requestId = requestId
        filter.txId = txId
        filter.externalTxId = externalTxId
        filter.text = text
        filter.minimumAmount = minAmount
        filter.maximumAmount = maxAmount
        filter.minimumUSD = minUsd
        filter.maximumUSD = maxUsd
        filter.since = since
        filter.until = until
        filter.conflictsOnly = conflicts
        return filter
    }
}
