// The machine-readable part of a syslog message (RFC 5424 section 6.3).

/// One SD-ELEMENT in the making, of at most `limit` bytes. What does not fit is cut or left out, and named in a last
/// parameter `truncated`.
struct StructuredData {
    static let limit = 6_144
    /// Bytes of one value after escaping, without an ellipsis: an id of 256 bytes fits, whatever it holds.
    private static let valueLimit = 1_024
    /// Room for `truncated="…"]`.
    private static let reserve = 288

    private var text: String
    private var cut: [String] = []

    /// - Parameter name: SD-ID, `name@private enterprise number`.
    init(name: String) {
        text = "[" + name
    }

    /// Adds a parameter. A name may come again: lists are told so (section 6.3.3).
    mutating func add(_ name: String, _ value: String?) {
        guard let value else { return }
        let name = String(name.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(32))
        guard !name.isEmpty else { return }
        let (escaped, isCut) = Self.escaped(value)
        let parameter = " \(name)=\"\(escaped)\""
        let fits = text.utf8.count + parameter.utf8.count + Self.reserve <= Self.limit
        if fits { text += parameter }
        if isCut || !fits, !cut.contains(name) { cut.append(name) }
    }

    var bytes: [UInt8] {
        guard !cut.isEmpty else { return Array((text + "]").utf8) }
        var names = ""
        for name in cut where names.utf8.count + name.utf8.count < Self.reserve - 20 {
            names += (names.isEmpty ? "" : " ") + name
        }
        return Array("\(text) truncated=\"\(names)\"]".utf8)
    }

    /// `"`, `\` and `]` with a backslash before them, control characters in octal; cut between code points.
    private static func escaped(_ value: String) -> (text: String, isCut: Bool) {
        if value.utf8.count <= valueLimit, value.isPlain { return (value, false) }
        var text = ""
        var size = 0
        for scalar in value.unicodeScalars {
            let piece: String =
                switch scalar {
                case "\"", "\\", "]": "\\" + String(scalar)
                default: scalar.isControl ? scalar.octal : String(scalar)
                }
            size += piece.utf8.count
            guard size <= valueLimit else { return (text + "…", true) }
            text += piece
        }
        return (text, false)
    }
}
