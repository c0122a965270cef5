// Requests as a co-signer writes them, byte for byte.

package import SystemCrypto

/// Writes payloads in the way that was captured from real co-signers: member order, and deprecated numbers with exactly
/// eight decimals (protocol reference, sections 2 and 14.7).
package enum CosignerPayload {
    static let order = [
        "txId", "operation", "sourceType", "sourceId", "destType", "destId", "asset", "amount", "amountStr",
        "requestedAmount", "requestedAmountStr", "fee", "destAddressType", "destAddress", "destinations", "rawTx",
        "extraParameters", "note", "externalTxId", "players", "type", "extraInfo",
    ]
    static let lastOrder = ["signerId", "requestId"]
    static let destinationOrder = [
        "amountNative", "amountNativeStr", "amountUSD", "dstAddress", "dstAddressType", "dstId", "dstWalletId",
        "dstName",
        "dstSubType", "dstType", "displayDstAddress", "action", "actionInfo",
    ]
    private static let numbers: Set<String> = ["amount", "requestedAmount", "amountNative", "amountUSD"]

    /// The payload's compact JSON text. Members without a known place follow those that have one, before `signerId` and
    /// `requestId`, in their own order.
    package static func bytes(of payload: JSONObject) -> [UInt8] {
        var ordered = sorted(payload, order, lastOrder)
        if payload["type"] == nil || payload["operation"] != nil { ordered = withEightDecimals(ordered) }
        if let destinations = ordered["destinations"]?.array {
            ordered.set(
                "destinations",
                .array(
                    destinations.map { destination in
                        guard let object = destination.object else { return destination }
                        return .object(withEightDecimals(sorted(object, destinationOrder, [])))
                    }))
        }
        return JSONValue.object(ordered).serialized()
    }

    private static func sorted(_ object: JSONObject, _ first: [String], _ last: [String]) -> JSONObject {
        let known = (first + last).map { name in object.members.filter { isSameText($0.name, name) } }
        let unknown = object.members.filter { member in !(first + last).contains { isSameText($0, member.name) } }
        return JSONObject(known[..<first.count].flatMap(\.self) + unknown + known[first.count...].flatMap(\.self))
    }

    private static func withEightDecimals(_ object: JSONObject) -> JSONObject {
        JSONObject(
            object.members.map { member in
                guard numbers.contains(member.name), case .number(let text) = member.value,
                    let number = ExactDecimal(jsonNumber: text)
                else { return member }
                return JSONObject.Member(member.name, .number(number.text(decimals: 8)))
            })
    }
}

/// Signs requests as a co-signer does.
package enum CosignerToken {
    /// A compact JWS of these payload bytes with the header of real co-signers, `{"typ":"JWT","alg":"RS256"}`.
    package static func sign(payload: [UInt8], key: RSAPrivateKey) throws(ProtocolError) -> [UInt8] {
        try StrictJWS.sign(header: header, payload: payload, key: key)
    }

    /// The segment of that header.
    static let header = Base64URL.encode(Array(#"{"typ":"JWT","alg":"RS256"}"#.utf8))
}
