// Which values of one field go together with which of another.

import CallbackProtocol

/// What was chosen so far, as far as it decides what else can be chosen.
struct Coupling: Sendable, Hashable {
    enum Operation: Sendable, Hashable { case absent, transfer, raw, typedMessage, call, listed, unlisted }
    enum Presence: Sendable, Hashable { case value, unknown, none }
    enum Change: Sendable, Hashable { case wallet, account, connection, documented, other }

    private(set) var operation = Operation.transfer
    private(set) var stage: RequestStage = .signing
    private(set) var method: Presence?
    private(set) var message: Presence?
    private(set) var contract: Atom?
    private(set) var amount: Atom?
    private(set) var amountUSD: Atom?
    private(set) var change = Change.other
    /// `subType`, where the type does not say whether it is a wallet's or an account's.
    private(set) var subType: Atom?
    private(set) var isOneTime = false

    /// Amounts mean nothing for RAW, TYPED_MESSAGE and an unknown operation.
    var isOpaque: Bool { operation == .raw || operation == .typedMessage || operation == .absent }

    func allows(_ field: ConditionField, _ atom: Atom) -> Bool {
        switch field {
        case .amount, .amountUSD, .destinationAmount, .destinationAmountUSD: return !isOpaque || atom == .unknown
        case .fee: return stage == .signing ? atom != .notApplicable : atom == .notApplicable
        case .contractMethod: return atom != .notApplicable || operation != .call && lacksParts
        case .contractAddress: return (atom == .notApplicable) == (method == Presence.none)
        case .messageKind:
            return atom != .notApplicable || operation != .raw && operation != .typedMessage && lacksParts
        case .messageAlgorithm:
            guard let message else {
                return atom != .notApplicable || operation != .raw && operation != .typedMessage && lacksParts
            }
            return (atom == .notApplicable) == (message == .none) && atom != .text("")
        case .destinationName, .destinationSubType:
            return atom != (isOneTime ? .unknown : .notStated) && atom != .notApplicable
        case .walletKind: return part(atom, .wallet, isShared: true) && atom == (subType ?? atom)
        case .accountKind: return part(atom, .account, isShared: true) && atom == (subType ?? atom)
        case .walletName, .walletAsset, .walletAddress: return part(atom, .wallet, isShared: false)
        case .accountName: return part(atom, .account, isShared: false)
        case .connectionID: return part(atom, .connection, isShared: false)
        case .walletTag:
            if change == .wallet { return atom != .unknown && atom != .notApplicable }
            return atom != .notStated && part(atom, .wallet, isShared: false)
        default: return true
        }
    }

    /// Whether what is absent does not apply: the operation is known, and known not to have it.
    private var lacksParts: Bool { operation != .absent && operation != .unlisted }

    private func part(_ atom: Atom, _ owner: Change, isShared: Bool) -> Bool {
        if change == owner || change == .other { return atom != .notApplicable }
        return isShared ? atom == .notApplicable : true
    }

    mutating func note(_ field: ConditionField, _ atom: Atom, _ space: DecisionSpace) {
        switch field {
        case .operation: operation = Self.operation(atom)
        case .stage: stage = atom == .text(RequestStage.signing.rawValue) ? .signing : .approval
        case .contractMethod: method = Self.presence(atom)
        case .messageKind: message = Self.presence(atom)
        case .contractAddress: contract = atom
        case .amount: amount = space.counts(.amount) ? atom : Self.rough(atom)
        case .amountUSD: amountUSD = space.counts(.amountUSD) ? atom : Self.rough(atom)
        case .type: change = Self.change(atom)
        case .walletKind, .accountKind: subType = change == .other ? atom : nil
        case .destinationType, .destinationAddressType:
            isOneTime = isOneTime || atom == .text("ONE_TIME_ADDRESS")
        default: break
        }
    }

    /// What an atom means for other fields and for limits, as text.
    static func meaning(_ field: ConditionField, _ atom: Atom, limits: [CompiledLimit]) -> String {
        switch field {
        case .operation: return "\(operation(atom))"
        case .stage: return atom.text ?? ""
        case .contractMethod, .contractAddress, .messageKind: return "\(presence(atom))"
        case .messageAlgorithm, .fee, .destinationName, .destinationSubType, .walletKind, .walletName, .walletAsset,
            .walletAddress, .walletTag, .accountKind, .accountName, .connectionID:
            // What is not allowed beside some choice must not stand for what is.
            return "\(presence(atom)) \(atom == .notStated)"
        case .destinationType, .destinationAddressType: return "\(atom == .text("ONE_TIME_ADDRESS"))"
        case .type: return "\(change(atom))"
        case .amount, .amountUSD, .destinationAmount, .destinationAmountUSD:
            guard let amount = atom.amount else { return "unknown" }
            let above = limits.filter { $0.measure != .count }.map { amount > $0.ceiling ? "1" : "0" }.joined()
            return "\(amount.isZero) \(above)"
        default: return ""
        }
    }

    private static func rough(_ atom: Atom) -> Atom {
        guard let amount = atom.amount else { return .unknown }
        return .amount(amount.isZero ? .zero : ExactDecimal(whole: 1))
    }

    private static func presence(_ atom: Atom) -> Presence {
        switch atom {
        case .notApplicable: .none
        case .unknown, .notStated: .unknown
        default: .value
        }
    }

    private static func operation(_ atom: Atom) -> Operation {
        guard let word = atom.text else { return .absent }
        if word.isExactly("TRANSFER") { return .transfer }
        if word.isExactly("RAW") { return .raw }
        if word.isExactly("TYPED_MESSAGE") { return .typedMessage }
        if Vocabulary.callOperations.contains(where: word.isExactly) { return .call }
        return Vocabulary.operations.contains(where: word.isExactly) ? .listed : .unlisted
    }

    private static func change(_ atom: Atom) -> Change {
        let word = atom.text ?? ""
        if word.isExactly("UNMANAGED_WALLET") { return .wallet }
        if ["EXCHANGE", "FIAT_ACCOUNT"].contains(where: word.isExactly) { return .account }
        let connections = [
            "ADD_NETWORK_CONNECTION", "SET_NETWORK_CONNECTION_ROUTING_POLICY", "SET_NETWORK_ID_POLICY",
        ]
        if connections.contains(where: word.isExactly) { return .connection }
        return ConfigurationChangeRequest.documentedTypes.contains(where: word.isExactly) ? .documented : .other
    }
}

extension DecisionSpace {
    /// Whether the value of a sum matters beyond the conditions on it.
    fileprivate func counts(_ field: ConditionField) -> Bool {
        tracked.contains(field == .amount ? .destinationAmount : .destinationAmountUSD)
            || limits.contains { $0.measure == (field == .amount ? .amount : .amountUSD) }
    }
}
