// Short ways to what most tests need: resources, and requests read from JSON.

import CallbackProtocol
import Foundation
import SystemCrypto
import Testing

/// A file or folder of this target's resources.
func resource(_ path: String) throws -> URL {
    // Foundation on Linux takes the folder Resources for the bundle's own, so resourceURL is no stable start.
    let url = Bundle.module.bundleURL.appendingPathComponent("Resources").appendingPathComponent(path)
    try #require(FileManager.default.fileExists(atPath: url.path), "no resource \(path)")
    return url
}

func contents(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: resource(path)))
}

/// Reads a payload in the way of a certificate-mode listener, which reads it like an authenticated one.
func accept(_ json: String, _ kind: RequestKind = .transaction) throws -> AuthenticatedRequest {
    try RequestAuthenticator.acceptUnauthenticated(json: Array(json.utf8), kind: kind, listener: "127.0.0.1:8443")
}

func transaction(_ json: String) throws -> TransactionRequest {
    let content = try accept(json).content
    guard case .transaction(let transaction) = content else { throw UnexpectedContent(content: content) }
    return transaction
}

func configuration(_ json: String) throws -> ConfigurationChangeRequest {
    let content = try accept(json, .configuration).content
    guard case .configuration(let change) = content else { throw UnexpectedContent(content: content) }
    return change
}

/// A request was read as something else than the test needs.
struct UnexpectedContent: Error {
    let content: AuthenticatedRequest.Content
}

/// The code of a malformed request, `nil` where the request is well formed.
func malformedCode(_ json: String, _ kind: RequestKind = .transaction) throws -> String? {
    guard case .malformed(let request) = try accept(json, kind).content else { return nil }
    return request.code
}

/// A signed request token in the co-signer's own form.
func requestToken(_ payload: String, key: RSAPrivateKey) throws -> [UInt8] {
    try CosignerToken.sign(payload: Array(payload.utf8), key: key)
}

/// A compact JWS of this header and payload text, validly signed.
func token(header: String, payload: String, key: RSAPrivateKey) throws -> [UInt8] {
    var token = Base64URL.encode(Array(header.utf8)) + [UInt8(ascii: ".")]
    Base64URL.encode(Array(payload.utf8), to: &token)
    let signature = try key.sign(token[...])
    return token + [UInt8(ascii: ".")] + Base64URL.encode(signature)
}
