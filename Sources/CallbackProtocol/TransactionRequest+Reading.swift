// Reads `tx_sign_request` payloads strictly: what contradicts the documentation is malformed, before any rule.

extension RequestStage {
    /// The stage of a transaction payload: signing where `fee`, a `displayDstAddress`, `rawTx` or `players` is present,
    /// whatever its value. In doubt it is signing, the stage that allows fewer answers.
    package init(ofTransaction payload: JSONObject) {
        let operation = payload["operation"]?.string
        let emptyIsAbsent = TransactionRequest.isMessageSigning(operation)
        func isPresent(_ object: JSONObject, _ name: String) -> Bool {
            guard let value = object[name] else { return false }
            return !(emptyIsAbsent && value == .string(""))
        }
        let destinations = payload["destinations"]?.array ?? []
        let isSigning =
            ["fee", "rawTx", "players"].contains { isPresent(payload, $0) }
            || destinations.contains { $0.object.map { isPresent($0, "displayDstAddress") } ?? false }
        self = isSigning ? .signing : .approval
    }
}

extension TransactionRequest {
    /// Operations that sign bytes and have no transfer: an empty string stands for an absent member there.
    package static func isMessageSigning(_ operation: String?) -> Bool {
        guard let operation else { return false }
        return isSameText(operation, "RAW") || isSameText(operation, "TYPED_MESSAGE")
    }

    /// A transaction request has one of these.
    private static let known = ["txId", "operation", "sourceType", "asset", "amountStr", "destinations"]

    /// Reads a payload whose `requestId` was found usable.
    ///
    /// - Throws: `request_...` with the JSON path of the first member at fault.
    static func read(_ payload: JSONObject) throws(ProtocolError) -> TransactionRequest {
        let operation = payload["operation"]?.string
        var reader = MemberReader(payload, emptyIsAbsent: isMessageSigning(operation))
        guard known.contains(where: { payload[$0] != nil }) else {
            throw ProtocolError(.requestWrongEndpoint, "is no transaction request", path: "$")
        }
        var request = TransactionRequest(
            requestId: try reader.text("requestId") ?? "", stage: RequestStage(ofTransaction: payload))
        request.members = payload
        request.txId = try reader.identifier("txId")
        request.operation = try reader.identifier("operation")
        request.sourceType = try reader.identifier("sourceType")
        request.sourceId = try reader.identifier("sourceId")
        request.destType = try reader.identifier("destType")
        request.destId = try reader.identifier("destId")
        request.asset = try reader.identifier("asset")
        request.amount = try reader.amount("amountStr", deprecated: "amount")
        request.requestedAmount = try reader.amount("requestedAmountStr", deprecated: "requestedAmount")
        request.fee = try reader.amount("fee")
        request.destAddressType = try reader.identifier("destAddressType")
        request.destAddress = try reader.identifier("destAddress")
        request.players = try reader.identifiers("players")
        request.signerId = try reader.signerId()
        request.note = try reader.text("note")
        request.externalTxId = try reader.identifier("externalTxId")
        request.extraParameters = try reader.object("extraParameters")
        if let extraParameters = request.extraParameters {
            var reader = reader.inside("extraParameters", extraParameters)
            try checkExtraParameters(&reader)
        }
        _ = try reader.object("action")
        for var destination in try reader.objects("destinations") {
            request.destinations.append(try Destination.read(&destination))
        }
        for var entry in try reader.objects("rawTx") {
            request.rawTransactions.append(try RawTransaction.read(&entry))
        }
        if request.operation == "TRANSFER", request.destinations.isEmpty {
            throw reader.problem(.requestNoDestinations, "a TRANSFER has at least one destination", "destinations")
        }
        return request
    }

    /// The documented members of `extraParameters` have their documented types of value (protocol reference, section 3.5). Whatever
    /// else the customer put there is passed on.
    private static func checkExtraParameters(_ reader: inout MemberReader) throws(ProtocolError) {
        _ = try reader.text("contractCallData")
        _ = try reader.object("inputsSelection")
        guard let data = try reader.object("rawMessageData") else { return }
        var reader = reader.inside("rawMessageData", data)
        _ = try reader.text("algorithm")
        for var message in try reader.objects("messages") {
            _ = try message.text("type")
            // Typed data is an object; everything else is text.
            if message.object["content"]?.object == nil { _ = try message.text("content") }
        }
    }
}

extension TransactionRequest.Destination {
    fileprivate static func read(_ reader: inout MemberReader) throws(ProtocolError) -> Self {
        let destination = Self(
            amountNative: try reader.amount("amountNativeStr", deprecated: "amountNative"),
            amountUSD: try reader.number("amountUSD"),
            dstAddress: try reader.identifier("dstAddress"),
            displayDstAddress: try reader.identifier("displayDstAddress"),
            addressType: try reader.identifier("dstAddressType"),
            id: try reader.identifier("dstId"),
            walletId: try reader.identifier("dstWalletId"),
            name: try reader.text("dstName"),
            subType: try reader.identifier("dstSubType"),
            type: try reader.identifier("dstType"),
            action: try reader.identifier("action"),
            actionInfo: try reader.object("actionInfo"))
        if destination.amountUSD?.isNegative == true {
            throw reader.problem(.requestBadAmount, "must not be negative", "amountUSD")
        }
        if let display = destination.displayDstAddress, let address = destination.dstAddress,
            !AddressComparison.same(display, address)
        {
            throw reader.problem(.requestAddressMismatch, "is another address than dstAddress", "displayDstAddress")
        }
        return destination
    }
}

extension TransactionRequest.RawTransaction {
    fileprivate static func read(_ reader: inout MemberReader) throws(ProtocolError) -> Self {
        Self(
            keyDerivationPath: try path(&reader), rawTx: try reader.text("rawTx"), payload: try reader.text("payload"))
    }

    /// A text as co-signers send it, or an array of whole numbers, written as that text.
    private static func path(_ reader: inout MemberReader) throws(ProtocolError) -> String? {
        guard case .array(let steps)? = reader.object["keyDerivationPath"] else {
            return try reader.text("keyDerivationPath")
        }
        var texts: [String] = []
        for step in steps {
            guard case .number(let text) = step, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                throw reader.problem(
                    .requestWrongType, "must be a string or an array of whole numbers", "keyDerivationPath")
            }
            texts.append(text)
        }
        return "[ \(texts.joined(separator: ", ")) ]"
    }
}
