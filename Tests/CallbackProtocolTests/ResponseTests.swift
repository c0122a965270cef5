import CallbackProtocol
import SystemCrypto
import Testing

struct ResponseTests {
    @Test(arguments: CallbackAction.allCases)
    func aSignedAnswerVerifies(action: CallbackAction) throws {
        let signer = try ResponseSigner(key: TestKeys.other())
        let token = try signer.sign(CallbackResponse(action: action, requestId: "r-1", rejectionReason: "too much"))
        let answer = try ResponseVerifier.token(signer.publicKey).verify(token, requestId: "r-1", stage: .approval)
        #expect(answer.action == action && answer.requestId == "r-1")
        #expect(answer.rejectionReason == (action == .reject ? "too much" : nil))
        #expect(token.starts(with: Base64URL.encode(Array(#"{"alg":"RS256","typ":"JWT"}"#.utf8))))
    }

    @Test func theAnswerIsCompactJSON() {
        func text(_ response: CallbackResponse) -> String { String(decoding: response.jsonBytes, as: UTF8.self) }
        #expect(
            text(CallbackResponse(action: .approve, requestId: "a\"b\\"))
                == #"{"action":"APPROVE","requestId":"a\"b\\"}"#)
        #expect(
            text(CallbackResponse(action: .reject, requestId: "r", rejectionReason: "say \"no\"\n\u{0}\u{7f}\u{85}!"))
                == #"{"action":"REJECT","requestId":"r","rejectionReason":"say \"no\"!"}"#)
        #expect(text(CallbackResponse(action: .reject, requestId: "r")) == #"{"action":"REJECT","requestId":"r"}"#)
    }

    @Test(arguments: ["x", "é", "€", "😀", "e\u{301}"])
    func aReasonIsCutBetweenCharacters(unit: String) throws {
        let reason = String(repeating: unit, count: 600)
        let bytes = CallbackResponse(action: .reject, requestId: "r", rejectionReason: reason).jsonBytes
        let cut = try #require(try StrictJSON.parse(bytes).object?["rejectionReason"]?.string)
        #expect(cut.utf8.count <= CallbackResponse.maximumReason)
        #expect(cut.utf8.count > CallbackResponse.maximumReason - 4)
        #expect(reason.unicodeScalars.starts(with: cut.unicodeScalars))
    }

    @Test(arguments: [1024, 3072])
    func onlyKeysOf2048BitsSignAnswers(bits: Int) throws {
        let key = try RSAPrivateKey.generate(bits: bits)
        let error = try #require(throws: ProtocolError.self) { try ResponseSigner(key: key) }
        #expect(error.code == .responseKeyUnusable && error.message.contains("\(bits)"))
    }

    static let refused: [(String, RequestStage, String)] = [
        (#"{"action":"APPROVE","requestId":"other"}"#, .approval, "request_id_mismatch"),
        (#"{"action":"APPROVE"}"#, .approval, "request_id_mismatch"),
        (#"{"action":"APPROVE","requestId":null}"#, .approval, "request_id_mismatch"),
        (#"{"action":"APPROVE","requestId":"r "}"#, .approval, "request_id_mismatch"),
        (#"{"action":"APPROVE","requestId":"R"}"#, .approval, "request_id_mismatch"),
        (#"{"action":"approve","requestId":"r"}"#, .approval, "unknown_action"),
        (#"{"action":"APPROVE ","requestId":"r"}"#, .approval, "unknown_action"),
        (#"{"action":true,"requestId":"r"}"#, .approval, "unknown_action"),
        (#"{"requestId":"r"}"#, .approval, "unknown_action"),
        (#"{"Action":"APPROVE","requestId":"r"}"#, .approval, "unknown_action"),
        (#"{"action":"IGNORE","requestId":"r"}"#, .signing, "ignore_on_signing"),
        (#"{"action":"REJECT","requestId":"r","rejectionReason":7}"#, .signing, "response_member"),
        (#"{"action":"REJECT","action":"APPROVE","requestId":"r"}"#, .signing, "json_duplicate_member"),
        (#"["APPROVE"]"#, .signing, "response_not_object"), ("APPROVE", .signing, "json_syntax"),
        (#"{"action":"APPROVE","requestId":"r"},"#, .signing, "json_syntax"),
    ]

    @Test(arguments: refused)
    func anAnswerThatIsNotRightIsNoAction(json: String, stage: RequestStage, code: String) throws {
        let key = try TestKeys.other()
        let signed = try token(header: #"{"alg":"RS256"}"#, payload: json, key: key)
        for (verifier, body) in [(ResponseVerifier.plain, Array(json.utf8)), (.token(key.publicKey), signed)] {
            let error = try #require(throws: ProtocolError.self) {
                try verifier.verify(body, requestId: "r", stage: stage)
            }
            #expect(error.code.rawValue == code)
        }
    }

    @Test(
        arguments: [
            (#"{"requestId":"r","action":"APPROVE","rejectionReason":null}"#, nil),
            (#"{"requestId":"r","action":"APPROVE","rejectionReason":""}"#, nil),
            (#"{"requestId":"r","action":"APPROVE","iat":99999999999,"exp":1,"nbf":99999999999,"txId":"t"}"#, nil),
            (#" { "rejectionReason" : "no" , "action" : "REJECT" , "requestId" : "r" } "#, "no"),
        ] as [(String, String?)])
    func toleratesWhatHandlersSend(json: String, reason: String?) throws {
        let answer = try ResponseVerifier.plain.verify(Array(json.utf8), requestId: "r", stage: .signing)
        #expect(answer.rejectionReason == reason)
    }

    @Test func onlyTheConfiguredKeySignsAnswers() throws {
        let response = CallbackResponse(action: .approve, requestId: "r")
        let token = try ResponseSigner(key: TestKeys.other()).sign(response)
        let strangers = ResponseVerifier.token(try TestKeys.trusted().publicKey)
        let error = try #require(throws: ProtocolError.self) {
            try strangers.verify(token, requestId: "r", stage: .signing)
        }
        #expect(error.code == .badSignature)
        let unsigned = try #require(throws: ProtocolError.self) {
            try strangers.verify(response.jsonBytes, requestId: "r", stage: .signing)
        }
        #expect(unsigned.code == .tokenNotCompact)
    }
}
