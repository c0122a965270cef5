// libjwt, an independent implementation of JWS. It parses lax base64, and it takes the algorithm from the token.

import CJWT
import Foundation

enum LibJWT {
    /// Whether libjwt accepts the token with this key and names RS256 as its algorithm.
    static func verifies(_ token: [UInt8], publicPEM: String) -> Bool {
        algorithm(token, publicPEM: publicPEM) == JWT_ALG_RS256
    }

    /// The algorithm of a token that libjwt accepts with this key.
    static func algorithm(_ token: [UInt8], publicPEM: String) -> jwt_alg_t? {
        withDecoded(token, publicPEM) { jwt_get_alg($0) }
    }

    /// A claim of a token that libjwt accepts with this key.
    static func claim(_ name: String, of token: [UInt8], publicPEM: String) -> String? {
        withDecoded(token, publicPEM) { jwt in jwt_get_grant(jwt, name).map { String(cString: $0) } } ?? nil
    }

    private static func withDecoded<Value>(
        _ token: [UInt8], _ pem: String, _ body: (OpaquePointer) -> Value
    ) -> Value? {
        guard !token.contains(0) else { return nil }
        var jwt: OpaquePointer?
        let key = Array(pem.utf8)
        let text = token.map { CChar(bitPattern: $0) } + [0]
        guard jwt_decode(&jwt, text, key, Int32(key.count)) == 0, let jwt else { return nil }
        defer { jwt_free(jwt) }
        return body(jwt)
    }

    /// A token that libjwt made of these claims.
    static func sign(_ claims: String, algorithm: jwt_alg_t, key pem: String) -> [UInt8]? {
        var jwt: OpaquePointer?
        guard jwt_new(&jwt) == 0, let jwt else { return nil }
        defer { jwt_free(jwt) }
        let key = Array(pem.utf8)
        guard jwt_add_grants_json(jwt, claims) == 0, jwt_set_alg(jwt, algorithm, key, Int32(key.count)) == 0,
            let text = jwt_encode_str(jwt)
        else { return nil }
        // Allocated with malloc, as no other allocator was set.
        defer { free(text) }
        return Array(String(cString: text).utf8)
    }
}
