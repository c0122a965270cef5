// Ed25519 public keys as 32 bytes (RFC 8032 section 5.1.5): approvers' OpenSSH keys are such keys.

import COpenSSL

/// A public Ed25519 key that verifies signatures.
package final class Ed25519PublicKey: Sendable {
    private let key: EVPKey
    /// The encoded point, 32 bytes.
    package let bytes: [UInt8]

    /// Takes the 32 bytes of an encoded point. Refuses a second encoding of a point, and the points of small order, under
    /// which one signature can fit every message. Bytes that encode no point at all are taken, and verify nothing.
    package init(bytes: [UInt8]) throws(CryptoError) {
        guard bytes.count == 32 else {
            throw CryptoError(.wrongKeySize, "An Ed25519 public key has 32 bytes; these are \(bytes.count)")
        }
        guard isSoundPoint(bytes) else {
            throw CryptoError(.invalidKey, "The Ed25519 public key is none that a key generator makes")
        }
        ERR_clear_error()
        guard let pointer = EVP_PKEY_new_raw_public_key_ex(nil, "ED25519", nil, bytes, bytes.count) else {
            throw .library(.invalidKey, "libcrypto does not take this Ed25519 public key")
        }
        self.key = EVPKey(owning: pointer)
        self.bytes = bytes
    }

    /// Whether `signature` (64 bytes) is an Ed25519 signature of `message` by this key. Never throws: what is wrong is
    /// not valid.
    package func isValid(signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == 64 else { return false }
        return key.verifies(signature: signature, of: message, digest: nil)
    }
}

/// The y coordinates of the points whose order divides 8, the sign bit cleared, first byte lowest.
private let smallOrder: [[UInt8]] = [
    [0] + [UInt8](repeating: 0, count: 31),
    [1] + [UInt8](repeating: 0, count: 31),
    [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f],
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0,
        0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f,
        0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
]

/// y below 2^255 - 19, and not of a point of small order.
private func isSoundPoint(_ bytes: [UInt8]) -> Bool {
    var coordinate = bytes
    coordinate[31] &= 0x7f
    let isReduced = coordinate[31] != 0x7f || coordinate[0] < 0xed || coordinate[1..<31].contains { $0 != 0xff }
    return isReduced && !smallOrder.contains(coordinate)
}
