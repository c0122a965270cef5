// What rules see of a configuration change.

import CallbackProtocol

/// Everything that conditions on configuration changes can ask.
struct ConfigurationFacts: FactSource {
    private let request: ConfigurationChangeRequest
    private let cosigner: String?
    private let listener: String
    private let windows: [Bool]

    init(_ request: ConfigurationChangeRequest, cosigner: String?, listener: String, windows: [Bool]) {
        (self.request, self.cosigner, self.listener, self.windows) = (request, cosigner, listener, windows)
    }

    var destinationCount: Int { 0 }

    func text(_ field: ConditionField, destination: Int?) -> Fact<String> {
        switch field {
        case .cosigner: .due(cosigner, "the listener's mode authenticates no co-signer")
        case .listener: .value(listener)
        case .signer: .due(request.signerId, "signerId is absent")
        case .type: .due(request.type, "type is absent")
        case .walletKind: member(["subType"], of: Self.walletTypes, isShared: true)
        case .walletName: member(["walletName"], of: Self.walletTypes)
        case .walletAsset: member(["asset"], of: Self.walletTypes)
        case .walletAddress: member(["address"], of: Self.walletTypes)
        case .walletTag: member(["tag"], of: Self.walletTypes, isDue: false)
        case .accountKind: member(["subType"], of: Self.accountTypes, isShared: true)
        case .accountName: member(["accountName"], of: Self.accountTypes)
        case .connectionID: member(["networkConnectionId", "connectionId", "networkID"], of: Self.connectionTypes)
        default: .notApplicable
        }
    }

    func addressKey(_ field: ConditionField, destination: Int?) -> Fact<String> {
        let stated = text(field, destination: destination)
        guard case .value(let address) = stated else { return stated }
        guard !AddressText.isImpossible(address) else { return .unknown("the address cannot be one") }
        return .value(AddressComparison.normalised(address))
    }

    func amount(_ field: ConditionField, destination: Int?) -> Fact<ExactDecimal> { .notApplicable }

    func flag(_ field: ConditionField) -> Fact<Bool> { .notApplicable }

    func isSigned(by key: ExtraKey) -> Fact<Bool> { .notApplicable }

    func isOpen(window: Int) -> Bool { windows[window] }

    private static let walletTypes = ["UNMANAGED_WALLET"]
    private static let accountTypes = ["EXCHANGE", "FIAT_ACCOUNT"]
    private static let connectionTypes = [
        "ADD_NETWORK_CONNECTION", "SET_NETWORK_CONNECTION_ROUTING_POLICY", "SET_NETWORK_ID_POLICY",
    ]

    /// A member of `extraInfo`. What is present is taken, whatever the type of change. What is absent is unknown where the
    /// type has it, or may have it because it is not documented; else it does not apply.
    ///
    /// - Parameter isShared: `subType` means one thing for wallets and another for accounts, so the type decides.
    private func member(
        _ names: [String], of types: [String], isDue: Bool = true, isShared: Bool = false
    ) -> Fact<String> {
        guard let type = request.type else { return .unknown("type is absent") }
        let hasIt = types.contains(where: type.isExactly)
        let stated = names.compactMap { request.extraInfo?[$0] }
        let isForeign = !hasIt && ConfigurationChangeRequest.documentedTypes.contains(where: type.isExactly)
        if isForeign, isShared || stated.isEmpty { return .notApplicable }
        guard let first = stated.first else {
            return hasIt && !isDue ? .notStated : .unknown("extraInfo.\(names[0]) is absent")
        }
        guard stated.count == 1, let text = first.string else {
            return .unknown("extraInfo.\(names[0]) is not one text")
        }
        return .value(text)
    }
}
