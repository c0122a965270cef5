// The few JSON texts that this module prints.

/// Writes JSON (RFC 8259) from parts that are JSON already.
enum JSONText {
    /// A string with the escapes that JSON requires, nothing else escaped.
    static func quote(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    static func optional(_ text: String?) -> String {
        text.map(quote) ?? "null"
    }

    static func object(_ members: [(name: String, value: String)]) -> String {
        "{" + members.map { quote($0.name) + ":" + $0.value }.joined(separator: ",") + "}"
    }

    static func array(_ values: [String]) -> String {
        "[" + values.joined(separator: ",") + "]"
    }
}
