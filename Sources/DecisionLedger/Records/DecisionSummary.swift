// What a person wants to see of a request at one glance, and what searches look at.

import CallbackProtocol

/// The key facts of a request. Holds nothing secret: for configuration changes only members known to be harmless.
struct DecisionSummary {
    /// The members in the order in which they are shown.
    private(set) var object = JSONObject()
    private(set) var txId: String?
    private(set) var externalTxId: String?
    private(set) var asset: String?
    private(set) var amount: ExactDecimal?
    private(set) var amountUSD: ExactDecimal?

    init(_ content: AuthenticatedRequest.Content) {
        switch content {
        case .transaction(let request): describe(request)
        case .configuration(let request): describe(request)
        case .malformed(let request): object.set("malformed", .string(request.code))
        }
    }

    private mutating func describe(_ request: TransactionRequest) {
        txId = request.txId?.storable
        externalTxId = request.externalTxId?.storable
        asset = request.asset?.storable
        amount = request.amount
        amountUSD = Self.total(request.destinations)
        object.reserveCapacity(6)
        set("operation", request.operation)
        set("asset", asset)
        set("amount", amount?.description)
        set("amountUsd", amountUSD?.description)
        set("source", Self.party(request.sourceType, request.sourceId, nil))
        object.set("destinations", .array(Self.destinations(request).map { .string($0.storable) }))
    }

    private mutating func describe(_ request: ConfigurationChangeRequest) {
        set("type", request.type)
        asset = request.extraInfo?["asset"]?.string?.storable
        for name in Self.harmlessFacts {
            set(name, request.extraInfo?[name]?.string)
        }
    }

    private mutating func set(_ name: String, _ value: String?) {
        if let value { object.set(name, .string(value.storable)) }
    }

    /// Members of `extraInfo` (protocol reference, section 4) that are never secret. `apiKey` is, and what is not
    /// documented may be.
    private static let harmlessFacts = [
        "subType", "walletName", "walletId", "asset", "address", "tag", "accountName", "accountId",
        "networkConnectionId", "connectionId", "networkID", "localNetworkID", "remoteTenantID",
    ]

    /// The sum over all destinations; `nil` where one has no price, as a sum of the others would mislead.
    private static func total(_ destinations: [TransactionRequest.Destination]) -> ExactDecimal? {
        var sum: ExactDecimal?
        for destination in destinations {
            guard let amount = destination.amountUSD else { return nil }
            sum = (sum ?? .zero) + amount
        }
        return sum
    }

    /// `VAULT/1 0x5dC6…` for each destination; the address as the rules see it.
    private static func destinations(_ request: TransactionRequest) -> [String] {
        guard !request.destinations.isEmpty else {
            return party(request.destType, request.destId, request.destAddress).map { [$0] } ?? []
        }
        let only = request.destinations.count == 1
        return request.destinations.compactMap { destination in
            let address =
                destination.displayDstAddress ?? destination.dstAddress ?? (only ? request.destAddress : nil)
            return party(destination.type, destination.id, address)
        }
    }

    private static func party(_ type: String?, _ id: String?, _ address: String?) -> String? {
        var text = type ?? ""
        if let id, !id.isEmpty { text += text.isEmpty ? id : "/" + id }
        if let address, !address.isEmpty { text += text.isEmpty ? address : " " + address }
        return text.isEmpty ? nil : text
    }
}
