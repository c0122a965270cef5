// SHA-256, SHA-512, and the two text forms in which digests are shown.

import COpenSSL

/// SHA-256 (FIPS 180-4).
package enum SHA256Digest {
    /// The 32-byte digest of a byte string.
    package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        FetchedDigest.sha256.hash(bytes, count: 32)
    }

    /// The same without dispatch on the kind of collection: for the many digests of a verification.
    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        FetchedDigest.sha256.hash(bytes, into: &digest, at: 0)
        return digest
    }

    /// Writes the digest of `bytes` over the 32 bytes of `destination` that begin at `position`: no array is made.
    package static func hash(_ bytes: [UInt8], into destination: inout [UInt8], at position: Int) {
        precondition(position >= 0 && position + 32 <= destination.count, "there is no room for a digest")
        FetchedDigest.sha256.hash(bytes, into: &destination, at: position)
    }

    /// `sha256:` and lowercase hexadecimal digits: the form of payload and rules digests everywhere.
    package static func label(_ digest: [UInt8]) -> String {
        "sha256:" + Hexadecimal.encode(digest)
    }
}

/// SHA-512 (FIPS 180-4).
package enum SHA512Digest {
    /// The 64-byte digest of a byte string.
    package static func hash(_ bytes: some Collection<UInt8>) -> [UInt8] {
        FetchedDigest.sha512.hash(bytes, count: 64)
    }
}

/// A digest implementation, fetched from its provider once: OpenSSL 3 would look it up again at every use.
///
/// Sendable although it holds a pointer: a fetched `EVP_MD` never changes (openssl-threads(7)), and this one lives as
/// long as the process.
final class FetchedDigest: @unchecked Sendable {
    static let sha256 = FetchedDigest("SHA2-256", orElse: EVP_sha256())
    static let sha512 = FetchedDigest("SHA2-512", orElse: EVP_sha512())

    let pointer: OpaquePointer?

    private init(_ name: String, orElse builtIn: OpaquePointer?) {
        // Without the provider's own, the built-in description leads to the same implementation, by a look-up each time.
        pointer = EVP_MD_fetch(nil, name, nil) ?? builtIn
    }

    func hash(_ bytes: some Collection<UInt8>, count: Int) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: count)
        func update(_ buffer: UnsafeBufferPointer<UInt8>) {
            // One call of a fixed digest: it fails only where memory ends. To go on with a digest of zeros would make
            // different payloads look alike, which is worse than to stop.
            let status = EVP_Digest(buffer.baseAddress, buffer.count, &digest, nil, pointer, nil)
            precondition(status == 1, "libcrypto gave no digest")
        }
        if bytes.withContiguousStorageIfAvailable(update) == nil {
            Array(bytes).withUnsafeBufferPointer(update)
        }
        return digest
    }

    /// The caller sees to it that there is room at `position`.
    func hash(_ bytes: [UInt8], into destination: inout [UInt8], at position: Int) {
        let status = destination.withUnsafeMutableBufferPointer { buffer in
            EVP_Digest(bytes, bytes.count, buffer.baseAddress.map { $0 + position }, nil, pointer, nil)
        }
        // As above: to go on without a digest is worse than to stop.
        precondition(status == 1, "libcrypto gave no digest")
    }
}

/// Base 16 (RFC 4648 section 8), lowercase.
package enum Hexadecimal {
    package static func encode(_ bytes: [UInt8]) -> String {
        let digits: StaticString = "0123456789abcdef"
        return String(unsafeUninitializedCapacity: bytes.count * 2) { buffer in
            var position = 0
            for byte in bytes {
                buffer[position] = digits.utf8Start[Int(byte >> 4)]
                buffer[position + 1] = digits.utf8Start[Int(byte & 15)]
                position += 2
            }
            return position
        }
    }

    /// The bytes of an even number of digits in either case; `nil` for anything else.
    package static func decode(_ text: some StringProtocol) -> [UInt8]? {
        // Raw transactions are megabytes of digits: read in one piece, not through the text's own view.
        text.utf8.withContiguousStorageIfAvailable { bytes(of: $0) } ?? bytes(of: Array(text.utf8))
    }

    private static func bytes(of digits: some RandomAccessCollection<UInt8>) -> [UInt8]? {
        guard digits.count % 2 == 0 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(digits.count / 2)
        var high: UInt8?
        for digit in digits {
            let value: UInt8
            switch digit {
            case 0x30...0x39: value = digit - 0x30
            case 0x41...0x46: value = digit - 0x41 + 10
            case 0x61...0x66: value = digit - 0x61 + 10
            default: return nil
            }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        return bytes
    }
}

/// Compares two byte strings in time that depends on their lengths only.
package func constantTimeEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
}
