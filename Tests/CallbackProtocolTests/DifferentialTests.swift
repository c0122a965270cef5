import CJWT
import CallbackProtocol
import Foundation
import SystemCrypto
import TestSupport
import Testing

/// Tokens of ours, of libjwt and of Python's `cryptography`, read by the others.
struct DifferentialTests {
    private let key: RSAPrivateKey
    private let authenticator: RequestAuthenticator
    private let payload: String

    init() throws {
        key = try TestKeys.trusted()
        authenticator = try RequestAuthenticator(cosigners: [TrustedCosigner(name: "one", key: key.publicKey)])
        payload = String(decoding: try contents("samples/tx_observed_docs_eth_signing.exact.json"), as: UTF8.self)
    }

    private func refusal(_ token: [UInt8]) -> ProtocolError.Code? {
        do throws(ProtocolError) {
            _ = try authenticator.authenticate(token: token, kind: .transaction, listener: "l")
            return nil
        } catch {
            return error.code
        }
    }

    private func mutants(_ count: Int, seed: UInt64) throws -> [[UInt8]] {
        let token = try requestToken(payload, key: key)
        let signature = try #require(token.lastIndex(of: UInt8(ascii: ".")))
        var generator = SeededGenerator(seed: seed)
        // Half of the changes fall on the signature, where readers of base64 differ most.
        return (0..<count).map { index in
            index.isMultiple(of: 2)
                ? mutated(token, using: &generator)
                : Array(token[...signature]) + mutated(Array(token[(signature + 1)...]), using: &generator)
        } + [token]
    }

    @Test func libjwtReadsOurAnswers() throws {
        let token = try ResponseSigner(key: key).sign(
            CallbackResponse(action: .reject, requestId: "r-1", rejectionReason: "no \"é\""))
        let pem = key.publicKey.pem
        #expect(LibJWT.verifies(token, publicPEM: pem))
        #expect(LibJWT.claim("action", of: token, publicPEM: pem) == "REJECT")
        #expect(LibJWT.claim("requestId", of: token, publicPEM: pem) == "r-1")
        #expect(LibJWT.claim("rejectionReason", of: token, publicPEM: pem) == "no \"é\"")
        #expect(!LibJWT.verifies(token, publicPEM: try TestKeys.other().publicKey.pem))
    }

    @Test func weReadRequestsOfLibjwt() throws {
        let claims = #"{"txId":"t","operation":"MINT","amountStr":"1.5","requestId":"r-2"}"#
        let token = try #require(LibJWT.sign(claims, algorithm: JWT_ALG_RS256, key: key.privatePEM))
        let request = try authenticator.authenticate(token: token, kind: .transaction, listener: "l")
        #expect(request.requestId == "r-2")
        let answer = try #require(
            LibJWT.sign(#"{"action":"RETRY","requestId":"r-2"}"#, algorithm: JWT_ALG_RS256, key: key.privatePEM))
        let read = try ResponseVerifier.token(key.publicKey).verify(answer, requestId: "r-2", stage: .signing)
        #expect(read.action == .retry)
    }

    /// libjwt 1.10 takes an HMAC keyed with the public key's PEM. We must not.
    @Test func theHMACThatLibjwtFallsForIsRefused() throws {
        let pem = key.publicKey.pem
        let token = try #require(LibJWT.sign(#"{"txId":"t","requestId":"r"}"#, algorithm: JWT_ALG_HS256, key: pem))
        #expect(LibJWT.algorithm(token, publicPEM: pem) == JWT_ALG_HS256)
        #expect(refusal(token) == .tokenAlgorithm)
    }

    @Test func nothingPassesHereThatLibjwtRefuses() throws {
        let pem = key.publicKey.pem
        var (accepted, lax) = (0, 0)
        for token in try mutants(1_500, seed: 11) {
            let theirs = LibJWT.verifies(token, publicPEM: pem)
            if refusal(token) == nil {
                accepted += 1
                #expect(theirs)
            } else if theirs {
                lax += 1
            }
        }
        #expect(accepted >= 1)
        #expect(lax >= 1, "the mutants hold no text that a lax reader takes")
    }

    @Test func pythonAgreesOnEverySignature() async throws {
        let tokens =
            try mutants(1_500, seed: 12) + [
                ResponseSigner(key: key).sign(CallbackResponse(action: .approve, requestId: "r"))
            ]
        let payloads = [payload, #"{"txId":"t","note":"é😀","requestId":"r"}"#]
        let job: [String: Any] = [
            "private": key.privatePEM, "public": key.publicKey.pem, "payloads": payloads,
            "tokens": tokens.map { Data($0).base64EncodedString() },
        ]
        let result = try await run(
            "python3", [try resource("jws_check.py").path], stdin: try JSONSerialization.data(withJSONObject: job))
        try #require(result.status == 0, "\(result.errorText)")
        let reply = try #require(try JSONSerialization.jsonObject(with: result.output) as? [String: Any])
        let verdicts = try #require(reply["verdicts"] as? [Bool])
        try #require(verdicts.count == tokens.count)
        #expect(verdicts.suffix(2) == [true, true])
        for (token, theirs) in zip(tokens.dropLast(), verdicts) {
            switch refusal(token) {
            case nil: #expect(theirs)
            case .badSignature: #expect(!theirs, "\(String(decoding: token, as: UTF8.self))")
            default: break
            }
        }
        for (text, signed) in zip(payloads, try #require(reply["signed"] as? [String])) {
            #expect(Array(signed.utf8) == (try requestToken(text, key: key)))
            let request = try authenticator.authenticate(token: Array(signed.utf8), kind: .transaction, listener: "l")
            #expect(request.payload == Array(text.utf8))
        }
    }
}
