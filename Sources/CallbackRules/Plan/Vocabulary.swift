// The documented words of the protocol, and those that mean the same.

import CallbackProtocol

/// Words that requests use for types, and their synonyms (rules language, item 10).
enum Vocabulary {
    /// One spelling for words that are one value. Applied to both sides of a comparison.
    static func canonical(_ word: String, of field: ConditionField) -> String {
        switch field {
        case .sourceType, .destinationType, .destinationAddressType: canonicalType(word)
        default: word
        }
    }

    static func canonicalType(_ word: String) -> String {
        if word.isExactly("ONE_TIME") { return "ONE_TIME_ADDRESS" }
        if word.isExactly("VAULT_ACCOUNT") { return "VAULT" }
        if word.isExactly("EXCHANGE_ACCOUNT") { return "EXCHANGE" }
        return word
    }

    /// The documented and observed words of a field; `nil` where any text is expected.
    static func listed(for field: ConditionField) -> [String]? {
        switch field {
        case .operation: operations
        case .sourceType, .destinationType: peerTypes
        case .destinationAddressType: ["WHITELISTED", "ONE_TIME", "ONE_TIME_ADDRESS"]
        case .destinationPolicyAction: ["ALLOW", "BLOCK", "2-TIER"]
        case .destinationSubType: [""] + walletKinds + accountKinds
        case .messageKind: messageKinds
        case .messageAlgorithm: ["MPC_ECDSA_SECP256K1", "MPC_ECDSA_SECP256R1", "MPC_EDDSA_ED25519"]
        case .walletKind: walletKinds
        case .accountKind: accountKinds
        case .type: ConfigurationChangeRequest.documentedTypes
        default: nil
        }
    }

    static let stages = RequestStage.allCases.map(\.rawValue)

    static let operations = [
        "TRANSFER", "MINT", "BURN", "CONTRACT_CALL", "TYPED_MESSAGE", "RAW", "ENABLE_ASSET", "STAKE", "UNSTAKE",
        "WITHDRAW", "PROGRAM_CALL", "APPROVE", "SUPPLY_TO_COMPOUND", "REDEEM_FROM_COMPOUND",
    ]

    /// Operations that call a contract or a program.
    static let callOperations = ["CONTRACT_CALL", "PROGRAM_CALL", "APPROVE"]
    /// Operations that sign messages.
    static let messageOperations = ["TYPED_MESSAGE", "RAW"]

    /// Operations whose contract data or message is what really gets signed.
    static let opaqueOperations = callOperations + messageOperations

    private static let peerTypes = [
        "VAULT", "VAULT_ACCOUNT", "EXCHANGE", "EXCHANGE_ACCOUNT", "UNMANAGED", "FIAT_ACCOUNT", "NETWORK_CONNECTION",
        "COMPOUND", "ONE_TIME", "ONE_TIME_ADDRESS", "INTERNAL_WALLET", "EXTERNAL_WALLET", "CONTRACT", "GAS_STATION",
        "END_USER_WALLET", "UNKNOWN", "MULTI_DESTINATION",
    ]

    private static let messageKinds = ["RAW", "ETH_MESSAGE", "EIP191", "EIP712", "BTC_MESSAGE"]

    private static let walletKinds = ["INTERNAL", "EXTERNAL", "CONTRACT"]

    private static let accountKinds = [
        "BINANCE", "BINANCEUS", "BITFINEX", "BITHUMB", "BITMEX", "BITSO", "BITSTAMP", "BITTREX", "BYBIT", "CIRCLE",
        "COINBASEEXCHANGE", "COINBASEPRO", "COINMETRO", "COINSPRO", "CRYPTOCOM", "DERIBIT", "GEMINI", "HITBTC", "HUOBI",
        "INDEPENDENTRESERVE", "KORBIT", "KRAKEN", "KRAKENINTL", "KUCOIN", "LIQUID", "OKCOIN", "OKEX", "PAXOS",
        "POLONIEX", "BLINC",
    ]
}
