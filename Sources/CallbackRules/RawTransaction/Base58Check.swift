// Base58 with a checksum: Bitcoin's first address format.

import SystemCrypto

/// Base58Check: bytes and the first four of their double SHA-256, in base 58 without 0, O, I and l.
enum Base58Check {
    private static let alphabet = Array("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz".utf8)

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xff, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    /// The longest text that is decoded: the work grows with the square of the length.
    static let maximumLength = 128

    /// The bytes of a base58 text, checksum and all; `nil` where it is empty, too long or has another character.
    static func decodeWithoutChecksum(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard !characters.isEmpty, characters.count <= maximumLength else { return nil }
        var number: [UInt8] = []
        for character in characters {
            let value = values[Int(character)]
            guard value < 58 else { return nil }
            var carry = Int(value)
            for index in number.indices {
                carry += Int(number[index]) * 58
                number[index] = UInt8(carry & 0xff)
                carry >>= 8
            }
            if carry > 0 { number.append(UInt8(carry)) }
        }
        let zeros = characters.prefix { $0 == alphabet[0] }.count
        return [UInt8](repeating: 0, count: zeros) + number.reversed()
    }

    /// The bytes in front of a valid checksum.
    static func decode(_ text: String) throws(RawDecodingError) -> [UInt8] {
        guard let bytes = decodeWithoutChecksum(text) else { throw RawDecodingError("it is not base58") }
        guard bytes.count > 4 else { throw RawDecodingError("it is too short") }
        let content = Array(bytes.dropLast(4))
        guard DoubleSHA256.hash(content).prefix(4) == bytes.suffix(4) else {
            throw RawDecodingError("its base58 checksum is wrong")
        }
        return content
    }

    /// The text of a short byte string, with its checksum.
    static func encode(_ content: [UInt8]) -> String {
        let bytes = content + DoubleSHA256.hash(content).prefix(4)
        var digits: [UInt8] = []
        for byte in bytes {
            var carry = Int(byte)
            for index in digits.indices {
                carry += Int(digits[index]) << 8
                digits[index] = UInt8(carry % 58)
                carry /= 58
            }
            while carry > 0 {
                digits.append(UInt8(carry % 58))
                carry /= 58
            }
        }
        let zeros = repeatElement(alphabet[0], count: bytes.prefix { $0 == 0 }.count)
        return String(decoding: zeros + digits.reversed().map { alphabet[Int($0)] }, as: UTF8.self)
    }
}

/// SHA-256 of SHA-256: Bitcoin's hash of transactions and checksums.
enum DoubleSHA256 {
    static func hash(_ bytes: [UInt8]) -> [UInt8] { SHA256Digest.hash(SHA256Digest.hash(bytes)) }
}
