// Generates rules and requests that have something to say to each other.

import CallbackProtocol
import CallbackRules

struct Generator {
    var random: SplitMix64

    private static let types = [
        "VAULT", "VAULT_ACCOUNT", "UNMANAGED", "EXCHANGE", "EXCHANGE_ACCOUNT", "ONE_TIME", "ONE_TIME_ADDRESS",
    ]
    private static let operations = [
        "TRANSFER", "TRANSFER", "TRANSFER", "TRANSFER", "RAW", "TYPED_MESSAGE", "CONTRACT_CALL",
    ]
    private static let amounts = ["0", "0.5", "1", "10", "10.00000001", "99.99", "100", "1000"]
    private static let addresses = [
        evmAddress, evmAddress, evmAddress.lowercased(), bech32Address, bech32Address.uppercased(), base58Address,
        "0xab5801a7d398351b8be11c439e05c5b3259aec9b", base58Address.lowercased(), "",
    ]
    private static let configurationTypes = [
        "UNMANAGED_WALLET", "UNMANAGED_WALLET", "EXCHANGE", "FIAT_ACCOUNT", "ADD_USER", "FUTURE",
    ]

    // MARK: Rules

    mutating func rules() -> ModelRules {
        var rules = ModelRules()
        for index in 0..<(1 + random.below(6)) { rules.transactions.append(transactionRule("t\(index)")) }
        for index in 0..<random.below(4) { rules.changes.append(changeRule("c\(index)")) }
        return rules
    }

    mutating func transactionRule(_ id: String, effect: String? = nil) -> ModelRule {
        let effect = effect ?? random.pick(["approve", "approve", "approve", "reject", "ignore", "hold"])
        // Rejections need to be narrow, or nothing is ever approved.
        let when = (0..<(effect == "reject" ? 2 + random.below(2) : random.below(3))).map { _ in transactionCondition()
        }
        let unless = random.chance(25) ? (0..<(1 + random.below(2))).map { _ in transactionCondition() } : nil
        var made = rule(id, effect, when, unless)
        if effect == "hold" { made.approvers = random.pick(["desk", "boss"]) }
        if ["approve", "hold"].contains(effect), random.chance(35) {
            made.limits = (0..<(1 + random.below(2))).map {
                limit("l\($0)", isOneAsset: made.when.contains { $0.path == "amount" })
            }
        }
        return made
    }

    private mutating func limit(_ id: String, isOneAsset: Bool) -> ModelLimit {
        let measure = random.pick(["count", "amount_usd", "amount_usd", "amount"])
        var forEach: [String] = []
        for path in ["source.id", "destination.address", "asset", "signer", "destination.id", "source.type"]
        where random.chance(18) { forEach.append(path) }
        if measure == "amount", !isOneAsset, !forEach.contains("asset") { forEach.append("asset") }
        let excess = random.pick(["reject", "retry", "hold"])
        return ModelLimit(
            id: id, measure: measure,
            ceiling: measure == "count" ? random.pick(["1", "3", "50"]) : random.pick(["10", "100", "1000"]),
            forEach: forEach, whenExceeded: excess, approvers: excess == "hold" ? random.pick(["desk", "boss"]) : nil)
    }

    private mutating func changeRule(_ id: String) -> ModelRule {
        let effect = random.pick(["approve", "approve", "reject", "ignore"])
        var when = (0..<random.below(3)).map { _ in changeCondition() }
        if effect == "approve" {
            when.insert(ModelCondition(path: "type", match: .oneOf([random.pick(Self.configurationTypes)])), at: 0)
        }
        let unless = random.chance(25) ? [changeCondition()] : nil
        return rule(id, effect, when, unless)
    }

    private func rule(_ id: String, _ effect: String, _ when: [ModelCondition], _ unless: [ModelCondition]?)
        -> ModelRule
    {
        // One condition per path: a second would be a duplicate key. An amount needs one asset beside it.
        func tidy(_ conditions: [ModelCondition]) -> [ModelCondition] {
            var seen: Set<String> = []
            var kept = conditions.filter { seen.insert($0.path).inserted }
            if seen.contains("amount") || seen.contains("destination.amount") {
                kept.removeAll { $0.path == "asset" }
                kept.append(ModelCondition(path: "asset", match: .oneOf(["ETH"])))
            }
            return kept
        }
        return ModelRule(id: id, effect: effect, when: tidy(when), unless: unless.map(tidy))
    }

    private mutating func transactionCondition() -> ModelCondition {
        let path = random.pick([
            "cosigner", "listener", "signer", "stage", "operation", "operation", "external_id", "note", "asset",
            "asset",
            "amount", "amount_usd", "amount_usd", "fee", "source.type", "source.id", "destination.type",
            "destination.type", "destination.sub_type", "destination.id", "destination.name", "destination.address",
            "destination.address", "destination.address_type", "destination.amount", "destination.amount_usd",
            "destination.policy_action", "time.within", "time.outside", "contract.method", "contract.address",
            "message.kind", "message.algorithm",
        ])
        switch path {
        case "cosigner": return text(path, ["primary", "backup"])
        case "listener": return text(path, ["127.0.0.1:8443", "other"])
        case "signer": return text(path, ["user-1", "user-2"])
        case "stage": return word(path, ["signing", "approval"])
        case "operation": return word(path, Self.operations)
        case "external_id", "note": return text(path, ["salary May", "rent"])
        case "asset": return text(path, ["ETH", "BTC"])
        case "source.id", "destination.id": return text(path, ["0", "1", "7"])
        case "destination.name": return text(path, ["Kraken main", "Deposits"])
        case "source.type", "destination.type": return word(path, Self.types)
        case "destination.sub_type": return word(path, ["EXTERNAL", "INTERNAL"])
        case "destination.address_type": return word(path, ["WHITELISTED", "ONE_TIME", "ONE_TIME_ADDRESS"])
        case "destination.policy_action": return word(path, ["ALLOW", "2-TIER"])
        case "destination.address", "contract.address": return address(path)
        case "contract.method":
            return ModelCondition(
                path: path,
                match: .oneOf([random.pick(["transfer(address,uint256)", "0xA9059CBB", "0x095ea7b3"])]))
        case "message.kind": return word(path, ["EIP712", "RAW"])
        case "message.algorithm": return word(path, ["MPC_ECDSA_SECP256K1", "MPC_EDDSA_ED25519"])
        case "time.within": return ModelCondition(path: path, match: .oneOf(windows(2)))
        case "time.outside": return ModelCondition(path: path, match: .oneOf(windows(1)))
        default: return ModelCondition(path: path, match: bounds())
        }
    }

    private mutating func changeCondition() -> ModelCondition {
        let path = random.pick([
            "cosigner", "signer", "type", "type", "wallet.kind", "wallet.name", "wallet.asset", "wallet.address",
            "wallet.tag", "account.kind", "account.name", "time.within", "time.outside", "listener",
        ])
        switch path {
        case "cosigner": return text(path, ["primary", "backup"])
        case "signer": return text(path, ["user-1", "user-2"])
        case "listener": return text(path, ["127.0.0.1:8443", "other"])
        case "type": return word(path, Self.configurationTypes)
        case "wallet.kind", "account.kind": return word(path, ["INTERNAL", "EXTERNAL", "KRAKEN"])
        case "wallet.name", "account.name": return text(path, ["Kraken main", "Vendor"])
        case "wallet.asset": return text(path, ["ETH", "BTC"])
        case "wallet.tag": return text(path, ["0", "7"])
        case "wallet.address": return address(path)
        case "time.outside": return ModelCondition(path: path, match: .oneOf(windows(1)))
        default: return ModelCondition(path: path, match: .oneOf(windows(2)))
        }
    }

    private mutating func text(_ path: String, _ values: [String]) -> ModelCondition {
        switch random.below(6) {
        case 0: ModelCondition(path: path, match: .inList(random.pick(["ids", "words", "names"])))
        case 1: ModelCondition(path: path, match: .notInList(random.pick(["ids", "words", "names"])))
        case 2: ModelCondition(path: path, match: .prefix(String(random.pick(values).prefix(1 + random.below(3)))))
        case 3: ModelCondition(path: path, match: .oneOf(values))
        default: ModelCondition(path: path, match: .oneOf([random.pick(values)]))
        }
    }

    private mutating func word(_ path: String, _ values: [String]) -> ModelCondition {
        switch random.below(6) {
        case 0: ModelCondition(path: path, match: .inList(random.pick(["ids", "words"])))
        case 1: ModelCondition(path: path, match: .notInList(random.pick(["ids", "words"])))
        case 2: ModelCondition(path: path, match: .oneOf([random.pick(values), random.pick(values)]))
        default: ModelCondition(path: path, match: .oneOf([random.pick(values)]))
        }
    }

    private mutating func address(_ path: String) -> ModelCondition {
        switch random.below(4) {
        case 0: ModelCondition(path: path, match: .inList(random.pick(["bad", "own"])))
        case 1: ModelCondition(path: path, match: .notInList(random.pick(["bad", "own"])))
        default: ModelCondition(path: path, match: .oneOf([random.pick(Self.addresses.filter { !$0.isEmpty })]))
        }
    }

    private mutating func bounds() -> ModelCondition.Match {
        let low = random.below(Self.amounts.count - 1)
        let high = low + 1 + random.below(Self.amounts.count - low - 1)
        let lower = (name: random.pick(["at_least", "more_than"]), value: Self.amounts[low])
        let upper = (name: random.pick(["at_most", "less_than"]), value: Self.amounts[high])
        switch random.below(3) {
        case 0: return .bounds([lower])
        case 1: return .bounds([upper])
        default: return .bounds([lower, upper])
        }
    }

    private mutating func windows(_ maximum: Int) -> [String] {
        let first = random.pick(["office", "night", "always_open"])
        guard maximum > 1, random.chance(30) else { return [first] }
        return [first, first == "office" ? "night" : "office"]
    }

    // MARK: Requests

    /// `nil` now and then.
    private mutating func maybe(_ values: [String], _ percent: Int = 92) -> String? {
        let value = random.pick(values)
        return random.chance(percent) ? value : nil
    }

    mutating func transaction() -> TransactionRequest {
        var request = TransactionRequest(requestId: "r", stage: random.pick([.signing, .approval]))
        request.operation = maybe(Self.operations + ["FUTURE"], 97)
        request.extraParameters = extraParameters(request.operation)
        request.sourceType = maybe(Self.types, 95)
        request.sourceId = maybe(["0", "1", "7"], 95)
        request.asset = maybe(["ETH", "ETH", "BTC"], 97)
        request.signerId = maybe(["user-1", "user-2"])
        request.note = maybe(["salary May", "rent", "s"], 50)
        request.externalTxId = maybe(["rent", "order"], 50)
        request.amount = maybe(["1000", "2000", "10"], 96).map { decimal($0) }
        if request.stage == .signing { request.fee = maybe(Self.amounts, 90).map { decimal($0) } }
        let count = random.pick([1, 1, 1, 1, 2, 3, 0])
        for _ in 0..<count { request.destinations.append(destination()) }
        if count > 1, random.chance(50) {
            let some = request.destinations[0]
            request.destType = random.chance(70) ? some.type : random.pick(Self.types + ["MULTI_DESTINATION"])
            request.destAddressType = random.chance(80) ? some.addressType : "ONE_TIME"
            request.destAddress =
                random.chance(80) ? some.displayDstAddress ?? some.dstAddress : random.pick(Self.addresses)
        }
        if count == 1, random.chance(80) {
            let only = request.destinations[0]
            request.destType = random.chance(92) ? only.type : random.pick(Self.types)
            request.destAddressType = random.chance(95) ? only.addressType : "ONE_TIME"
            request.destAddress =
                random.chance(92) ? only.displayDstAddress ?? only.dstAddress : random.pick(Self.addresses)
        }
        return request
    }

    private mutating func extraParameters(_ operation: String?) -> JSONObject? {
        var members: [JSONObject.Member] = []
        if random.chance(operation == "CONTRACT_CALL" ? 90 : 5) {
            let data = random.pick(["0xa9059cbb00ff", "0x095EA7B3", "0x", "0xabc", "a9059cbb", "0xa9059cbb"])
            members.append(.init("contractCallData", random.chance(95) ? .string(data) : .number("1")))
        }
        if random.chance(["RAW", "TYPED_MESSAGE"].contains(operation) ? 90 : 5) {
            let messages = (0..<random.pick([1, 1, 1, 2, 0])).map { _ -> JSONValue in
                let kind = maybe(["EIP712", "EIP712", "RAW"], 85)
                return .object(JSONObject(kind.map { [.init("type", .string($0))] } ?? []))
            }
            var data = JSONObject([.init("messages", .array(messages))])
            if let algorithm = maybe(["MPC_ECDSA_SECP256K1", "MPC_EDDSA_ED25519"], 80) {
                data.set("algorithm", .string(algorithm))
            }
            members.append(.init("rawMessageData", .object(data)))
        }
        return members.isEmpty && random.chance(50) ? nil : JSONObject(members)
    }

    private mutating func destination() -> TransactionRequest.Destination {
        let address = random.pick(Self.addresses)
        return TransactionRequest.Destination(
            amountNative: maybe(Self.amounts, 96).map { decimal($0) },
            amountUSD: maybe(["0", "0.5", "1", "10", "10.00000001", "99.99", "100"], 96).map { decimal($0) },
            dstAddress: random.chance(40) ? (random.chance(90) ? address : random.pick(Self.addresses)) : nil,
            displayDstAddress: random.chance(70) ? address : nil,
            addressType: maybe(["WHITELISTED", "WHITELISTED", "ONE_TIME"], 96), id: maybe(["0", "1", "7", ""], 96),
            name: maybe(["Kraken main", "Deposits"], 90), subType: maybe(["EXTERNAL", "INTERNAL", ""], 90),
            type: maybe(Self.types, 96), action: maybe(["ALLOW", "ALLOW", "2-TIER"], 95))
    }

    mutating func configurationChange() -> ConfigurationChangeRequest {
        var extraInfo = JSONObject()
        let members = [
            ("subType", ["INTERNAL", "EXTERNAL", "KRAKEN"]), ("walletName", ["Vendor", "Kraken main"]),
            ("asset", ["ETH", "BTC"]),
            ("address", Self.addresses), ("tag", ["0", "9"]), ("accountName", ["Kraken main", "Vendor"]),
        ]
        for (name, values) in members {
            if let value = maybe(values, 85) { extraInfo.set(name, .string(value)) }
        }
        if random.chance(5) { extraInfo.set("subType", .number("5")) }
        return ConfigurationChangeRequest(
            requestId: "r", type: maybe(Self.configurationTypes, 96), signerId: maybe(["user-1", "user-2"]),
            extraInfo: random.chance(95) ? extraInfo : nil)
    }
}
