// JWS compact serialization with RS256, and nothing else (RFC 7515, RFC 7518 section 3.3, RFC 8725).

import SystemCrypto

extension ProtocolError.Code {
    package static let tokenTooLarge = Self(rawValue: "jws_too_large")
    package static let tokenNotCompact = Self(rawValue: "jws_not_compact")
    package static let tokenBadBase64 = Self(rawValue: "jws_bad_base64")
    package static let tokenBadHeader = Self(rawValue: "jws_bad_header")
    package static let tokenHeaderMember = Self(rawValue: "jws_header_member")
    package static let tokenAlgorithm = Self(rawValue: "jws_algorithm")
    package static let badSignature = Self(rawValue: "bad_signature")

    /// Whether the bytes are not proven to come from a trusted co-signer: answered with 401, and nothing else.
    package var isAuthentication: Bool { rawValue.hasPrefix("jws_") || self == .badSignature }
}

/// A compact JWS that was taken apart strictly. Its signature is not checked yet.
struct StrictJWS {
    /// The bytes that are signed: header, dot, payload, as sent.
    let signingInput: ArraySlice<UInt8>
    let signature: [UInt8]
    private let payloadSegment: ArraySlice<UInt8>

    /// Takes a token apart. The whole of `token` must be three canonical base64url segments, and the header an object
    /// with `alg` exactly `RS256` and at most `typ` (`JWT`) and `kid` beside it.
    init(_ token: [UInt8], maximumSize: Int) throws(ProtocolError) {
        guard token.count <= maximumSize else {
            throw ProtocolError(.tokenTooLarge, "the token is longer than \(maximumSize) bytes")
        }
        let dot = UInt8(ascii: ".")
        guard let first = token.firstIndex(of: dot), let second = token.lastIndex(of: dot), first > 0,
            second > first + 1, second + 1 < token.count, !Self.holdsDot(token[(first + 1)..<second])
        else {
            throw ProtocolError(.tokenNotCompact, "a compact JWS has three segments between two dots, none empty")
        }
        guard first <= 1_024 else {
            throw ProtocolError(.tokenBadHeader, "the header is longer than 1,024 characters")
        }
        // The header of real co-signers needs no second look.
        if !token[..<first].elementsEqual(CosignerToken.header) { try Self.check(segment: token[..<first]) }
        guard token.count - second <= 1_025, let signature = Base64URL.decode(token[(second + 1)...]) else {
            throw ProtocolError(.tokenBadBase64, "the signature is not canonical base64url of at most 1,024 characters")
        }
        self.signature = signature
        self.payloadSegment = token[(first + 1)..<second]
        self.signingInput = token[..<second]
    }

    /// The payload, decoded. Asked for after the signature is checked.
    func payload() throws(ProtocolError) -> [UInt8] {
        guard let payload = Base64URL.decode(payloadSegment) else {
            throw ProtocolError(.tokenBadBase64, "the payload is not canonical base64url")
        }
        return payload
    }

    /// Without a branch for each of thousands of bytes.
    private static func holdsDot(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.withContiguousStorageIfAvailable { bytes in
            bytes.reduce(0 as UInt8) { found, byte in found | (byte == UInt8(ascii: ".") ? 1 : 0) } != 0
        } ?? bytes.contains(UInt8(ascii: "."))
    }

    private static func check(segment: ArraySlice<UInt8>) throws(ProtocolError) {
        guard let header = Base64URL.decode(segment) else {
            throw ProtocolError(.tokenBadBase64, "the header is not canonical base64url")
        }
        let parsed: JSONValue
        do throws(ProtocolError) {
            parsed = try StrictJSON.parse(header, maximumDepth: 1)
        } catch {
            throw ProtocolError(.tokenBadHeader, "the header is not a strict JSON object of strings: \(error.message)")
        }
        guard let object = parsed.object else {
            throw ProtocolError(.tokenBadHeader, "the header is not a JSON object")
        }
        for member in object.members {
            guard ["alg", "typ", "kid"].contains(where: { isSameText($0, member.name) }) else {
                throw ProtocolError(.tokenHeaderMember, "the header has a member other than alg, typ and kid")
            }
            guard member.value.string != nil else {
                throw ProtocolError(.tokenHeaderMember, "a member of the header is not a string")
            }
        }
        guard let algorithm = object["alg"]?.string, isSameText(algorithm, "RS256") else {
            throw ProtocolError(.tokenAlgorithm, "the algorithm is not RS256")
        }
        if let type = object["typ"]?.string, !isSameText(type, "JWT") {
            throw ProtocolError(.tokenHeaderMember, "typ is not JWT")
        }
    }

    func isSigned(by key: RSAPublicKey) -> Bool {
        key.isValid(signature: signature, for: signingInput)
    }

    /// A token of this payload, signed. `header` is the header's segment, encoded already.
    static func sign(header: [UInt8], payload: [UInt8], key: RSAPrivateKey) throws(ProtocolError) -> [UInt8] {
        var token: [UInt8] = []
        token.reserveCapacity(header.count + payload.count * 4 / 3 + key.bits / 6 + 8)
        token += header
        token.append(UInt8(ascii: "."))
        Base64URL.encode(payload, to: &token)
        do throws(CryptoError) {
            let signature = try key.sign(token[...])
            token.append(UInt8(ascii: "."))
            Base64URL.encode(signature, to: &token)
            return token
        } catch {
            throw ProtocolError(ProtocolError.Code(rawValue: error.code.rawValue), error.message)
        }
    }
}
