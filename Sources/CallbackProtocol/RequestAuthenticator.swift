// From bytes to an authenticated request: the only way in.

package import SystemCrypto

extension ProtocolError.Code {
    package static let cosignerKeyUnusable = Self(rawValue: "cosigner_key_unusable")
    package static let requestNotObject = Self(rawValue: "request_not_object")
    package static let requestIdUnusable = Self(rawValue: "request_id_unusable")
}

/// A co-signer whose requests are believed.
package struct TrustedCosigner: Sendable {
    /// The operator's name for it; rules and records use it.
    package let name: String
    package let key: RSAPublicKey
    /// What `RequestIdentity` and records call it by.
    let authenticator: String

    package init(name: String, key: RSAPublicKey) {
        self.name = name
        self.key = key
        authenticator = RequestOrigin.cosigner(name: name, keyFingerprint: key.fingerprint).authenticator
    }
}

/// Believes the requests of the configured co-signers, and of nobody else.
package struct RequestAuthenticator: Sendable {
    private let cosigners: [TrustedCosigner]
    private let maximumSize: Int

    /// - Parameter maximumSize: the longest token, in bytes.
    /// - Throws: `cosigner_key_unusable` for a key outside 2048 to 4096 bits, and for a name or key given twice.
    package init(cosigners: [TrustedCosigner], maximumSize: Int = 8 * 1024 * 1024) throws(ProtocolError) {
        for (index, cosigner) in cosigners.enumerated() {
            guard (2048...4096).contains(cosigner.key.bits) else {
                throw ProtocolError(
                    .cosignerKeyUnusable,
                    "the key of co-signer \(cosigner.name) has \(cosigner.key.bits) bits; 2048 to 4096 are accepted")
            }
            for earlier in cosigners[..<index] where earlier.key.fingerprint == cosigner.key.fingerprint {
                throw ProtocolError(
                    .cosignerKeyUnusable,
                    "the co-signers \(earlier.name) and \(cosigner.name) have the same key; each co-signer has its own")
            }
            guard !cosigners[..<index].contains(where: { $0.name == cosigner.name }) else {
                throw ProtocolError(.cosignerKeyUnusable, "two co-signers have the name \(cosigner.name)")
            }
        }
        self.cosigners = cosigners
        self.maximumSize = maximumSize
    }

    /// Verifies and reads a JWT. What is authentic but malformed comes back as `.malformed` where its requestId is
    /// usable.
    ///
    /// - Throws: codes with `isAuthentication` where nothing is proven; `json_...`, `request_not_object` or
    ///   `request_id_unusable` where the payload is authentic and cannot be answered.
    package func authenticate(
        token: [UInt8], kind: RequestKind, listener: String
    ) throws(ProtocolError) -> AuthenticatedRequest {
        let jws = try StrictJWS(token, maximumSize: maximumSize)
        guard let cosigner = cosigners.first(where: { jws.isSigned(by: $0.key) }) else {
            throw ProtocolError(.badSignature, "no trusted co-signer signed this token")
        }
        let payload = try jws.payload()
        let (content, mayHoldSecret) = try Self.read(payload, kind: kind)
        return AuthenticatedRequest(
            origin: .cosigner(name: cosigner.name, keyFingerprint: cosigner.key.fingerprint),
            authenticator: cosigner.authenticator, listener: listener, kind: kind, payload: payload, content: content,
            mayHoldSecret: mayHoldSecret)
    }

    /// Reads the JSON body of a certificate-mode listener, whose peer the protocol does not authenticate.
    package static func acceptUnauthenticated(
        json: [UInt8], kind: RequestKind, listener: String
    ) throws(ProtocolError) -> AuthenticatedRequest {
        let (content, mayHoldSecret) = try read(json, kind: kind)
        return AuthenticatedRequest(
            origin: .listener(address: listener), listener: listener, kind: kind, payload: json, content: content,
            mayHoldSecret: mayHoldSecret)
    }

    private static func read(
        _ payload: [UInt8], kind: RequestKind
    ) throws(ProtocolError) -> (AuthenticatedRequest.Content, mayHoldSecret: Bool) {
        let (value, mayHoldSecret) = try StrictJSON.read(payload)
        guard let object = value.object else {
            throw ProtocolError(.requestNotObject, "the payload is not a JSON object", path: "$")
        }
        return (try read(object, kind: kind), mayHoldSecret)
    }

    private static func read(
        _ object: JSONObject, kind: RequestKind
    ) throws(ProtocolError) -> AuthenticatedRequest.Content {
        guard let requestId = object["requestId"]?.string, RequestIdentity.isUsable(requestId) else {
            throw ProtocolError(
                .requestIdUnusable,
                "a request has a requestId of 1 to \(RequestIdentity.longestId) printable ASCII characters",
                path: "$.requestId")
        }
        do throws(ProtocolError) {
            switch kind {
            case .transaction: return .transaction(try TransactionRequest.read(object))
            case .configuration: return .configuration(try ConfigurationChangeRequest.read(object))
            }
        } catch {
            let stage: RequestStage = kind == .configuration ? .approval : RequestStage(ofTransaction: object)
            // Kept only where it is one that a well-formed request could have.
            var reader = MemberReader(object, emptyIsAbsent: false)
            let signerId = try? reader.signerId()
            return .malformed(
                MalformedRequest(
                    requestId: requestId, signerId: signerId, stage: stage, code: error.code.rawValue,
                    reason: "Malformed request: \(error.path.isEmpty ? "" : "\(error.path): ")\(error.message)"))
        }
    }
}
