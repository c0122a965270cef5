// The conditions of the language: names, where they stand, and how they are matched.

package import CallbackProtocol

/// Something that a rule can ask about. The raw value is its path below `when`.
package enum ConditionField: String, Sendable, Hashable, CaseIterable {
    case cosigner, listener, signer, stage, operation, note, asset, amount, fee, type
    case externalID = "external_id"
    case amountUSD = "amount_usd"
    case sourceType = "source.type"
    case sourceID = "source.id"
    case destinationType = "destination.type"
    case destinationSubType = "destination.sub_type"
    case destinationID = "destination.id"
    case destinationName = "destination.name"
    case destinationAddress = "destination.address"
    case destinationAddressType = "destination.address_type"
    case destinationAmount = "destination.amount"
    case destinationAmountUSD = "destination.amount_usd"
    case destinationPolicyAction = "destination.policy_action"
    case walletKind = "wallet.kind"
    case walletName = "wallet.name"
    case walletAsset = "wallet.asset"
    case walletAddress = "wallet.address"
    case walletTag = "wallet.tag"
    case accountKind = "account.kind"
    case accountName = "account.name"
    case connectionID = "connection.id"
    case contractMethod = "contract.method"
    case contractAddress = "contract.address"
    case messageKind = "message.kind"
    case messageAlgorithm = "message.algorithm"
    case extraSignatureKey = "extra_signature.key"
    case rawTransactionAgrees = "raw_transaction.agrees"
    case timeWithin = "time.within"
    case timeOutside = "time.outside"

    /// How a field is compared.
    package enum Shape: Sendable {
        /// Free text: values, lists of ids, prefixes.
        case text
        /// Words of a vocabulary: values and lists of ids.
        case word
        /// Addresses by their own shape: values and lists of addresses.
        case address
        /// Exact decimals: bounds.
        case amount
        /// Functions of contracts, as 4-byte selectors or as signatures.
        case method
        /// Names of declared keys.
        case key
        /// true or false.
        case flag
        /// Names of windows.
        case window
    }

    package var shape: Shape {
        switch self {
        case .cosigner, .listener, .signer, .note, .asset, .externalID, .sourceID, .destinationID, .destinationName,
            .walletName, .walletAsset, .walletTag, .accountName, .connectionID:
            .text
        case .stage, .operation, .type, .sourceType, .destinationType, .destinationSubType, .destinationAddressType,
            .destinationPolicyAction, .walletKind, .accountKind, .messageKind, .messageAlgorithm:
            .word
        case .destinationAddress, .walletAddress, .contractAddress: .address
        case .contractMethod: .method
        case .extraSignatureKey: .key
        case .rawTransactionAgrees: .flag
        case .amount, .fee, .amountUSD, .destinationAmount, .destinationAmountUSD: .amount
        case .timeWithin, .timeOutside: .window
        }
    }

    /// Whether the condition is bound to one destination at a time.
    package var isOfDestination: Bool { rawValue.hasPrefix("destination.") }

    /// The conditions that rules for this kind of request can have.
    package static func fields(of kind: RequestKind) -> [ConditionField] {
        allCases.filter { field in
            let configurationOnly =
                field == .type || ["wallet.", "account.", "connection."].contains { field.rawValue.hasPrefix($0) }
            switch kind {
            case .transaction: return !configurationOnly
            case .configuration:
                return configurationOnly || field.shape == .window
                    || [.cosigner, .listener, .signer].contains(field)
            }
        }
    }

    /// Whether a limit can be kept for each value of this field.
    package var canSplitLimits: Bool {
        switch shape {
        case .text, .word, .address, .method: self != .note
        case .amount, .key, .flag, .window: false
        }
    }
}
