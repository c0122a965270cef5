import CallbackProtocol
import SystemCrypto
import Testing

/// The request and the answer that the developer documentation publishes, with their key.
struct PublishedExampleTests {
    private let request: [UInt8]
    private let answer: [UInt8]
    private let key: RSAPublicKey
    private let requestId = "9c794cee-7e27-46c9-9e9a-ed68295ff06b"

    init() throws {
        let example = try #require(try StrictJSON.parse(contents("official-example.json")).object)
        func lines(_ name: String) throws -> [String] {
            try #require(example[name]?.array).map { try #require($0.string) }
        }
        request = Array(try lines("request_segments").joined(separator: ".").utf8)
        answer = Array(try lines("response_segments").joined(separator: ".").utf8)
        key = try RSAPublicKey(pem: Array((try lines("public_key_spki_pem_lines").joined(separator: "\n") + "\n").utf8))
    }

    @Test func theRequestIsAuthentic() throws {
        let authenticator = try RequestAuthenticator(cosigners: [TrustedCosigner(name: "docs", key: key)])
        let read = try authenticator.authenticate(token: request, kind: .transaction, listener: "l")
        guard case .transaction(let transaction) = read.content else { throw UnexpectedContent(content: read.content) }
        #expect(transaction.requestId == requestId && transaction.stage == .signing)
        #expect(transaction.amount == ExactDecimal(plain: "0.01") && transaction.asset == "ETH")
        #expect(transaction.destinations.first?.amountUSD == ExactDecimal(plain: "18.74292937"))
        #expect(try StrictJSON.parse(read.payload).serialized() == read.payload)
    }

    @Test func theAnswerIsAuthentic() throws {
        let read = try ResponseVerifier.token(key).verify(answer, requestId: requestId, stage: .signing)
        #expect(read.action == .reject && read.rejectionReason == "Logic returned false")
    }

    @Test func neitherSurvivesAChangedByte() throws {
        let authenticator = try RequestAuthenticator(cosigners: [TrustedCosigner(name: "docs", key: key)])
        for index in stride(from: 0, to: request.count, by: 37) {
            var changed = request
            changed[index] ^= 1
            #expect(throws: ProtocolError.self) {
                try authenticator.authenticate(token: changed, kind: .transaction, listener: "l")
            }
        }
        for index in stride(from: 0, to: answer.count, by: 17) {
            var changed = answer
            changed[index] ^= 1
            #expect(throws: ProtocolError.self) {
                try ResponseVerifier.token(key).verify(changed, requestId: requestId, stage: .signing)
            }
        }
    }
}
