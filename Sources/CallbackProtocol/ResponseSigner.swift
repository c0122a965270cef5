// Answers on their way out.

package import SystemCrypto

extension ProtocolError.Code {
    package static let responseKeyUnusable = Self(rawValue: "response_key_unusable")
}

/// Signs answers with one response key.
package final class ResponseSigner: Sendable {
    /// The size of a response key, the only one that co-signers accept.
    package static let bits = 2048

    private let key: RSAPrivateKey
    package var publicKey: RSAPublicKey { key.publicKey }

    /// Proves the pair once. libcrypto checks every CRT result itself when it signs.
    ///
    /// - Throws: `response_key_unusable` where the key has not exactly 2048 bits (co-signers accept no other), or where
    ///   its parts do not belong together.
    package init(key: RSAPrivateKey) throws(ProtocolError) {
        guard key.bits == Self.bits else {
            throw ProtocolError(
                .responseKeyUnusable,
                "the key has \(key.bits) bits; co-signers accept answers by RSA keys of \(Self.bits) bits only")
        }
        do throws(CryptoError) {
            try key.prove()
        } catch {
            throw ProtocolError(.responseKeyUnusable, error.message)
        }
        self.key = key
    }

    /// The answer as a compact JWS, ASCII bytes.
    package func sign(_ response: CallbackResponse) throws(ProtocolError) -> [UInt8] {
        try StrictJWS.sign(header: Self.header, payload: response.jsonBytes, key: key)
    }

    private static let header = Base64URL.encode(Array(#"{"alg":"RS256","typ":"JWT"}"#.utf8))
}

extension CallbackResponse {
    /// The longest rejection reason, in UTF-8 bytes.
    package static let maximumReason = 512

    /// The answer as compact JSON: the payload of a JWT, or the whole body in certificate mode.
    package var jsonBytes: [UInt8] {
        var bytes = Array(#"{"action":""#.utf8)
        bytes += action.rawValue.utf8
        bytes += #"","requestId":"#.utf8
        writeJSONString(requestId, to: &bytes)
        if action == .reject, let rejectionReason {
            bytes += #","rejectionReason":"#.utf8
            writeJSONString(Self.bounded(rejectionReason), to: &bytes)
        }
        bytes.append(UInt8(ascii: "}"))
        return bytes
    }

    /// The text without control characters, cut between characters.
    private static func bounded(_ reason: String) -> String {
        var text = ""
        var length = 0
        for scalar in reason.unicodeScalars where scalar.properties.generalCategory != .control {
            length += UTF8.width(scalar)
            if length > maximumReason { break }
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}
