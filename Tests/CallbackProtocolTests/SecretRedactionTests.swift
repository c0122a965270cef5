import CallbackProtocol
import Testing

struct SecretRedactionTests {
    /// `nil` where the payload may be stored byte for byte.
    private func redacted(_ json: String) -> String? {
        SecretRedaction.redacted(payload: Array(json.utf8))
    }

    @Test(arguments: [
        #"{ "a" : 1.50, "requestId":"r" }"#, #"{"note":"my apiKey is x","list":["secret"]}"#,
        #"{"capturedRule":"{\"type\":\"TRANSFER\", \"amount\":0}"}"#, #"{"note":"[public sale"}"#,
        #"{"note":"{ no JSON"}"#,
        #"{"secretary":"Ann","tokens":1,"apiKeyOwner":"x"}"#, "{}",
    ])
    func withoutSecretsNotAByteChanges(json: String) {
        #expect(redacted(json) == nil)
    }

    @Test(arguments: [
        "apiKey", "API_KEY", "api-key", "apiSecret", "secret", "passphrase", "privateKey", "private_key", "password",
        "token", "access_token", "secretKey",
    ])
    func secretsAreRemovedAtAnyDepth(name: String) {
        #expect(
            redacted(#"{"a":[{"b":{"\#(name)":"hunter2","c":1.50}}]}"#)
                == #"{"a":[{"b":{"\#(name)":"[removed]","c":1.50}}]}"#)
        #expect(redacted(#"{"\#(name)":{"deep":["hunter2"]}}"#) == #"{"\#(name)":"[removed]"}"#)
    }

    @Test func secretsAreRemovedFromJSONInsideStrings() throws {
        #expect(
            redacted(#"{"routingPolicy":" {\"a\":1,\"apiKey\":\"hunter2\"}"}"#)
                == #"{"routingPolicy":"{\"a\":1,\"apiKey\":\"[removed]\"}"}"#)
        #expect(try !#require(redacted(#"{"x":"[\"{\\\"password\\\":\\\"hunter2\\\"}\"]"}"#)).contains("hunter2"))
        #expect(try !#require(redacted(#"{"x":{"\u0061piKey":"hunter2"}}"#)).contains("hunter2"))
    }

    @Test(arguments: [
        #"{"addresses":"{\"apiKey\":\"hunter2\",}"}"#,
        #"{"addresses":"{\"apiKey\":\"hunter2\",\"apiKey\":\"hunter2\"}"}"#,
        #"{"addresses":"\n[{\"api_key\":\"hunter2\""}"#,
    ])
    func brokenJSONThatNamesASecretGoesAsAWhole(json: String) {
        #expect(redacted(json) == #"{"addresses":"[removed]"}"#)
    }

    @Test func readsNothingTwiceWhereTheObjectIsGiven() throws {
        let json = #"{"apiKey":"x","b":1}"#
        let object = try #require(try StrictJSON.parse(Array(json.utf8)).object)
        #expect(SecretRedaction.redacted(payload: Array(json.utf8), object: object) == #"{"apiKey":"[removed]","b":1}"#)
    }

    @Test func anExchangeKeyIsNotInTheStoredSample() throws {
        let sample = try contents("samples/config_constructed_exchange.json")
        let text = try #require(SecretRedaction.redacted(payload: sample))
        #expect(!text.contains("third-party API key") && text.contains(#""apiKey":"[removed]""#))
        #expect(text.contains("Kraken main"))
    }

    /// What only looks like JSON may hold a secret all the same; as nobody can tell where it ends, all of it goes.
    @Test(arguments: [
        #"{'apiKey': 'AKIA'}"#, "{apiKey:AKIA}", #""{\"apiKey\":\"AKIA\"}""#, "\u{feff}{apiKey:AKIA}",
        #"{"api\u004bey":"AKIA",}"#, #"[{"a-p-i-K-e-y" = AKIA]"#,
    ])
    func secretsInWhatLooksLikeJSONAreRemoved(text: String) throws {
        let payload = JSONValue.object(JSONObject([.init("addresses", .string(text))])).serialized()
        #expect(try !#require(SecretRedaction.redacted(payload: payload)).contains("AKIA"))
    }
}
