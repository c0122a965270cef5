import CallbackProtocol
import Foundation
import HTTPSTransport
import NIOCore
import NIOPosix
import SystemCrypto
import Testing

@testable import CosignerCallbackClient

@Suite struct CallbackClientTests {
    static let approval = #"{"action":"APPROVE","requestId":"r-1"}"#

    @Test(arguments: SecurityOption.allCases)
    func aRightAnswerIsTakenInEveryOption(option: SecurityOption) async throws {
        let handler = try await FakeHandler { _, key in
            text(200, option.usesTokens ? token(Self.approval, key) : Array(Self.approval.utf8))
        }
        #expect(try await handler.ask(option) == "APPROVE")
        await handler.stop()
    }

    /// Everything that is not a verified, legal answer to this very request is an error, never an action.
    static let wrongAnswers: [(String, String)] = [
        (#"{"action":"APPROVE","requestId":"r-2"}"#, "another requestId"),
        (#"{"action":"APPROVE"}"#, "no requestId"),
        (#"{"requestId":"r-1"}"#, "no action"),
        (#"{"action":"approve","requestId":"r-1"}"#, "lower case"),
        (#"{"action":"ALLOW","requestId":"r-1"}"#, "unknown action"),
        (#"{"action":true,"requestId":"r-1"}"#, "action of another type"),
        (#"{"action":"IGNORE","requestId":"r-1"}"#, "IGNORE on signing"),
        (#"{"action":"REJECT","action":"APPROVE","requestId":"r-1"}"#, "duplicate member"),
        ("[]", "no object"), ("", "empty"), ("null", "null"),
    ]

    @Test(arguments: wrongAnswers.indices, [SecurityOption.publicKey, .certificate])
    func aWrongAnswerIsAnErrorNeverAnAction(index: Int, option: SecurityOption) async throws {
        let (payload, what) = Self.wrongAnswers[index]
        let handler = try await FakeHandler { _, key in
            text(200, option.usesTokens ? token(payload, key) : Array(payload.utf8))
        }
        let outcome = try await handler.ask(option)
        #expect(CallbackAction(rawValue: outcome) == nil, "\(what): \(outcome)")
        await handler.stop()
    }

    @Test func ignoreIsLegalAtTheApprovalStage() async throws {
        let handler = try await FakeHandler { _, key in
            token(#"{"action":"IGNORE","requestId":"r-1"}"#, key).isEmpty
                ? text(500, []) : text(200, token(#"{"action":"IGNORE","requestId":"r-1"}"#, key))
        }
        #expect(try await handler.ask(.publicKey, stage: .approval) == "IGNORE")
        await handler.stop()
    }

    @Test func answersOfAnotherKeyAreRefused() async throws {
        let stranger = try RSAPrivateKey.generate(bits: 2048)
        let handler = try await FakeHandler { _, _ in text(200, token(Self.approval, stranger)) }
        #expect(try await handler.ask(.publicKey) == "bad_signature")
        await handler.stop()
    }

    @Test func plainJSONWhereATokenIsDueIsRefused() async throws {
        let handler = try await FakeHandler { _, _ in text(200, Array(Self.approval.utf8)) }
        #expect(CallbackAction(rawValue: try await handler.ask(.publicKey)) == nil)
        await handler.stop()
    }

    @Test(arguments: [201, 204, 302, 400, 401, 500, 503])
    func everyStatusBut200IsAnError(status: Int) async throws {
        let handler = try await FakeHandler { _, key in
            HTTPResponse(
                status: status, headers: HTTPHeaderFields([("Location", "https://127.0.0.1:1/")]),
                body: status == 204 ? ByteBuffer() : ByteBuffer(bytes: token(Self.approval, key)))
        }
        #expect(try await handler.ask(.publicKey) == "http_status")
        await handler.stop()
    }

    @Test func anOversizeAnswerIsRefused() async throws {
        let handler = try await FakeHandler { _, _ in text(200, [UInt8](repeating: 0x41, count: 200_000)) }
        #expect(try await handler.ask(.certificate) == "response_too_large")
        await handler.stop()
    }

    @Test func theRequestIsWhatTheCosignerSends() async throws {
        let handler = try await FakeHandler { request, key in
            let head = request.head
            let body = String(buffer: request.body)
            let right =
                head.method == "POST" && head.target == "/base/v2/tx_sign_request"
                && body.hasPrefix("eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.") && head.headers["Content-Length"].count == 1
                && head.headers.fields.map(\.name) == [
                    "Host", "User-Agent", "Accept", "Content-Type", "Content-Length",
                ]
            return text(200, token(right ? Self.approval : #"{"action":"REJECT","requestId":"r-1"}"#, key))
        }
        let settings = handler.settings(.publicKey, url: handler.url + "/base")
        #expect(try await handler.ask(.publicKey, settings: settings) == "APPROVE")
        await handler.stop()
    }

    @Test func aServerOfAnotherAuthorityOrKeyIsRefused() async throws {
        let handler = try await FakeHandler { _, key in text(200, token(Self.approval, key)) }
        let other = try await FakeHandler { _, key in text(200, token(Self.approval, key)) }
        for option in SecurityOption.allCases {
            let outcome = try await handler.ask(option, settings: other.settings(option, url: handler.url))
            #expect(CallbackAction(rawValue: outcome) == nil, "\(option): \(outcome)")
        }
        await handler.stop()
        await other.stop()
    }

    @Test func unusableSettingsAreExplained() throws {
        let key = try RSAPrivateKey.generate(bits: 2048)
        let settings: [CallbackHandlerSettings] = [
            .init(url: "ftp://x", option: .publicKey), .init(url: "https://x", option: .publicKey),
            .init(url: "https://x", option: .certificate, certificatePEM: "nothing"),
            .init(url: "https://x", option: .rootCA, rootCAPEM: ""),
            .init(url: "http://x", option: .certificate, certificatePEM: "nothing"),
        ]
        let otherSizes = try [1024, 3072, 4096].map {
            CallbackHandlerSettings(
                url: "https://x", option: .publicKey, publicKeyPEM: try RSAPrivateKey.generate(bits: $0).publicKey.pem)
        }
        for setting in settings + otherSizes {
            #expect(throws: CallbackClientError.self) {
                try CallbackClient(settings: setting, cosignerKey: key, group: MultiThreadedEventLoopGroup.singleton)
            }
        }
    }
}
