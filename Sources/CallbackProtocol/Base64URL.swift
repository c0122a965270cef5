// Base64url without padding (RFC 7515 section 2), canonical only.

/// Encodes and decodes the alphabet of JWS segments.
package enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    /// The value of each byte, 0xff where it is not in the alphabet.
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 0xff, count: 256)
        for (value, byte) in alphabet.enumerated() { values[Int(byte)] = UInt8(value) }
        return values
    }()

    /// The bytes that a text stands for. `nil` for padding, white space, other alphabets, a length that no encoder
    /// makes, and unused bits that are not zero: one value has one text.
    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        let rest = text.count % 4
        guard rest != 1 else { return nil }
        var bytes = [UInt8](repeating: 0, count: text.count * 3 / 4)
        let table = values
        var invalid: UInt8 = 0
        func value(_ index: Int) -> UInt32 {
            let value = table[Int(text[index])]
            invalid |= value
            return UInt32(value)
        }
        let whole = text.startIndex + (text.count - rest)
        // In one piece: a payload has thousands of characters.
        text[..<whole].withContiguousStorageIfAvailable { source in
            table.withContiguousStorageIfAvailable { table in
                bytes.withContiguousMutableStorageIfAvailable { bytes in
                    var found: UInt8 = 0
                    for group in 0..<source.count / 4 {
                        let (a, b) = (table[Int(source[4 * group])], table[Int(source[4 * group + 1])])
                        let (c, d) = (table[Int(source[4 * group + 2])], table[Int(source[4 * group + 3])])
                        found |= a | b | c | d
                        bytes[3 * group] = a << 2 | b >> 4
                        bytes[3 * group + 1] = b << 4 | c >> 2
                        bytes[3 * group + 2] = c << 6 | d
                    }
                    invalid |= found
                }
            }
        }
        let position = (text.count - rest) / 4 * 3
        // The bits behind the last byte stand for nothing, and are zero.
        if rest == 2 {
            let group = value(whole) << 6 | value(whole + 1)
            guard group & 0x0f == 0 else { return nil }
            bytes[position] = UInt8(truncatingIfNeeded: group >> 4)
        } else if rest == 3 {
            let group = value(whole) << 12 | value(whole + 1) << 6 | value(whole + 2)
            guard group & 0x03 == 0 else { return nil }
            bytes[position] = UInt8(truncatingIfNeeded: group >> 10)
            bytes[position + 1] = UInt8(truncatingIfNeeded: group >> 2)
        }
        return invalid & 0xc0 == 0 ? bytes : nil
    }

    package static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        encode(bytes, to: &text)
        return text
    }

    /// Appends the text of `bytes`.
    package static func encode(_ bytes: [UInt8], to text: inout [UInt8]) {
        let alphabet = alphabet
        let whole = bytes.count / 3
        var (index, position) = (0, text.count)
        text.append(contentsOf: repeatElement(0, count: whole * 4))
        while index < whole * 3 {
            let group = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
            text[position] = alphabet[Int(group >> 18)]
            text[position + 1] = alphabet[Int(group >> 12 & 63)]
            text[position + 2] = alphabet[Int(group >> 6 & 63)]
            text[position + 3] = alphabet[Int(group & 63)]
            index += 3
            position += 4
        }
        if bytes.count - index == 1 {
            text.append(alphabet[Int(bytes[index] >> 2)])
            text.append(alphabet[Int(bytes[index] & 3) << 4])
        } else if bytes.count - index == 2 {
            let group = UInt32(bytes[index]) << 8 | UInt32(bytes[index + 1])
            text.append(alphabet[Int(group >> 10)])
            text.append(alphabet[Int(group >> 4 & 63)])
            text.append(alphabet[Int(group & 15) << 2])
        }
    }
}
