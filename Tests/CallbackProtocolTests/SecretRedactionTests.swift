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
        "token", "access_token", "secretKey", "exchangeApiKey", "clientSecret", "x-auth-token", "credentials",
        "passwordsOfTheExchangeAccountsPassword",
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

/// What reading a request says of secrets, beside what redaction finds: a payload that reading calls clean is stored as it
/// is, without another look.
struct SecretForebodingTests {
    private func foresees(_ value: JSONValue) throws -> Bool {
        let payload = JSONValue.object(
            JSONObject([.init("requestId", .string("r")), .init("type", .string("NEW")), .init("extraInfo", value)]))
        return try RequestAuthenticator.acceptUnauthenticated(
            json: payload.serialized(), kind: .configuration, listener: "test"
        ).mayHoldSecret
    }

    @Test func readingForeseesWhateverRedactionFinds() throws {
        var generator = SeededGenerator(seed: 20_261_130)
        var (found, clean) = (0, 0)
        for _ in 0..<4_000 {
            let value = JSONValue.object(JSONObject([.init("x", Self.value(depth: 0, using: &generator))]))
            let holds = SecretRedaction.redacted(payload: value.serialized()) != nil
            let foreseen = try foresees(value)
            #expect(foreseen || !holds, "\(String(decoding: value.serialized(), as: UTF8.self))")
            if holds { found += 1 }
            if !foreseen { clean += 1 }
        }
        #expect(found > 400 && clean > 400)
    }

    @Test(arguments: [
        "api_key", "_secret_", "ACCESS-TOKEN", "pass phrase", "private.key!", "API.secret", "p-a-s-s-w-o-r-d",
        "apikey\u{e9}",
        "token\u{130}",
    ])
    func namesAreForeseenHoweverTheyAreSpelt(name: String) throws {
        let value = JSONValue.object(JSONObject([.init(name, .string("hunter2"))]))
        #expect(SecretRedaction.redacted(payload: value.serialized()) != nil)
        #expect(try foresees(value))
    }

    @Test func anOrdinaryRequestIsClean() throws {
        let sample = try contents("samples/tx_constructed_approval_only.json")
        let request = try RequestAuthenticator.acceptUnauthenticated(json: sample, kind: .transaction, listener: "test")
        #expect(!request.mayHoldSecret)
        #expect(SecretRedaction.redacted(payload: sample) == nil)
    }

    private static let words = [
        "apiKey", "API_KEY", "secret", "Secret-Key", "passphrase", "private_key", "password", "token", "accessToken",
        "asset",
        "note", "monkey", "market", "yard", "open", "\u{feff}", " ", "",
    ]

    private static func value(depth: Int, using generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<(depth < 3 ? 8 : 3), using: &generator) {
        case 0: return .number("1.50")
        case 1, 2: return .string(word(using: &generator))
        case 3:
            let inner = JSONValue.object(JSONObject([.init(word(using: &generator), .bool(true))])).serialized()
            let text = String(decoding: inner.dropLast(Int.random(in: 0...1, using: &generator)), as: UTF8.self)
            return .string((["", " ", "\u{feff}"].randomElement(using: &generator) ?? "") + text)
        case 4: return .array([value(depth: depth + 1, using: &generator)])
        default:
            return .object(JSONObject([.init(word(using: &generator), value(depth: depth + 1, using: &generator))]))
        }
    }

    private static func word(using generator: inout SeededGenerator) -> String {
        words.randomElement(using: &generator) ?? ""
    }
}

struct SecretRedactionReportTests {
    private func redact(_ json: String, _ names: [String] = []) -> (
        text: String, removed: [SecretRedaction.RemovedValue]
    )? {
        SecretRedaction.redact(payload: Array(json.utf8), masking: names)
    }

    private func pairs(_ json: String, _ names: [String] = []) -> [[String]]? {
        redact(json, names)?.removed.map { [$0.path, $0.value] }
    }

    @Test func tellsWhatStoodWhere() {
        #expect(
            pairs(#"{"a":[{"b":1},{"apiKey":"hun\u0074er2","c":{"token":[1.50,null]}}],"password":false}"#) == [
                ["/a/1/apiKey", #""hunter2""#], ["/a/1/c/token", "[1.50,null]"], ["/password", "false"],
            ])
        #expect(
            pairs(#"{"a/b~c":{"secret":1},"d#":{"secret":2}}"#) == [["/a~1b~0c/secret", "1"], ["/d~2/secret", "2"]])
    }

    @Test func pathsLeadIntoJSONInsideStrings() {
        #expect(pairs(#"{"x":" {\"a\":[{\"apiKey\":\"k\"}]}"}"#) == [["/x#/a/0/apiKey", #""k""#]])
        #expect(pairs(#"{"x":"[\"{\\\"password\\\":\\\"k\\\"}\"]"}"#) == [["/x#/0#/password", #""k""#]])
        #expect(pairs(#"{"x":"{apiKey:k}"}"#) == [["/x", #""{apiKey:k}""#]])
        #expect(pairs(#"{"x":"\"{apiKey:k}\""}"#) == [["/x#", #""{apiKey:k}""#]])
    }

    /// A member named `x#` and JSON inside the member `x` could otherwise have one path.
    @Test func noTwoValuesHaveOnePath() throws {
        let removed = try #require(
            pairs(#"{"x":"{\"token\":1}","x#":{"token":2},"y":"\"{token:}\"","y#":"{token:}","x~2":{"token":3}}"#))
        #expect(removed.count == 5 && Set(removed.map { $0[0] }).count == 5)
    }

    @Test func namedMembersGoWhateverTheirType() {
        let json = #"{"note":"n","list":[1,{"note":2}],"none":null,"Note":3,"apiKey":"k"}"#
        #expect(
            pairs(json, ["note", "list", "none", "absent"]) == [
                ["/note", #""n""#], ["/list", #"[1,{"note":2}]"#], ["/none", "null"], ["/apiKey", #""k""#],
            ])
        #expect(
            redact(json, ["note", "list", "none"])?.text
                == #"{"note":"[removed]","list":"[removed]","none":"[removed]","Note":3,"apiKey":"[removed]"}"#)
        // Only the top level, and only the same code points.
        #expect(redact(#"{"a":{"note":1},"K":1}"#, ["note", "\u{212a}"]) == nil)
    }

    @Test func withoutSecretsAndNamesThereIsNothingToTell() {
        #expect(redact(#"{ "note" : "a" }"#) == nil)
        #expect(redact(#"{ "note" : "a" }"#, ["other"]) == nil)
        #expect(redact("[1]", ["note"]) == nil)
    }

    @Test func aPayloadThatIsNoStrictJSONGoesAsAWhole() throws {
        let broken = try #require(redact(#"{"apiKey":1,"apiKey":2}"#))
        #expect(broken.text.isEmpty && broken.removed.isEmpty)
    }
}
