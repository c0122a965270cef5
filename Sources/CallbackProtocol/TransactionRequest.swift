// The payload of `tx_sign_request`, after strict reading: what is present has the documented type.

/// A request to approve or sign one transaction. `nil` means that the member was absent.
///
/// For RAW and TYPED_MESSAGE an empty string counts as absent. Deprecated numbers are checked against their strings
/// while reading and then dropped: `amountStr` and its siblings are the only amounts.
package struct TransactionRequest: Sendable, Hashable {
    package var requestId: String
    package var txId: String?
    package var operation: String?
    package var sourceType: String?
    package var sourceId: String?
    package var destType: String?
    package var destId: String?
    package var asset: String?
    /// `amountStr`, in the asset's unit.
    package var amount: ExactDecimal?
    /// `requestedAmountStr`, in the asset's unit.
    package var requestedAmount: ExactDecimal?
    /// `fee`, in the chain's native unit. Signing stage only.
    package var fee: ExactDecimal?
    package var destAddressType: String?
    package var destAddress: String?
    /// Empty where the member was absent or empty.
    package var destinations: [Destination]
    package var rawTransactions: [RawTransaction]
    package var players: [String]
    package var signerId: String?
    package var note: String?
    package var externalTxId: String?
    package var extraParameters: JSONObject?
    package var stage: RequestStage
    /// The whole payload, with everything this type does not name.
    package var members: JSONObject

    /// One entry of `destinations`.
    package struct Destination: Sendable, Hashable {
        /// `amountNativeStr`
        package var amountNative: ExactDecimal?
        /// `amountUSD`, a JSON number on the wire.
        package var amountUSD: ExactDecimal?
        package var dstAddress: String?
        package var displayDstAddress: String?
        package var addressType: String?
        package var id: String?
        package var walletId: String?
        package var name: String?
        package var subType: String?
        package var type: String?
        /// The verdict of the workspace's own policy for this destination.
        package var action: String?
        package var actionInfo: JSONObject?

        package init(
            amountNative: ExactDecimal? = nil, amountUSD: ExactDecimal? = nil, dstAddress: String? = nil,
            displayDstAddress: String? = nil, addressType: String? = nil, id: String? = nil, walletId: String? = nil,
            name: String? = nil, subType: String? = nil, type: String? = nil, action: String? = nil,
            actionInfo: JSONObject? = nil
        ) {
            self.amountNative = amountNative
            self.amountUSD = amountUSD
            self.dstAddress = dstAddress
            self.displayDstAddress = displayDstAddress
            self.addressType = addressType
            self.id = id
            self.walletId = walletId
            self.name = name
            self.subType = subType
            self.type = type
            self.action = action
            self.actionInfo = actionInfo
        }
    }

    /// One entry of `rawTx`: the unsigned bytes and the hash that would be signed, both hexadecimal as sent.
    package struct RawTransaction: Sendable, Hashable {
        /// As sent: a text like `[ 44, 60, 0, 0, 0 ]`, or that text made from an array.
        package var keyDerivationPath: String?
        package var rawTx: String?
        package var payload: String?

        package init(keyDerivationPath: String? = nil, rawTx: String? = nil, payload: String? = nil) {
            self.keyDerivationPath = keyDerivationPath
            self.rawTx = rawTx
            self.payload = payload
        }
    }

    /// A request with nothing but its id; the reader and tests fill it in.
    package init(requestId: String, stage: RequestStage) {
        self.requestId = requestId
        self.stage = stage
        self.destinations = []
        self.rawTransactions = []
        self.players = []
        self.members = JSONObject()
    }
}
