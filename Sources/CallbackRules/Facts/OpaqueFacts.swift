// What rules see of contract calls, of messages, and of proofs that travel with a request.

import CallbackProtocol

/// The parts of a transaction that only some operations have.
struct OpaqueFacts {
    let request: TransactionRequest

    /// The first four bytes of the call data as `0x` and eight digits.
    var contractMethod: Fact<String> {
        callData.flatMap { data in
            guard data.utf8.count >= 10 else { return .unknown("the call data has no method") }
            return .value(data.prefix(10).lowercased())
        }
    }

    /// The address that is called: the only destination's.
    func contractAddress(_ destinations: [DestinationFacts], _ part: KeyPath<DestinationFacts, Fact<String>>) -> Fact<
        String
    > {
        callData.flatMap { _ in
            guard destinations.count == 1 else { return .unknown("a call has one destination") }
            return destinations[0][keyPath: part]
        }
    }

    /// `type` of every message; for RAW, whose messages have none, `RAW`.
    var messageKind: Fact<String> {
        messages.flatMap { messages in
            var kinds: [String] = []
            for message in messages {
                if let kind = message["type"]?.string, !kind.isEmpty {
                    kinds.append(kind)
                } else if message["type"] == nil, isRaw {
                    kinds.append("RAW")
                } else {
                    return .unknown("a message has no type")
                }
            }
            guard let first = kinds.first, kinds.allSatisfy(first.isExactly) else {
                return .unknown("the messages are not all of one type")
            }
            return .value(first)
        }
    }

    var messageAlgorithm: Fact<String> {
        messages.flatMap { _ in
            guard let algorithm = messageData?["algorithm"]?.string, !algorithm.isEmpty else {
                return .unknown("rawMessageData.algorithm is absent")
            }
            return .value(algorithm)
        }
    }

    /// Whether the extra parameters that a key names are there and its signature is right.
    func isSigned(by key: ExtraKey) -> Fact<Bool> {
        guard let text = request.extraParameters?[key.parameter]?.string else {
            return .unknown("extraParameters.\(key.parameter) is absent")
        }
        guard let signature = request.extraParameters?[key.signatureParameter]?.string else {
            return .unknown("extraParameters.\(key.signatureParameter) is absent")
        }
        return .value(key.verifies(signature: signature, of: text))
    }

    private var isRaw: Bool { request.operation?.isExactly("RAW") ?? false }

    private var callData: Fact<String> {
        guard let stated = request.extraParameters?["contractCallData"] else {
            return absent("contractCallData", of: Vocabulary.callOperations)
        }
        guard let text = stated.string, text.hasPrefix("0x") || text.hasPrefix("0X"), text.utf8.count % 2 == 0,
            text.utf8.dropFirst(2).allSatisfy(Self.isHexadecimal)
        else { return .unknown("contractCallData is not hexadecimal") }
        return .value(text)
    }

    private var messageData: JSONObject? { request.extraParameters?["rawMessageData"]?.object }

    private var messages: Fact<[JSONObject]> {
        guard request.extraParameters?["rawMessageData"] != nil else {
            return absent("rawMessageData", of: Vocabulary.messageOperations)
        }
        let stated = messageData?["messages"]?.array ?? []
        let objects = stated.compactMap(\.object)
        guard !objects.isEmpty, objects.count == stated.count else {
            return .unknown("rawMessageData.messages is not a list of messages")
        }
        return .value(objects)
    }

    /// An absent part: due where the operation has it or may have it, else not applicable.
    private func absent<Value>(_ name: String, of operations: [String]) -> Fact<Value> {
        guard let operation = request.operation else { return .unknown("operation is absent") }
        let isOther =
            Vocabulary.operations.contains(where: operation.isExactly)
            && !operations.contains(where: operation.isExactly)
        return isOther ? .notApplicable : .unknown("extraParameters.\(name) is absent")
    }

    private static func isHexadecimal(_ unit: UInt8) -> Bool {
        switch unit {
        case 0x30...0x39, 0x41...0x46, 0x61...0x66: true
        default: false
        }
    }
}
