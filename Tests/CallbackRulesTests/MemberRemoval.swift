// What can be left out of a transaction request, and where leaving it out must never help.

import CallbackProtocol

/// One member taken out of a request whose stage stays as it is.
///
/// Due is what a request must state: without it the conditions that read it are unknown. Not due, and therefore left out here:
/// - stage markers (`fee`, `displayDstAddress`, `rawTx`, `players`), as far as they decide the stage: another stage is
///   another question, and the co-signer asks both;
/// - `note` and `externalTxId`, which whoever initiates the transaction writes or not: absent, they equal nothing;
/// - `dstName` and `dstSubType` of one-time destinations, which have none;
/// - `contractCallData` and `rawMessageData` of operations that have none: nothing says then that something is signed;
/// - either side of a contradiction (`destType` and `dstType`, `destAddressType` and `dstAddressType`, the addresses): while
///   both stand, every condition on the destination is unknown; with one of them the other counts, as in a request that
///   never had the duplicate;
/// - `destinations` as a whole: TRANSFER is malformed without, and other operations may have none.
struct MemberRemoval {
    let name: String
    private let change: (inout TransactionRequest) -> Void

    private init(_ name: String, _ change: @escaping (inout TransactionRequest) -> Void) {
        (self.name, self.change) = (name, change)
    }

    func applied(to request: TransactionRequest) -> TransactionRequest {
        var changed = request
        change(&changed)
        return changed
    }

    private static var always: [(String, WritableKeyPath<TransactionRequest, String?>)] {
        [
            ("operation", \.operation), ("sourceType", \.sourceType), ("sourceId", \.sourceId), ("asset", \.asset),
            ("signerId", \.signerId),
        ]
    }
    private static var amounts: [(String, WritableKeyPath<TransactionRequest, ExactDecimal?>)] {
        [
            ("amountStr", \.amount), ("fee", \.fee),
        ]
    }
    private static var ofDestination: [(String, WritableKeyPath<TransactionRequest.Destination, String?>)] {
        [
            ("dstId", \.id), ("action", \.action), ("dstName", \.name), ("dstSubType", \.subType), ("dstType", \.type),
            ("dstAddressType", \.addressType), ("dstAddress", \.dstAddress), ("displayDstAddress", \.displayDstAddress),
        ]
    }
    private static var amountsOfDestination: [(String, WritableKeyPath<TransactionRequest.Destination, ExactDecimal?>)]
    {
        [
            ("amountNativeStr", \.amountNative), ("amountUSD", \.amountUSD),
        ]
    }
    private static var ofTop: [(String, WritableKeyPath<TransactionRequest, String?>)] {
        [
            ("destType", \.destType), ("destAddressType", \.destAddressType), ("destAddress", \.destAddress),
        ]
    }
    private static let parts = [("contractCallData", callOperations), ("rawMessageData", ["RAW", "TYPED_MESSAGE"])]
    private static let callOperations = ["CONTRACT_CALL", "PROGRAM_CALL", "APPROVE"]

    /// Every member that some request of the generator must state.
    static let names = Set(
        always.map(\.0) + amounts.map(\.0) + ofDestination.map(\.0) + amountsOfDestination.map(\.0) + ofTop.map(\.0)
            + parts.map(\.0))

    /// The members that this request states and must state.
    static func due(in request: TransactionRequest) -> [MemberRemoval] {
        var removals: [MemberRemoval] = []
        for (name, path) in always where request[keyPath: path] != nil {
            removals.append(MemberRemoval(name) { $0[keyPath: path] = nil })
        }
        for (name, path) in amounts where request[keyPath: path] != nil {
            removals.append(MemberRemoval(name) { $0[keyPath: path] = nil })
        }
        for (name, operations) in parts where request.extraParameters?[name] != nil {
            guard let operation = request.operation, operations.contains(operation) || operation == "FUTURE" else {
                continue
            }
            removals.append(
                MemberRemoval(name) { request in
                    request.extraParameters = JSONObject(
                        request.extraParameters?.members.filter { $0.name != name } ?? [])
                })
        }
        for index in request.destinations.indices {
            let destination = request.destinations[index]
            for (name, path) in amountsOfDestination where destination[keyPath: path] != nil {
                removals.append(MemberRemoval(name) { $0.destinations[index][keyPath: path] = nil })
            }
            for (name, path) in ofDestination where destination[keyPath: path] != nil {
                guard !(isOneTime(destination) && (name == "dstName" || name == "dstSubType")) else { continue }
                removals.append(MemberRemoval(name) { $0.destinations[index][keyPath: path] = nil })
            }
        }
        for (name, path) in ofTop where request[keyPath: path] != nil {
            removals.append(MemberRemoval(name) { $0[keyPath: path] = nil })
        }
        guard isContradictory(request) else { return removals }
        let sides = Set(ofTop.map(\.0) + ["dstType", "dstAddressType", "dstAddress", "displayDstAddress"])
        return removals.filter { !sides.contains($0.name) }
    }

    private static func isOneTime(_ destination: TransactionRequest.Destination) -> Bool {
        [destination.type, destination.addressType].contains { $0?.hasPrefix("ONE_TIME") ?? false }
    }

    /// Whether two members that say the same thing say different ones. Written from docs/rules.md, item 10, and wider than
    /// the rule there: of several destinations, one that differs is enough here.
    private static func isContradictory(_ request: TransactionRequest) -> Bool {
        func word(_ text: String?) -> String? {
            text.map {
                ["VAULT_ACCOUNT": "VAULT", "EXCHANGE_ACCOUNT": "EXCHANGE", "ONE_TIME": "ONE_TIME_ADDRESS"][$0] ?? $0
            }
        }
        func differ(_ top: String?, _ own: String?) -> Bool {
            guard let top, let own, !top.isEmpty else { return false }
            return word(top) != word(own)
        }
        return request.destinations.contains { destination in
            differ(request.destType, destination.type)
                || differ(request.destAddressType, destination.addressType)
                || differ(destination.displayDstAddress, destination.dstAddress)
                || differ(destination.dstAddress, destination.displayDstAddress)
                || [destination.displayDstAddress, destination.dstAddress].contains { own in
                    // An empty address is another one than any that is stated.
                    differ(request.destAddress, own) || request.destAddress == "" && own != nil && own != ""
                }
        }
    }
}
