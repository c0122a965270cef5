import CallbackProtocol
import Testing

struct ConfigurationChangeRequestTests {
    private func change(_ type: String, _ extraInfo: String) -> String {
        #"{"requestId":"r","type":"\#(type)","extraInfo":\#(extraInfo),"signerId":"u"}"#
    }

    @Test func readsTheWalletThatWouldBeWhitelisted() throws {
        let request = try configuration(
            change(
                "UNMANAGED_WALLET",
                #"{"subType":"EXTERNAL","walletName":"V","walletId":"w","asset":"XRP","address":"rEb8","tag":"47\n11"}"#
            ))
        let wallet = try #require(request.wallet)
        #expect(wallet.kind == "EXTERNAL" && wallet.name == "V" && wallet.id == "w")
        #expect(wallet.asset == "XRP" && wallet.address == "rEb8" && wallet.tag == "47\n11")
        #expect(request.signerId == "u" && request.account == nil && request.connection == nil)
    }

    @Test func readsAWalletIdOfTheOlderForm() throws {
        let wallet = try #require(try configuration(change("UNMANAGED_WALLET", #"{"walletId":{"id":"w"}}"#)).wallet)
        #expect(wallet.id == nil)
    }

    @Test(arguments: ["EXCHANGE", "FIAT_ACCOUNT"])
    func readsTheAccountThatWouldBeConnected(type: String) throws {
        let request = try configuration(
            change(
                type,
                #"{"subType":"KRAKEN","accountName":"M","accountId":"i","apiKey":"k","addresses":"{\"BTC\":\"bc1\"}"}"#
            ))
        let account = try #require(request.account)
        #expect(account.kind == "KRAKEN" && account.name == "M" && account.id == "i" && account.hasAPIKey)
        #expect(account.addresses?["BTC"] == .string("bc1"))
        #expect(try configuration(change(type, #"{"addresses":""}"#)).account?.addresses == nil)
    }

    @Test(arguments: [
        ("ADD_NETWORK_CONNECTION", "networkConnectionId"), ("SET_NETWORK_CONNECTION_ROUTING_POLICY", "connectionId"),
        ("SET_NETWORK_ID_POLICY", "networkID"),
    ])
    func readsTheConnectionWhateverItsIdIsCalled(type: String, member: String) throws {
        let info = #"{"\#(member)":"c","note":"n","routingPolicy":"{\"crypto\":{\"scheme\":\"NONE\"}}"}"#
        let connection = try #require(try configuration(change(type, info)).connection)
        #expect(connection.id == "c" && connection.note == "n")
        #expect(connection.routingPolicy?["crypto"]?.object?["scheme"] == .string("NONE"))
    }

    @Test(arguments: ConfigurationChangeRequest.documentedTypes + ["PROTECTED_TAGS", "something new"])
    func acceptsEveryTypeWithoutExtraInfo(type: String) throws {
        let request = try configuration(#"{"requestId":"r","type":"\#(type)","new":[1]}"#)
        #expect(request.type == type && request.extraInfo == nil)
        #expect(request.members["new"] == .array([.number("1")]))
    }

    @Test func extraInfoOfUndocumentedShapeIsKeptAsItIs() throws {
        let info = #"{"address":{"city":"Bern"},"note":[1],"routingPolicy":"not JSON"}"#
        let request = try configuration(change("POLICY_CHANGE", info))
        #expect(request.extraInfo?["address"]?.object?["city"] == .string("Bern"))
        #expect(request.wallet == nil && request.account == nil && request.connection == nil)
    }

    @Test func atTheTransactionEndpointAChangeIsMalformed() throws {
        #expect(try malformedCode(change("EXCHANGE", "{}")) == "request_wrong_endpoint")
    }
}
