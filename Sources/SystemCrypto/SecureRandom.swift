// Random bytes from libcrypto's generator.

import COpenSSL

package enum SecureRandom {
    /// `count` unpredictable bytes.
    package static func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else {
            throw .library(.operationFailed, "The system's random generator gave no bytes")
        }
        return bytes
    }

    /// A random UUID (RFC 9562 version 4), lowercase.
    package static func uuid() throws(CryptoError) -> String {
        var bytes = try bytes(16)
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        let text = Array(Hexadecimal.encode(bytes))
        return [text[0..<8], text[8..<12], text[12..<16], text[16..<20], text[20..<32]]
            .map { String($0) }.joined(separator: "-")
    }
}
