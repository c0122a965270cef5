// The classes of values of each field that the conditions of two files can tell apart.

import CallbackProtocol

/// Makes the atoms of fields. Complete: every value that a request can have for the field behaves like one of them.
struct Partition {
    let questions: [ConditionField: [Question]]
    let limits: [CompiledLimit]

    /// The atoms of a field, without regard to what other fields allow.
    func atoms(of field: ConditionField) -> [Atom] {
        switch field.shape {
        case .amount: return amounts(field).map(Atom.amount) + [.unknown] + (field == .fee ? [.notApplicable] : [])
        case .flag: return [.flag(true), .flag(false), .unknown]
        case .key: return signatures()
        case .window: return []
        case .text, .word, .address, .method: break
        }
        var atoms = texts(field).map(Atom.text)
        switch field {
        case .stage, .listener: break
        case .note, .externalID: atoms.append(.notStated)
        case .destinationName, .destinationSubType, .walletTag: atoms += [.notStated, .unknown, .notApplicable]
        case .type: break
        default: atoms.append(.unknown)
        }
        switch field {
        case .contractMethod, .contractAddress, .messageKind, .messageAlgorithm, .walletKind, .walletName,
            .walletAsset, .walletAddress, .accountKind, .accountName, .connectionID:
            atoms.append(.notApplicable)
        default: break
        }
        return atoms
    }

    // MARK: Texts

    /// Fields that name one thing share their texts: the contract is the destination.
    static func related(_ field: ConditionField) -> [ConditionField] {
        switch field {
        case .contractAddress, .destinationAddress: [.contractAddress, .destinationAddress]
        case .amountUSD, .destinationAmountUSD: [.amountUSD, .destinationAmountUSD]
        case .amount, .destinationAmount: [.amount, .destinationAmount]
        // `subType` is both.
        case .walletKind, .accountKind: [.walletKind, .accountKind]
        default: [field]
        }
    }

    private func texts(_ field: ConditionField) -> [String] {
        if field == .stage { return Vocabulary.stages }
        var candidates = Self.always[field] ?? []
        var (sets, prefixes) = ([TextSet](), [String]())
        for question in Self.related(field).flatMap({ questions[$0] ?? [] }) {
            guard let condition = question.condition else { continue }
            switch condition.test {
            case .anyOf(let set), .noneOf(let set), .anyAddress(let set), .noAddress(let set): sets.append(set)
            case .prefix(let bytes): prefixes.append(String(decoding: bytes, as: UTF8.self))
            default: break
            }
        }
        candidates += sets.flatMap(\.members) + prefixes
        func isFree(_ text: String, below prefix: String) -> Bool {
            !sets.contains { $0.contains(text) }
                && prefixes.allSatisfy { !text.utf8.starts(with: $0.utf8) || prefix.utf8.starts(with: $0.utf8) }
        }
        candidates += prefixes.compactMap { prefix in
            FreshText.first(prefix: prefix) { isFree($0, below: prefix) }
        }
        if let fresh = FreshText.first(for: field, { isFree($0, below: "") }) { candidates.append(fresh) }
        var seen: Set<[UInt8]> = []
        return candidates.filter { text in
            guard field.shape != .address || !AddressText.isImpossible(text) else { return false }
            return seen.insert(Array(text.utf8)).inserted
        }
    }

    /// Texts on which the parts of a request depend.
    private static let always: [ConditionField: [String]] = [
        .operation: ["TRANSFER", "MINT", "CONTRACT_CALL", "TYPED_MESSAGE", "RAW"],
        .type: ["UNMANAGED_WALLET", "EXCHANGE", "ADD_NETWORK_CONNECTION", "ADD_USER"],
        .destinationType: ["ONE_TIME_ADDRESS"], .destinationAddressType: ["ONE_TIME_ADDRESS"],
        .sourceType: ["VAULT"], .messageKind: ["RAW"],
    ]

    // MARK: Amounts

    /// 0, every bound, and one amount between any two neighbours: points at even places, intervals at odd ones.
    func amounts(_ field: ConditionField) -> [ExactDecimal] {
        var points: Set<ExactDecimal> = [.zero]
        for question in Self.related(field).flatMap({ questions[$0] ?? [] }) {
            guard let condition = question.condition, case .bounds(let bounds) = condition.test else { continue }
            points.formUnion(bounds.map(\.amount))
        }
        for limit in limits {
            let measured: ConditionField? =
                switch limit.measure {
                case .count: nil
                case .amount: .amount
                case .amountUSD: .amountUSD
                }
            if let measured, Self.related(measured).contains(field) { points.insert(limit.ceiling) }
        }
        let sorted = points.sorted()
        var amounts: [ExactDecimal] = []
        for (index, point) in sorted.enumerated() {
            amounts.append(point)
            amounts.append(
                index + 1 < sorted.count ? Self.middle(point, sorted[index + 1]) : point + ExactDecimal(whole: 1))
        }
        return amounts
    }

    private static func middle(_ low: ExactDecimal, _ high: ExactDecimal) -> ExactDecimal {
        let sum = low + high
        let double = sum + sum
        return (double + double + sum).shifted(by: -1)
    }

    // MARK: Signatures

    /// How many keys are told apart; with more, the analysis is not complete.
    static let maximumKeys = 4

    var keys: [String] {
        var found: Set<String> = []
        for question in questions[.extraSignatureKey] ?? [] {
            guard let condition = question.condition, case .signed(let keys) = condition.test else { continue }
            found.formUnion(keys.map(\.identity))
        }
        return found.sorted()
    }

    private func signatures() -> [Atom] {
        var all: [[String: Truth]] = [[:]]
        for key in keys.prefix(Self.maximumKeys) {
            all = all.flatMap { truths in
                [Truth.unknown, .no, .yes].map { truths.merging([key: $0]) { _, new in new } }
            }
        }
        return all.map(Atom.signatures)
    }
}
