// Asks a callback handler as the co-signer does, and believes an answer only when everything about it is right.

package import CallbackProtocol
import HTTPSTransport
package import NIOCore
package import SystemCrypto

/// One API user's line to its callback handler.
///
/// Every answer that is not a verified 200 with the request's own id and a legal action is an error, never an action:
/// silence and doubt fail closed (protocol reference, sections 1.4 and 14.4).
package final class CallbackClient: Sendable {
    /// A verified answer.
    package struct Answer: Sendable {
        package let response: CallbackResponse
        package let elapsed: TimeAmount
        /// What certificate pinning saw and did not enforce: an expired date, another name.
        package let observations: [String]
    }

    private let settings: CallbackHandlerSettings
    private let url: HTTPURL
    private let http: HTTPSClient
    private let cosignerKey: RSAPrivateKey?
    private let verifier: ResponseVerifier
    private let answerTime: TimeAmount

    /// - Parameters:
    ///   - cosignerKey: signs requests; needed for the options with JWT.
    ///   - answerTime: how long the handler may take, 30 s as documented.
    package init(
        settings: CallbackHandlerSettings, cosignerKey: RSAPrivateKey?, group: any EventLoopGroup,
        answerTime: TimeAmount = .seconds(30)
    ) throws(CallbackClientError) {
        do throws(TransportError) {
            url = try HTTPURL(settings.url)
            let tls: TLSClientContext?
            switch url.scheme {
            case .https:
                tls = try TLSClientContext(
                    verification: try settings.verification(), applicationProtocols: ["http/1.1"])
            case .http: tls = nil
            }
            http = HTTPSClient(group: group, tls: tls, options: HTTPClientOptions(keepsConnections: true))
        } catch {
            throw CallbackClientError(code: error.code.rawValue, message: error.message)
        }
        if url.scheme == .http, settings.option != .publicKey {
            throw .settings("A URL without TLS (http://) is for development, and only with --auth public-key")
        }
        verifier = try settings.responseVerifier()
        if settings.option.usesTokens, cosignerKey == nil {
            throw .settings("The security option \(settings.option.rawValue) needs the co-signer's private key")
        }
        self.settings = settings
        self.cosignerKey = cosignerKey
        self.answerTime = answerTime
    }

    /// The request as the co-signer puts it on the wire: a JWT, or JSON text in the certificate options.
    package func body(of payload: JSONObject) throws(CallbackClientError) -> [UInt8] {
        let bytes = CosignerPayload.bytes(of: payload)
        guard settings.option.usesTokens, let cosignerKey else { return bytes }
        do throws(ProtocolError) {
            return try CosignerToken.sign(payload: bytes, key: cosignerKey)
        } catch {
            throw CallbackClientError(code: error.code.rawValue, message: error.message)
        }
    }

    /// Sends a body made by `body(of:)` once and verifies the answer.
    package func ask(
        _ body: [UInt8], kind: RequestKind, requestId: String, stage: RequestStage
    ) async throws(CallbackClientError) -> Answer {
        let path = kind == .transaction ? "/tx_sign_request" : "/config_change_sign_request"
        let request = HTTPClientRequest(
            method: "POST", url: url, appending: (settings.option.usesTokens ? "/v2" : "") + path,
            headers: HTTPHeaderFields([
                ("Host", url.port == url.scheme.defaultPort ? url.bracketedHost : "\(url.bracketedHost):\(url.port)"),
                ("User-Agent", "countersign-cosigner/0.1.0"), ("Accept", "*/*"),
                ("Content-Type", settings.option.usesTokens ? "text/plain" : "application/json"),
                ("Content-Length", String(body.count)),
            ]),
            body: ByteBuffer(bytes: body))
        let response: HTTPClientResponse
        do throws(TransportError) {
            response = try await http.execute(request, deadline: answerTime)
        } catch {
            throw CallbackClientError(code: error.code.rawValue, message: error.message)
        }
        guard response.status == 200 else {
            throw CallbackClientError(
                code: "http_status",
                message: "The callback handler answered \(response.status) instead of 200\(Self.hint(response.status))")
        }
        do throws(ProtocolError) {
            let verified = try verifier.verify(
                Array(response.body.readableBytesView), requestId: requestId, stage: stage)
            return Answer(response: verified, elapsed: response.elapsed, observations: response.tlsObservations)
        } catch {
            throw CallbackClientError(code: error.code.rawValue, message: error.message)
        }
    }

    private static func hint(_ status: Int) -> String {
        switch status {
        case 401: ": it does not trust this co-signer's key; give it the one that print-public-key prints"
        case 404: ": no endpoint there; check the base URL's path, and that its mode fits the security option"
        default: ""
        }
    }
}

extension CallbackHandlerSettings {
    /// What the TLS server must prove under the security option.
    fileprivate func verification() throws(TransportError) -> TLSVerification {
        switch option {
        case .publicKey:
            return .systemTrust(extraRoots: extraCAPEM.map { [Array($0.utf8)] } ?? [])
        case .certificate, .publicKeyAndCertificate:
            let pin = try SubjectPublicKeyPin.compute(certificatePEM: Array((certificatePEM ?? "").utf8))
            return .pinnedPublicKey(sha256: pin.digest)
        case .rootCA, .publicKeyAndRootCA:
            return .onlyRoots([Array((rootCAPEM ?? "").utf8)])
        }
    }

    fileprivate func responseVerifier() throws(CallbackClientError) -> ResponseVerifier {
        guard option.usesTokens else { return .plain }
        guard let publicKeyPEM else {
            throw .settings("The security option \(option.rawValue) needs the callback handler's public key")
        }
        func unusable(_ code: String, _ why: String) -> CallbackClientError {
            CallbackClientError(code: code, message: "The callback handler's public key cannot be used: \(why)")
        }
        let key: RSAPublicKey
        do throws(CryptoError) {
            key = try RSAPublicKey(pem: Array(publicKeyPEM.utf8))
        } catch {
            throw unusable(error.code.rawValue, error.message)
        }
        guard key.bits == ResponseSigner.bits else {
            throw unusable(
                ProtocolError.Code.responseKeyUnusable.rawValue,
                "it has \(key.bits) bits; co-signers accept answers by RSA keys of \(ResponseSigner.bits) bits only")
        }
        return .token(key)
    }
}
