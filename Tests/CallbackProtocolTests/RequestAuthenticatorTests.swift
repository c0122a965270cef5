import CallbackProtocol
import SystemCrypto
import Testing

struct RequestAuthenticatorTests {
    private let payload = #"{"txId":"t","operation":"MINT","signerId":"u","requestId":"r-1"}"#

    private func authenticator(_ cosigners: (String, RSAPrivateKey)...) throws -> RequestAuthenticator {
        try RequestAuthenticator(cosigners: cosigners.map { TrustedCosigner(name: $0, key: $1.publicKey) })
    }

    @Test func namesTheCosignerWhoseKeySigned() throws {
        let (first, second) = (try TestKeys.trusted(), try TestKeys.other())
        let authenticator = try authenticator(("east", first), ("west", second))
        for (name, key) in [("east", first), ("west", second)] {
            let token = try requestToken(payload, key: key)
            let request = try authenticator.authenticate(token: token, kind: .transaction, listener: "[::1]:8443")
            #expect(request.origin == .cosigner(name: name, keyFingerprint: key.publicKey.fingerprint))
            #expect(request.cosignerName == name)
            #expect(request.listener == "[::1]:8443")
            #expect(request.payload == Array(payload.utf8))
            #expect(request.payloadDigest == SHA256Digest.hash(Array(payload.utf8)))
            #expect(request.requestId == "r-1" && request.signerId == "u" && request.stage == .approval)
            #expect(request.identity.authenticator == "key:" + Hexadecimal.encode(key.publicKey.fingerprint))
        }
    }

    @Test func believesNobodyWithoutCosigners() throws {
        let token = try requestToken(payload, key: TestKeys.trusted())
        let error = try #require(throws: ProtocolError.self) {
            try authenticator().authenticate(token: token, kind: .transaction, listener: "l")
        }
        #expect(error.code == .badSignature && error.code.isAuthentication)
    }

    @Test func aCertificateModeListenerVouchesForItsRequests() throws {
        let request = try accept(payload)
        #expect(request.origin == .listener(address: "127.0.0.1:8443"))
        #expect(request.cosignerName == nil)
        #expect(request.identity.authenticator == "listener:127.0.0.1:8443")
        #expect(request.payload == Array(payload.utf8))
    }

    @Test(arguments: [
        #"{"alg":"RS256"}"#, #"{"typ":"JWT","alg":"RS256"}"#, #" { "alg" : "RS256" , "kid" : "any" } "#,
        #"{"kid":"../../key","typ":"JWT","alg":"RS256"}"#, #"{"alg":"RS25\u0036"}"#,
    ])
    func acceptsEveryHeaderThatSaysRS256AndNothingElse(header: String) throws {
        let key = try TestKeys.trusted()
        let token = try token(header: header, payload: payload, key: key)
        let request = try authenticator(("one", key)).authenticate(token: token, kind: .transaction, listener: "l")
        #expect(request.requestId == "r-1")
    }

    @Test func boundsTheToken() throws {
        let key = try TestKeys.trusted()
        let token = try requestToken(payload, key: key)
        func limited(_ size: Int) throws -> RequestAuthenticator {
            try RequestAuthenticator(
                cosigners: [TrustedCosigner(name: "one", key: key.publicKey)], maximumSize: size)
        }
        _ = try limited(token.count).authenticate(token: token, kind: .transaction, listener: "l")
        let error = try #require(throws: ProtocolError.self) {
            try limited(token.count - 1).authenticate(token: token, kind: .transaction, listener: "l")
        }
        #expect(error.code == .tokenTooLarge && error.code.isAuthentication)
    }

    @Test func answersMalformedRequestsThatNameThemselves() throws {
        let key = try TestKeys.trusted()
        let token = try requestToken(
            #"{"txId":"t","fee":"1e5","note":"s3cret","signerId":"u","requestId":"r-2"}"#, key: key)
        let request = try authenticator(("one", key)).authenticate(token: token, kind: .transaction, listener: "l")
        guard case .malformed(let malformed) = request.content else {
            throw UnexpectedContent(content: request.content)
        }
        #expect(malformed.requestId == "r-2" && malformed.signerId == "u" && malformed.stage == .signing)
        #expect(malformed.code == "request_bad_amount")
        #expect(malformed.reason.contains("$.fee") && !malformed.reason.contains("1e5"))
        #expect(request.stage == .signing && request.requestId == "r-2" && request.signerId == "u")
    }

    @Test func malformedRequestsKeepTheStageThatTheyShow() throws {
        #expect(try accept(#"{"txId":1,"requestId":"r"}"#).stage == .approval)
        #expect(try accept(#"{"txId":1,"players":7,"requestId":"r"}"#).stage == .signing)
        #expect(try accept(#"{"txId":"t","requestId":"r","fee":"1"}"#, .configuration).stage == .approval)
    }

    @Test(arguments: [1, 256])
    func takesRequestIdsOfPrintableASCII(count: Int) throws {
        let id = String(String(repeating: "aZ09 -_:.~!", count: 30).prefix(count))
        #expect(try accept(#"{"txId":"t","requestId":"\#(id)"}"#).requestId == id)
    }

    @Test func wantsKeysOf2048To4096Bits() throws {
        let small = try RSAPrivateKey.generate(bits: 1024)
        let error = try #require(throws: ProtocolError.self) { try authenticator(("tiny", small)) }
        #expect(error.code == .cosignerKeyUnusable)
        #expect(error.message.contains("tiny") && error.message.contains("1024"))
        _ = try authenticator(("larger", RSAPrivateKey.generate(bits: 3072)))
    }

    @Test func wantsOneNameAndOneKeyPerCosigner() throws {
        let (first, second) = (try TestKeys.trusted(), try TestKeys.other())
        let sameKey = try #require(throws: ProtocolError.self) { try authenticator(("a", first), ("b", first)) }
        #expect(sameKey.message.contains("a and b"))
        let sameName = try #require(throws: ProtocolError.self) { try authenticator(("a", first), ("a", second)) }
        #expect(sameName.code == .cosignerKeyUnusable)
    }

    @Test(arguments: ["jws_algorithm", "jws_too_large", "bad_signature"])
    func authenticationCodesAreTellable(code: String) {
        #expect(ProtocolError.Code(rawValue: code).isAuthentication)
    }

    @Test(arguments: ["json_syntax", "request_id_unusable", "request_not_object", "cosigner_key_unusable"])
    func otherCodesAreNotAuthentication(code: String) {
        #expect(!ProtocolError.Code(rawValue: code).isAuthentication)
    }

    @Test(arguments: [(String(repeating: "x", count: 257), nil), ("a\\u0007b", nil), ("user-1", "user-1")])
    func aMalformedRequestKeepsOnlyAUsableSignerId(stated: String, kept: String?) throws {
        let json = #"{"requestId":"r","txId":5,"signerId":"\#(stated)"}"#
        let request = try RequestAuthenticator.acceptUnauthenticated(
            json: Array(json.utf8), kind: .transaction, listener: "l")
        guard case .malformed(let malformed) = request.content else {
            Issue.record("not malformed")
            return
        }
        #expect(malformed.signerId == kept && request.signerId == kept)
    }
}
