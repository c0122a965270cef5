// Makes the payload of a candidate.

import CallbackProtocol

struct PayloadBuilder {
    let candidate: Candidate
    let space: DecisionSpace

    private func text(_ field: ConditionField, _ usual: String?) -> String? {
        guard let atom = candidate.request[field] else { return usual }
        return atom.text
    }

    // MARK: Configuration changes

    func configuration() -> JSONObject? {
        guard let type = text(.type, nil) else { return nil }
        var payload = JSONObject([.init("requestId", .string("example")), .init("type", .string(type))])
        if let signer = text(.signer, "user-1") { payload.set("signerId", .string(signer)) }
        var extra = JSONObject()
        let members: [(ConditionField, String)] = [
            (.walletKind, "subType"), (.accountKind, "subType"), (.walletName, "walletName"), (.walletAsset, "asset"),
            (.walletAddress, "address"), (.walletTag, "tag"), (.accountName, "accountName"),
            (.connectionID, "networkConnectionId"),
        ]
        for (field, name) in members {
            guard let value = candidate.request[field]?.text else { continue }
            if let other = extra[name]?.string, !other.isExactly(value) { return nil }
            extra.set(name, .string(value))
        }
        // What is stated of a change that does not have it, and cannot be told.
        for (field, name) in members where extra[name] == nil && candidate.request[field] == .unknown {
            if candidate.coupling.change != .other, !isOwner(field) { extra.set(name, .number("1")) }
        }
        payload.set("extraInfo", .object(extra))
        return payload
    }

    private func isOwner(_ field: ConditionField) -> Bool {
        switch candidate.coupling.change {
        case .wallet: field.rawValue.hasPrefix("wallet.")
        case .account: field.rawValue.hasPrefix("account.")
        case .connection: field.rawValue.hasPrefix("connection.")
        case .documented, .other: false
        }
    }

    // MARK: Transactions

    func transaction() -> JSONObject? {
        let isSigning = candidate.coupling.stage == .signing
        var payload = JSONObject([.init("requestId", .string("example")), .init("txId", .string("example"))])
        func set(_ name: String, _ value: String?) { if let value { payload.set(name, .string(value)) } }
        set("operation", text(.operation, "TRANSFER"))
        set("sourceType", text(.sourceType, "VAULT"))
        set("sourceId", text(.sourceID, "0"))
        set("asset", text(.asset, "ETH"))
        set("signerId", text(.signer, "user-1"))
        set("note", text(.note, nil))
        set("externalTxId", text(.externalID, nil))
        if isSigning {
            payload.set("players", .array([]))
            if let fee = candidate.request[.fee] { set("fee", fee.amount?.description) } else { set("fee", "0") }
        }
        guard let amounts = AmountChoice(candidate, space) else { return nil }
        set("amountStr", amounts.total?.description)
        var destinations: [JSONValue] = []
        for (made, amount) in zip(amounts.classes, amounts.each) {
            destinations.append(.object(destination(made, amount, isSigning: isSigning)))
        }
        // A destination that the top level contradicts: everything about it is unknown, except that it has an amount.
        if amounts.isContradicted {
            let native = JSONValue.string(amounts.total?.description ?? "0")
            destinations = [
                .object(JSONObject([.init("dstType", .string("VAULT")), .init("amountNativeStr", native)]))
            ]
            set("destType", "UNMANAGED")
        }
        payload.set("destinations", .array(destinations))
        guard let extra = extraParameters() else { return nil }
        if !extra.members.isEmpty { payload.set("extraParameters", .object(extra)) }
        return payload
    }

    private func destination(
        _ made: DestinationClass, _ amount: AmountChoice.Amount, isSigning: Bool
    ) -> JSONObject {
        var payload = JSONObject()
        func set(_ field: ConditionField, _ name: String, _ usual: String?) {
            let value = made.atoms[field].map { $0.text } ?? usual
            if let value { payload.set(name, .string(value)) }
        }
        if let native = amount.native { payload.set("amountNativeStr", .string(native.description)) }
        if let usd = amount.usd { payload.set("amountUSD", .number(usd.description)) }
        set(.destinationType, "dstType", "VAULT")
        set(.destinationSubType, "dstSubType", "EXTERNAL")
        set(.destinationID, "dstId", "1")
        set(.destinationName, "dstName", "Somebody")
        set(.destinationAddressType, "dstAddressType", "WHITELISTED")
        set(.destinationPolicyAction, "action", "ALLOW")
        // `displayDstAddress` is there at the signing stage only.
        set(
            .destinationAddress, isSigning ? "displayDstAddress" : "dstAddress",
            "0x00000000000000000000000000000000c0ffee99")
        return payload
    }

    private func extraParameters() -> JSONObject? {
        var extra = JSONObject()
        let (method, contract) = (candidate.request[.contractMethod], candidate.request[.contractAddress])
        switch method {
        case .text(let selector)?: extra.set("contractCallData", .string(selector))
        // Call data without a method still says that the destination is called.
        case .unknown?: extra.set("contractCallData", .string(contract?.text == nil ? "?" : "0x"))
        case .notApplicable?: break
        default: break
        }
        let (kind, algorithm) = (candidate.request[.messageKind], candidate.request[.messageAlgorithm])
        guard kind != nil || algorithm != nil, kind != .notApplicable, algorithm != .notApplicable else { return extra }
        if kind?.text?.isEmpty == true || algorithm?.text?.isEmpty == true { return nil }
        var data = JSONObject()
        let type = kind.map { $0.text } ?? "EIP712"
        // Without messages neither can be told.
        if type != nil || algorithm?.text != nil {
            data.set("messages", .array([.object(JSONObject([.init("type", .string(type ?? ""))]))]))
        }
        if let algorithm = algorithm?.text { data.set("algorithm", .string(algorithm)) }
        extra.set("rawMessageData", .object(data))
        return extra
    }
}
