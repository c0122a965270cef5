// A callback handler that answers whatever a test wants.

import CallbackProtocol
import Foundation
import HTTPSTransport
import NIOCore
import NIOPosix
import SystemCrypto
import TestSupport

@testable import CosignerCallbackClient

struct ScriptedService: HTTPService {
    let answer: @Sendable (HTTPRequest) -> HTTPResponse

    func refusal(of head: HTTPRequestHead) -> HTTPResponse? { nil }

    func respond(to request: HTTPRequest, on eventLoop: any EventLoop) -> EventLoopFuture<HTTPResponse> {
        eventLoop.makeSucceededFuture(answer(request))
    }

    func transportRefused(_ refusal: TransportRefusal) {}
}

/// A server on 127.0.0.1 with a certificate of its own authority, and settings that trust it.
final class FakeHandler: Sendable {
    let server: HTTPServer
    let directory: TemporaryDirectory
    let responseKey: RSAPrivateKey
    let cosignerKey: RSAPrivateKey
    let url: String
    private let caPEM: String
    private let certificatePEM: String

    init(_ answer: @escaping @Sendable (HTTPRequest, RSAPrivateKey) -> HTTPResponse) async throws {
        let authority = try DevelopmentCertificateAuthority()
        let identity = try authority.issue()
        let key = try RSAPrivateKey.generate(bits: 2048)
        directory = try TemporaryDirectory()
        caPEM = authority.certificatePEM
        certificatePEM = identity.certificatePEM
        responseKey = key
        cosignerKey = try RSAPrivateKey.generate(bits: 2048)
        let tls = try TLSServerContext(
            certificateChainFile: directory.write("server.pem", identity.certificatePEM),
            privateKeyFile: directory.write("server.key", identity.privateKeyPEM),
            applicationProtocols: ["http/1.1"], now: Int64(Date().timeIntervalSince1970))
        server = try await HTTPServer.start(
            listeners: [
                ListenerConfiguration(
                    name: "handler", address: .tcp(host: "127.0.0.1", port: 0), tls: tls, allowFrom: nil,
                    service: ScriptedService { answer($0, key) })
            ], limits: ServerLimits(), group: MultiThreadedEventLoopGroup.singleton)
        url = "https://localhost:\(server.addresses["handler"]?.port ?? 0)"
    }

    func settings(_ option: SecurityOption, url: String? = nil) -> CallbackHandlerSettings {
        CallbackHandlerSettings(
            url: url ?? self.url, option: option,
            publicKeyPEM: option.usesTokens ? responseKey.publicKey.pem : nil,
            certificatePEM: option.needsCertificate ? certificatePEM : nil, rootCAPEM: option.needsRootCA ? caPEM : nil,
            extraCAPEM: option == .publicKey ? caPEM : nil)
    }

    /// Asks once with a signing request of the id `r-1` and returns the action, or the error's code.
    func ask(_ option: SecurityOption, stage: RequestStage = .signing, settings: CallbackHandlerSettings? = nil)
        async throws -> String
    {
        let client = try CallbackClient(
            settings: settings ?? self.settings(option), cosignerKey: cosignerKey,
            group: MultiThreadedEventLoopGroup.singleton, answerTime: .seconds(20))
        let body = try client.body(of: JSONObject([.init("fee", .string("1")), .init("requestId", .string("r-1"))]))
        do {
            return try await client.ask(body, kind: .transaction, requestId: "r-1", stage: stage).response.action
                .rawValue
        } catch {
            return error.code
        }
    }

    func stop() async {
        await server.shutdown(gracePeriod: .seconds(1))
    }
}

func text(_ status: Int = 200, _ body: [UInt8]) -> HTTPResponse {
    HTTPResponse(status: status, body: ByteBuffer(bytes: body))
}

/// A JWT with this payload, signed by this key.
func token(_ payload: String, _ key: RSAPrivateKey) -> [UInt8] {
    (try? CosignerToken.sign(payload: Array(payload.utf8), key: key)) ?? []
}
