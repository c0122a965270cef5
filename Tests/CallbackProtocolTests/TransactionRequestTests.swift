import CallbackProtocol
import Testing

struct TransactionRequestTests {
    @Test func readsEveryDocumentedMember() throws {
        let request = try transaction(
            #"""
            {"txId":"t","operation":"TRANSFER","sourceType":"VAULT","sourceId":"0","destType":"UNMANAGED","destId":"d",
            "asset":"ETH","amount":0.00410000,"amountStr":"0.004100000000000000","requestedAmount":0.00410000,
            "requestedAmountStr":"0.0041","fee":"0.000584261607657000","destAddressType":"WHITELISTED",
            "destAddress":"a",
            "destinations":[{"amountNative":0.00410000,"amountNativeStr":"0.0041","amountUSD":12.28877570,
            "dstAddress":"a",
            "dstAddressType":"ONE_TIME","dstId":"i","dstWalletId":"w","dstName":"n","dstSubType":"EXTERNAL",
            "dstType":"UNMANAGED","displayDstAddress":"a","action":"ALLOW","actionInfo":{"byRule":true}}],
            "rawTx":[{"keyDerivationPath":"[ 44, 60, 0, 0, 0 ]","rawTx":"02ef","payload":"6ca1"}],"players":["p","q"],
            "signerId":"s","note":"hello\tthere","externalTxId":"e","extraParameters":{"k":[1]},"action":{},"new":null,
            "requestId":"r"}
            """#)
        #expect(request.txId == "t" && request.operation == "TRANSFER" && request.requestId == "r")
        #expect(request.sourceType == "VAULT" && request.sourceId == "0")
        #expect(request.destType == "UNMANAGED" && request.destId == "d" && request.asset == "ETH")
        #expect(request.amount == ExactDecimal(plain: "0.0041"))
        #expect(request.requestedAmount == ExactDecimal(plain: "0.0041"))
        #expect(request.fee == ExactDecimal(plain: "0.000584261607657"))
        #expect(request.destAddressType == "WHITELISTED" && request.destAddress == "a")
        #expect(request.players == ["p", "q"] && request.signerId == "s")
        #expect(request.note == "hello\tthere" && request.externalTxId == "e")
        #expect(request.extraParameters?["k"] == .array([.number("1")]))
        #expect(request.members["new"] == .null)
        let destination = try #require(request.destinations.first)
        #expect(destination.amountNative == ExactDecimal(plain: "0.0041"))
        #expect(destination.amountUSD == ExactDecimal(plain: "12.2887757"))
        #expect(destination.dstAddress == "a" && destination.displayDstAddress == "a")
        #expect(destination.addressType == "ONE_TIME" && destination.id == "i" && destination.walletId == "w")
        #expect(destination.name == "n" && destination.subType == "EXTERNAL" && destination.type == "UNMANAGED")
        #expect(destination.action == "ALLOW" && destination.actionInfo?["byRule"] == .bool(true))
        let raw = try #require(request.rawTransactions.first)
        #expect(raw == .init(keyDerivationPath: "[ 44, 60, 0, 0, 0 ]", rawTx: "02ef", payload: "6ca1"))
    }

    @Test func absentMembersAreNil() throws {
        let request = try transaction(#"{"txId":"t","requestId":"r"}"#)
        #expect(request.operation == nil && request.amount == nil && request.fee == nil && request.signerId == nil)
        #expect(request.destinations.isEmpty && request.rawTransactions.isEmpty && request.players.isEmpty)
    }

    @Test func toleratesOperationsThatNobodyDocumented() throws {
        #expect(try transaction(#"{"operation":"TELEPORT","requestId":"r"}"#).operation == "TELEPORT")
    }

    @Test(
        arguments: [
            ("", .approval), (#","fee":"0""#, .signing), (#","rawTx":[]"#, .signing), (#","players":[]"#, .signing),
            (#","destinations":[{"displayDstAddress":"a"}]"#, .signing),
            (#","destinations":[{"dstAddress":"a"}]"#, .approval),
            (#","destinations":[{"dstId":"1"},{"displayDstAddress":"a"}]"#, .signing), (#","note":"fee""#, .approval),
        ] as [(String, RequestStage)])
    func computesTheStage(members: String, stage: RequestStage) throws {
        #expect(try transaction(#"{"txId":"t"\#(members),"requestId":"r"}"#).stage == stage)
    }

    @Test(arguments: ["RAW", "TYPED_MESSAGE"])
    func emptyTextsAreAbsentWhereBytesAreSigned(operation: String) throws {
        let request = try transaction(
            #"""
            {"operation":"\#(operation)","destType":"","destId":"","destAddress":"","amountStr":"","fee":"","amount":"",
            "destinations":"","requestId":"r"}
            """#)
        #expect(request.destType == nil && request.destAddress == nil && request.amount == nil && request.fee == nil)
        #expect(request.destinations.isEmpty)
        #expect(request.stage == .approval)
        #expect(try malformedCode(#"{"operation":"MINT","fee":"","requestId":"r"}"#) == "request_bad_amount")
    }

    @Test(arguments: [
        ("0.01", "0.010000000000000001"), ("0.01000001", "0.01"), ("0.00999999", "0.01"),
        ("1000000000000", "1000000000001"),
        ("123456789012.12345678", "123456789012.123456784"), ("1e3", "1000"), ("0", "0.00000001"), ("-0.0", "0"),
    ])
    func deprecatedNumbersMayBeRounded(number: String, text: String) throws {
        let request = try transaction(#"{"amount":\#(number),"amountStr":"\#(text)","requestId":"r"}"#)
        #expect(request.amount == ExactDecimal(plain: text))
    }

    @Test(arguments: [
        ("0.01000002", "0.01"), ("1000000000000", "1000000000002"), ("0", "0.000000011"), ("-0.00000002", "0"),
    ])
    func deprecatedNumbersMayNotDisagree(number: String, text: String) throws {
        let json = #"{"amount":\#(number),"amountStr":"\#(text)","requestId":"r"}"#
        #expect(try malformedCode(json) == "request_amount_mismatch")
    }

    @Test func readsDerivationPathsOfBothForms() throws {
        func path(_ value: String) throws -> String? {
            try transaction(#"{"txId":"t","rawTx":[{"keyDerivationPath":\#(value)}],"requestId":"r"}"#)
                .rawTransactions.first?.keyDerivationPath
        }
        #expect(try path("[44,60,0,0,0]") == "[ 44, 60, 0, 0, 0 ]")
        #expect(try path(#""[ 44, 60, 0, 0, 0 ]""#) == "[ 44, 60, 0, 0, 0 ]")
    }

    @Test(arguments: [
        ("0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f8", "0x5dc69b1fbb13bafd09af88a782f0f285772ad5f8"),
        ("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4", "BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4"),
    ])
    func oneAddressMayBeWrittenInTwoCases(address: String, display: String) throws {
        let request = try transaction(
            #"{"requestId":"r","destinations":[{"dstAddress":"\#(address)","displayDstAddress":"\#(display)"}]}"#
        )
        #expect(request.destinations.count == 1)
    }

    @Test func atTheConfigurationEndpointATransactionIsMalformed() throws {
        let sample = String(decoding: try contents("samples/tx_observed_docs_eth_signing.exact.json"), as: UTF8.self)
        #expect(try malformedCode(sample) == nil)
        #expect(try malformedCode(sample, .configuration) == "request_wrong_endpoint")
    }
}
