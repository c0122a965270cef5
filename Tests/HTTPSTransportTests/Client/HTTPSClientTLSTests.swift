import Foundation
import HTTPSTransport
import NIOCore
import SystemCrypto
import TestSupport
import Testing

/// Our client and `openssl s_server`, or our own server.
@Suite struct HTTPSClientTLSTests {
    private func client(_ verification: TLSVerification) throws -> HTTPSClient {
        HTTPSClient(
            group: testGroup,
            tls: try TLSClientContext(verification: verification, applicationProtocols: ["http/1.1"]))
    }

    @Test("s_server answers a verified client", arguments: ["-tls1_2", "-tls1_3"])
    func verified(version: String) async throws {
        let fixture = try TLSFixture()
        let server = try ServerProgram(opensslWith: fixture.chainFile, fixture.keyFile, [version])
        for host in ["127.0.0.1", "localhost"] {
            let response = try await client(.onlyRoots([fixture.root]))
                .execute(.get(server.port, host: host), deadline: .seconds(10))
            #expect(response.status == 200)
            #expect(String(buffer: response.body).contains(version == "-tls1_2" ? "TLSv1.2" : "TLSv1.3"))
            #expect(response.tlsObservations.isEmpty)
        }
    }

    @Test func aCertificateForAnotherNameIsRefused() async throws {
        let fixture = try TLSFixture(.init(commonName: "x", alternativeNames: ["DNS:example.com"]))
        let server = try ServerProgram(opensslWith: fixture.chainFile, fixture.keyFile)
        let client = try client(.onlyRoots([fixture.root]))
        let failure = await failureCode { _ = try await client.execute(.get(server.port), deadline: .seconds(10)) }
        #expect(failure == "tls_certificate_name_mismatch")
    }

    @Test func anExpiredCertificateIsRefusedByTrustAndObservedByPin() async throws {
        let fixture = try TLSFixture(
            .init(commonName: "x", alternativeNames: ["IP:127.0.0.1"], notBefore: -7200, notAfter: -3600))
        let server = try ServerProgram(opensslWith: fixture.chainFile, fixture.keyFile)
        let trusting = try client(.onlyRoots([fixture.root]))
        let failure = await failureCode { _ = try await trusting.execute(.get(server.port), deadline: .seconds(10)) }
        #expect(failure == "tls_certificate_expired")
        let response = try await client(.pinnedPublicKey(sha256: fixture.pin.digest))
            .execute(.get(server.port), deadline: .seconds(10))
        #expect(response.status == 200)
        #expect(response.tlsObservations.count == 1 && response.tlsObservations[0].contains("expired"))
    }

    @Test func anAuthorityThatIsNotGivenIsRefused() async throws {
        let fixture = try TLSFixture()
        let server = try ServerProgram(opensslWith: fixture.chainFile, fixture.keyFile)
        let client = try client(.onlyRoots([try TLSFixture().root]))
        let failure = await failureCode { _ = try await client.execute(.get(server.port), deadline: .seconds(10)) }
        #expect(failure == "tls_certificate_unknown_authority")
    }

    @Test func pinsAreCompared() async throws {
        let fixture = try TLSFixture(selfSigned: true)
        let server = try ServerProgram(opensslWith: fixture.chainFile, fixture.keyFile)
        let right = try await client(.pinnedPublicKey(sha256: fixture.pin.digest))
            .execute(.get(server.port, host: "localhost"), deadline: .seconds(10))
        #expect(right.status == 200)
        let wrong = try client(.pinnedPublicKey(sha256: try TLSFixture().pin.digest))
        let failure = await failureCode { _ = try await wrong.execute(.get(server.port), deadline: .seconds(10)) }
        #expect(failure == "tls_pin_mismatch")
    }

    @Test func anAnswerWithoutLengthThatIsCutOffIsNotTakenForWhole() async throws {
        let fixture = try TLSFixture()
        let server = try fixture.server(["http/1.1"])
        let client = HTTPSClient(group: testGroup, tls: try fixture.client())
        // Script .close sends close_notify: the body that runs to the end is whole.
        try await withScript(Script("HTTP/1.1 200 OK\r\n\r\nall of it"), tls: server) { port, _ in
            let response = try await client.execute(.get(port), deadline: .seconds(10))
            #expect(String(buffer: response.body) == "all of it")
        }
        try await withLoopbackServer { channel in
            try channel.pipeline.syncOperations.addHandlers(
                TLSHandler(server: server, handshakeTimeout: .seconds(10)), CutOff())
        } _: { port in
            let failure = await failureCode { _ = try await client.execute(.get(port), deadline: .seconds(10)) }
            #expect(failure == "tls_truncated")
        }
    }

    @Test func aConnectionIsKeptWithTLSToo() async throws {
        let fixture = try TLSFixture()
        let client = HTTPSClient(
            group: testGroup, tls: try fixture.client(), options: .init(keepsConnections: true))
        let script = Script("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", .keep)
        try await withScript(script, tls: fixture.server(["http/1.1"])) { port, sightings in
            for index in 0..<5 { _ = try await client.execute(.post(port, "\(index)"), deadline: .seconds(10)) }
            #expect(sightings.connections == 1)
            #expect(sightings.requests.count == 5)
        }
    }

    @Test func pythonsServerIsUnderstood() async throws {
        let fixture = try TLSFixture()
        let server = try ServerProgram(
            ["python3", "-c", pythonServer, fixture.chainFile, fixture.keyFile], marker: "PORT ")
        let response = try await client(.onlyRoots([fixture.root]))
            .execute(.post(server.port, "hello", host: "localhost"), deadline: .seconds(20))
        #expect(response.status == 200)
        #expect(String(buffer: response.body) == "POST /v2/ask hello")
    }

    @Test func aCertificateCanBeFetchedWithoutTrust() async throws {
        let chain = try await ThreeLevels()
        let file = try chain.file("chain.pem", [chain.leaf, chain.intermediate])
        let server = try ServerProgram(opensslWith: file, chain.key, ["-cert_chain", file])
        let fetched = try await CertificateFetcher.fetch(
            host: "127.0.0.1", port: server.port, group: testGroup, deadline: .seconds(10))
        #expect(fetched.chainPEM.hasPrefix(chain.leaf))
        #expect(fetched.pin == (try .compute(certificatePEM: Array(chain.leaf.utf8))))
        #expect(fetched.alternativeNames == ["DNS:localhost"])
        let failure = await failureCode {
            _ = try await CertificateFetcher.fetch(host: "127.0.0.1", port: 1, group: testGroup, deadline: .seconds(10))
        }
        #expect(failure == "connect_failed")
    }
}

/// Answers without a length, then ends TCP without a word of TLS.
private final class CutOff: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let answer = ByteBuffer(string: "HTTP/1.1 200 OK\r\n\r\nhalf of")
        let promise = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(NIOAny(answer), promise: promise)
        promise.futureResult.assumeIsolated().whenComplete { _ in
            // The head context is below TLS.
            try? context.pipeline.syncOperations.context(handlerType: TLSHandler.self).close(promise: nil)
        }
    }
}

/// Python's http.server with its ssl module.
private let pythonServer = """
    import http.server, ssl, sys
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            answer = b"POST " + self.path.encode() + b" " + body
            self.send_response(200)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server.socket = context.wrap_socket(server.socket, server_side=True)
    print("PORT", server.server_port, flush=True)
    server.serve_forever()
    """
