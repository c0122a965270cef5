// What rules see of a transaction request.

import CallbackProtocol

/// Everything that conditions on transactions can ask, computed once per evaluation. Used on one thread.
final class TransactionFacts: FactSource {
    private let request: TransactionRequest
    private let cosigner: String?
    private let listener: String
    private let destinations: [DestinationFacts]
    private let amount: Fact<ExactDecimal>
    private let amountUSD: Fact<ExactDecimal>
    private let fee: Fact<ExactDecimal>
    private let windows: [Bool]
    private let assets: [String: DeclaredAsset]
    /// Whether the bytes that would be signed say what the request says: they are decoded once, and only where a rule asks.
    private lazy var rawTransactionAgrees: Fact<Bool> =
        switch RawTransactionCheck.agreement(of: request, assets: assets) {
        case .agrees: .value(true)
        case .disagrees: .value(false)
        case .unknown(let why): .unknown(why)
        case .notApplicable: .notApplicable
        }

    init(
        _ request: TransactionRequest, cosigner: String?, listener: String, windows: [Bool],
        assets: [String: DeclaredAsset] = [:]
    ) {
        self.request = request
        self.cosigner = cosigner
        self.listener = listener
        self.windows = windows
        self.assets = assets
        // Without an operation it may be RAW: could not tell is never yes.
        let isOpaque = request.operation.map { $0.isExactly("RAW") || $0.isExactly("TYPED_MESSAGE") } ?? true
        destinations = DestinationFacts.all(of: request, isOpaque: isOpaque)
        amount = isOpaque ? .unknown("amounts mean nothing for this operation") : Self.amount(of: request)
        amountUSD = isOpaque ? .unknown("amounts mean nothing for this operation") : Self.sum(destinations)
        fee =
            if let fee = request.fee {
                .value(fee)
            } else if request.stage == .signing {
                .unknown("fee is absent")
            } else {
                .notApplicable
            }
    }

    /// `amountStr`, unless the destinations say that more is leaving.
    private static func amount(of request: TransactionRequest) -> Fact<ExactDecimal> {
        guard let amount = request.amount else { return .unknown("amountStr is absent") }
        var sum = ExactDecimal.zero
        for destination in request.destinations {
            guard let native = destination.amountNative else { return .unknown("an amountNativeStr is absent") }
            sum = sum + native
        }
        return sum > amount ? .unknown("the destinations add up to more than amountStr") : .value(amount)
    }

    private static func sum(_ destinations: [DestinationFacts]) -> Fact<ExactDecimal> {
        guard !destinations.isEmpty else { return .unknown("there are no destinations to price") }
        var sum = ExactDecimal.zero
        for destination in destinations {
            guard case .value(let price) = destination.amountUSD else { return destination.amountUSD }
            sum = sum + price
        }
        return .value(sum)
    }

    var destinationCount: Int { destinations.count }

    func text(_ field: ConditionField, destination: Int?) -> Fact<String> {
        if field.isOfDestination {
            guard let destination else { return .notApplicable }
            let facts = destinations[destination]
            switch field {
            case .destinationType: return facts.type
            case .destinationSubType: return facts.subType
            case .destinationID: return facts.id
            case .destinationName: return facts.name
            case .destinationAddress: return facts.address
            case .destinationAddressType: return facts.addressType
            case .destinationPolicyAction: return facts.policyAction
            default: return .notApplicable
            }
        }
        switch field {
        case .cosigner: return .due(cosigner, "the listener's mode authenticates no co-signer")
        case .listener: return .value(listener)
        case .signer: return .due(request.signerId, "signerId is absent")
        case .stage: return .value(request.stage.rawValue)
        case .operation: return .due(request.operation, "operation is absent")
        case .externalID: return .optional(request.externalTxId)
        case .note: return .optional(request.note)
        case .asset: return .due(request.asset, "asset is absent")
        case .sourceType: return .due(request.sourceType.map(Vocabulary.canonicalType), "sourceType is absent")
        case .sourceID: return .due(request.sourceId, "sourceId is absent")
        case .contractMethod: return OpaqueFacts(request: request).contractMethod
        case .contractAddress: return OpaqueFacts(request: request).contractAddress(destinations, \.address)
        case .messageKind: return OpaqueFacts(request: request).messageKind
        case .messageAlgorithm: return OpaqueFacts(request: request).messageAlgorithm
        default: return .notApplicable
        }
    }

    func addressKey(_ field: ConditionField, destination: Int?) -> Fact<String> {
        if field == .contractAddress {
            return OpaqueFacts(request: request).contractAddress(destinations, \.addressKey)
        }
        guard field == .destinationAddress, let destination else { return .notApplicable }
        return destinations[destination].addressKey
    }

    func amount(_ field: ConditionField, destination: Int?) -> Fact<ExactDecimal> {
        switch field {
        case .amount: amount
        case .amountUSD: amountUSD
        case .fee: fee
        case .destinationAmount: destination.map { destinations[$0].amount } ?? .notApplicable
        case .destinationAmountUSD: destination.map { destinations[$0].amountUSD } ?? .notApplicable
        default: .notApplicable
        }
    }

    func flag(_ field: ConditionField) -> Fact<Bool> {
        field == .rawTransactionAgrees ? rawTransactionAgrees : .notApplicable
    }

    func isSigned(by key: ExtraKey) -> Fact<Bool> { OpaqueFacts(request: request).isSigned(by: key) }

    func isOpen(window: Int) -> Bool { windows[window] }
}
