// Base64 with padding (RFC 4648 section 4), canonical only, by way of base64url.

/// Encodes and decodes base64 as OpenSSH, PEM and signed notes write it.
package enum StandardBase64 {
    /// The bytes that a text stands for. `nil` for white space, missing or superfluous padding, and everything else that
    /// an encoder does not write.
    package static func decode(_ text: ArraySlice<UInt8>) -> [UInt8]? {
        guard !text.isEmpty, text.count % 4 == 0 else { return nil }
        var digits = text
        for _ in 0..<2 where digits.last == UInt8(ascii: "=") { digits.removeLast() }
        var translated: [UInt8] = []
        translated.reserveCapacity(digits.count)
        for unit in digits {
            switch unit {
            case UInt8(ascii: "+"): translated.append(UInt8(ascii: "-"))
            case UInt8(ascii: "/"): translated.append(UInt8(ascii: "_"))
            case UInt8(ascii: "-"), UInt8(ascii: "_"): return nil
            default: translated.append(unit)
            }
        }
        return Base64URL.decode(translated[...])
    }

    package static func encode(_ bytes: [UInt8]) -> String {
        encodeWithoutPadding(bytes) + String(repeating: "=", count: (3 - bytes.count % 3) % 3)
    }

    package static func encodeWithoutPadding(_ bytes: [UInt8]) -> String {
        let text = Base64URL.encode(bytes).map { unit in
            switch unit {
            case UInt8(ascii: "-"): UInt8(ascii: "+")
            case UInt8(ascii: "_"): UInt8(ascii: "/")
            default: unit
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
