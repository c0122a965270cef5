import CallbackProtocol
import SystemCrypto
import Testing

struct CosignerPayloadTests {
    private func written(_ json: String) throws -> String {
        let object = try #require(try StrictJSON.parse(Array(json.utf8)).object)
        return String(decoding: CosignerPayload.bytes(of: object), as: UTF8.self)
    }

    @Test func membersComeInTheCosignersOrder() throws {
        #expect(
            try written(
                #"""
                {"requestId":"r","signerId":"s","zebra":1,"players":[],"externalTxId":"e","note":"n",
                "extraParameters":{},
                "rawTx":[],"destinations":[],"fee":"1","ant":2,"asset":"ETH","operation":"RAW","txId":"t"}
                """#)
                == #"{"txId":"t","operation":"RAW","asset":"ETH","fee":"1","destinations":[],"rawTx":[],"#
                + #""extraParameters":{},"note":"n","externalTxId":"e","players":[],"zebra":1,"ant":2,"#
                + #""signerId":"s","requestId":"r"}"#
        )
    }

    @Test func deprecatedNumbersHaveEightDecimals() throws {
        #expect(
            try written(
                #"""
                {"operation":"TRANSFER","amount":1e-9,"requestedAmount":88.226397650000001,"capturedRuleNum":5,
                "destinations":[{"amountUSD":0.0,"amountNative":1.5,"other":1.5}]}
                """#)
                == #"{"operation":"TRANSFER","amount":0.00000000,"requestedAmount":88.22639765,"#
                + #""destinations":[{"amountNative":1.50000000,"amountUSD":0.00000000,"other":1.5}],"#
                + #""capturedRuleNum":5}"#
        )
    }

    @Test func configurationChangesKeepTheirNumbers() throws {
        #expect(
            try written(#"{"signerId":"s","extraInfo":{"b":1,"a":2.50},"type":"X","amount":1.5,"requestId":"r"}"#)
                == #"{"amount":1.5,"type":"X","extraInfo":{"b":1,"a":2.50},"signerId":"s","requestId":"r"}"#)
    }

    @Test func whatIsNoNumberStaysAsItIs() throws {
        let text = #"{"operation":"X","amount":"1","requestedAmount":1e40,"destinations":[7,{"amountUSD":null}]}"#
        #expect(try written(text) == text)
    }

    @Test func tokensHaveTheHeaderOfRealCosigners() throws {
        let token = try requestToken("{}", key: TestKeys.trusted())
        #expect(String(decoding: token, as: UTF8.self).hasPrefix("eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.e30."))
    }
}
