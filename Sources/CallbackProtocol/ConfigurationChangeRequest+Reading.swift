// Reads `config_change_sign_request` payloads strictly, and the documented shapes of `extraInfo`.

extension ConfigurationChangeRequest {
    /// Reads a payload whose `requestId` was found usable. Every type is accepted, documented or not.
    ///
    /// What has no `type`, or has a member that only transactions have, is a request for the other endpoint.
    ///
    /// - Throws: `request_...` with the JSON path of the first member at fault.
    static func read(_ payload: JSONObject) throws(ProtocolError) -> ConfigurationChangeRequest {
        var reader = MemberReader(payload, emptyIsAbsent: false)
        let foreign = ["operation", "destinations", "amountStr", "rawTx"].first { payload[$0] != nil }
        if let foreign {
            throw reader.problem(.requestWrongEndpoint, "belongs to a transaction request", foreign)
        }
        guard let type = try reader.identifier("type"), !type.isEmpty else {
            throw reader.problem(.requestWrongEndpoint, "a configuration change names its type", "type")
        }
        var request = ConfigurationChangeRequest(
            requestId: try reader.text("requestId") ?? "", type: type, signerId: try reader.signerId(),
            extraInfo: try reader.object("extraInfo"))
        request.members = payload
        if let extraInfo = request.extraInfo {
            var reader = reader.inside("extraInfo", extraInfo)
            try request.check(&reader)
        }
        return request
    }

    /// The members of `extraInfo` that are documented for a type have the documented types of value, and JSON inside a
    /// string is strict JSON too. For other types nothing is documented, so nothing is refused.
    private func check(_ reader: inout MemberReader) throws(ProtocolError) {
        switch type {
        case "UNMANAGED_WALLET":
            for name in ["subType", "asset", "address"] { _ = try reader.identifier(name) }
            for name in ["walletName", "tag"] { _ = try reader.text(name) }
            // Older documentation shows walletId as an object.
            if reader.object["walletId"]?.object == nil { _ = try reader.identifier("walletId") }
        case "EXCHANGE", "FIAT_ACCOUNT":
            for name in ["subType", "accountId"] { _ = try reader.identifier(name) }
            for name in ["accountName", "apiKey"] { _ = try reader.text(name) }
            try checkEmbedded("addresses", &reader)
        case "ADD_NETWORK_CONNECTION", "SET_NETWORK_CONNECTION_ROUTING_POLICY", "SET_NETWORK_ID_POLICY":
            for name in ["networkConnectionId", "connectionId", "networkID", "localNetworkID", "remoteTenantID"] {
                _ = try reader.identifier(name)
            }
            _ = try reader.text("note")
            try checkEmbedded("routingPolicy", &reader)
        default: break
        }
    }

    private func checkEmbedded(_ name: String, _ reader: inout MemberReader) throws(ProtocolError) {
        guard let text = try reader.text(name), !text.isEmpty else { return }
        let value = try? StrictJSON.parse(Array(text.utf8))
        guard value?.object != nil else {
            throw reader.problem(.requestEmbeddedJSON, "must hold a strict JSON object", name)
        }
    }

    /// `UNMANAGED_WALLET`: the address to be whitelisted.
    package struct WalletInfo: Sendable, Hashable {
        /// `subType`: INTERNAL, EXTERNAL or CONTRACT.
        package let kind: String?
        package let name: String?
        package let id: String?
        package let asset: String?
        package let address: String?
        package let tag: String?
    }

    /// `EXCHANGE` and `FIAT_ACCOUNT`: the account to be connected. Its API key is never kept.
    package struct AccountInfo: Sendable, Hashable {
        /// `subType`: the exchange or bank.
        package let kind: String?
        package let name: String?
        package let id: String?
        package let hasAPIKey: Bool
        /// Asset to address, from the JSON text in `addresses`.
        package let addresses: JSONObject?
    }

    /// The three types about network connections.
    package struct ConnectionInfo: Sendable, Hashable {
        /// `networkConnectionId`, else `connectionId`, else `networkID`.
        package let id: String?
        package let note: String?
        /// From the JSON text in `routingPolicy`.
        package let routingPolicy: JSONObject?
    }

    /// Present for `UNMANAGED_WALLET`, where `extraInfo` is.
    package var wallet: WalletInfo? {
        guard type == "UNMANAGED_WALLET", let extraInfo else { return nil }
        return WalletInfo(
            kind: extraInfo["subType"]?.string, name: extraInfo["walletName"]?.string,
            id: extraInfo["walletId"]?.string,
            asset: extraInfo["asset"]?.string, address: extraInfo["address"]?.string, tag: extraInfo["tag"]?.string)
    }

    /// Present for `EXCHANGE` and `FIAT_ACCOUNT`, where `extraInfo` is.
    package var account: AccountInfo? {
        guard type == "EXCHANGE" || type == "FIAT_ACCOUNT", let extraInfo else { return nil }
        return AccountInfo(
            kind: extraInfo["subType"]?.string, name: extraInfo["accountName"]?.string,
            id: extraInfo["accountId"]?.string, hasAPIKey: extraInfo["apiKey"] != nil,
            addresses: Self.embedded(extraInfo["addresses"]))
    }

    /// Present for the types about network connections, where `extraInfo` is.
    package var connection: ConnectionInfo? {
        let types = ["ADD_NETWORK_CONNECTION", "SET_NETWORK_CONNECTION_ROUTING_POLICY", "SET_NETWORK_ID_POLICY"]
        guard let type, types.contains(type), let extraInfo else { return nil }
        let id = ["networkConnectionId", "connectionId", "networkID"].lazy.compactMap { extraInfo[$0]?.string }.first
        return ConnectionInfo(
            id: id, note: extraInfo["note"]?.string, routingPolicy: Self.embedded(extraInfo["routingPolicy"]))
    }

    private static func embedded(_ value: JSONValue?) -> JSONObject? {
        value?.string.flatMap { try? StrictJSON.parse(Array($0.utf8)).object }
    }
}
