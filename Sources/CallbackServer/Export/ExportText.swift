// Texts from outside on their way into line formats: no control characters, no more than fits.

extension Unicode.Scalar {
    /// C0 and C1 controls, DEL, and the separators that some programs take for the end of a line.
    var isControl: Bool {
        switch properties.generalCategory {
        case .control, .lineSeparator, .paragraphSeparator: true
        default: false
        }
    }

    /// `#` and three octal digits for each byte, as syslog programs have it (RFC 5424 section 8.2 shows `#000`).
    var octal: String {
        UTF8.encode(self).map { units in
            units.map { "#" + String(repeating: "0", count: 3 - String($0, radix: 8).count) + String($0, radix: 8) }
                .joined()
        } ?? "?"
    }
}

extension String {
    /// Printable ASCII without the characters that one of the formats escapes: most values, and they need no work.
    var isPlain: Bool {
        utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "]"), UInt8(ascii: "="), UInt8(ascii: "|"): false
            default: byte >= 0x20 && byte < 0x7f
            }
        }
    }

    /// Every control character as its octal form.
    var withoutControls: String {
        guard !isPlain, unicodeScalars.contains(where: \.isControl) else { return self }
        return unicodeScalars.map { $0.isControl ? $0.octal : String($0) }.joined()
    }

    /// The text, or as many of its code points as fit into `limit` bytes of UTF-8 with an ellipsis after them.
    func bounded(to limit: Int) -> (text: String, isCut: Bool) {
        guard utf8.count > limit else { return (self, false) }
        var kept = String.UnicodeScalarView()
        var size = "…".utf8.count
        for scalar in unicodeScalars {
            size += UTF8.width(scalar)
            if size > limit { break }
            kept.append(scalar)
        }
        return (String(kept) + "…", true)
    }
}

/// A JSON text with every control character escaped, also those that JSON lets stand (DEL, C1, U+2028, U+2029): some
/// programs take one for the end of a line. They stand in strings only, so the value stays the same.
func lineSafe(json: [UInt8]) -> [UInt8] {
    guard json.contains(where: { $0 >= 0x7f }) else { return json }
    let text = String(decoding: json, as: UTF8.self)
    guard text.unicodeScalars.contains(where: \.isControl) else { return json }
    return text.unicodeScalars.flatMap { scalar -> [UInt8] in
        guard scalar.isControl else { return Array(String(scalar).utf8) }
        let digits = String(scalar.value, radix: 16)
        return Array(("\\u" + String(repeating: "0", count: 4 - digits.count) + digits).utf8)
    }
}

/// How long the values of one event may be, in bytes of UTF-8, and how many a list may have.
struct ExportBounds: Sendable {
    var value: Int
    var list: Int

    /// For files: everything.
    static let none = ExportBounds(value: .max, list: .max)
    /// For messages: a collector takes no message of any length.
    static let message = ExportBounds(value: 1_024, list: 16)
}
