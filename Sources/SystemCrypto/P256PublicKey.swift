// P-256 public keys as points (SEC 1 section 2.3.3), for ECDSA with SHA-256 (FIPS 186-5 section 6).

import COpenSSL

/// A public P-256 key that verifies ECDSA signatures over SHA-256.
package final class P256PublicKey: Sendable {
    private let key: EVPKey
    /// The uncompressed point: 4, then x and y of 32 bytes each.
    package let point: [UInt8]

    /// Takes an uncompressed point of the curve. Refuses compressed points: one key has one encoding.
    package init(point: [UInt8]) throws(CryptoError) {
        guard point.count == 65, point.first == 4 else {
            throw CryptoError(
                .wrongKeySize, "A P-256 public key is an uncompressed point: 65 bytes, the first of them 4")
        }
        ERR_clear_error()
        guard let pointer = publicKeyInfo(point: point) else {
            throw .library(.invalidKey, "The P-256 public key is not a point of the curve")
        }
        let key = EVPKey(owning: pointer)
        guard key.isType("EC"), key.passesPublicCheck() else {
            throw .library(.invalidKey, "The P-256 public key is not a point of the curve")
        }
        self.key = key
        self.point = point
    }

    /// Whether (r, s) is an ECDSA signature of `message` by this key. Both are big-endian and positive; zeros before
    /// their first digit do not matter. Never throws: what is wrong is not valid.
    package func isValid(r: [UInt8], s: [UInt8], for message: [UInt8]) -> Bool {
        guard let first = integer(r), let second = integer(s) else { return false }
        let signature = [0x30, UInt8(first.count + second.count)] + first + second
        return key.verifies(signature: signature, of: message, digest: .sha256)
    }
}

/// Reads the SubjectPublicKeyInfo (RFC 5480 section 2) of a point. libcrypto checks that it is on the curve.
private func publicKeyInfo(point: [UInt8]) -> OpaquePointer? {
    let header: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
        0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
    ]
    let encoded = header + point
    return encoded.withUnsafeBufferPointer { buffer in
        var start = buffer.baseAddress
        return d2i_PUBKEY(nil, &start, buffer.count)
    }
}

/// The DER INTEGER of a positive number of at most 32 bytes.
private func integer(_ bytes: [UInt8]) -> [UInt8]? {
    let digits = bytes.drop { $0 == 0 }
    guard let first = digits.first, digits.count <= 32 else { return nil }
    let value = first & 0x80 == 0 ? Array(digits) : [0] + digits
    return [0x02, UInt8(value.count)] + value
}
