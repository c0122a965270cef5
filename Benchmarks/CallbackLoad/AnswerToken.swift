// Reading tokens back: which request was sent, what was answered.

import FoundationEssentials
import SystemCrypto

/// A verified answer of the server.
struct AnswerToken: Decodable {
    let action: String
    let requestId: String

    private static let headers = [#"{"alg":"RS256","typ":"JWT"}"#, #"{"typ":"JWT","alg":"RS256"}"#].map {
        Array($0.utf8)
    }

    /// `nil` unless the text is a compact JWS with exactly an RS256 header, the key's signature over it, and an answer.
    static func verified(_ token: [UInt8], key: RSAPublicKey) -> AnswerToken? {
        let segments = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard segments.count == 3,
            let header = Base64URL.decode(segments[0]), headers.contains(header),
            let payload = Base64URL.decode(segments[1]),
            let signature = Base64URL.decode(segments[2]),
            key.isValid(signature: signature, for: token[..<segments[1].endIndex])
        else { return nil }
        return try? JSONDecoder().decode(AnswerToken.self, from: Data(payload))
    }

    /// The requestId of a token that `prepare` made.
    static func sentRequestId(_ token: [UInt8]) throws(LoadError) -> String {
        let segments = token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard segments.count == 3, let payload = Base64URL.decode(segments[1]),
            let value = RequestTemplate.onlyValue(of: "requestId", in: payload)
        else { throw LoadError(.file, "A line of the token file is not a token that prepare made") }
        return String(decoding: payload[value], as: UTF8.self)
    }
}
