// A JSON reader for hostile input: RFC 8259 and nothing beyond it.

extension ProtocolError.Code {
    package static let jsonSyntax = Self(rawValue: "json_syntax")
    package static let jsonNotUTF8 = Self(rawValue: "json_not_utf8")
    package static let jsonDuplicateMember = Self(rawValue: "json_duplicate_member")
    package static let jsonLoneSurrogate = Self(rawValue: "json_lone_surrogate")
    package static let jsonTooDeep = Self(rawValue: "json_too_deep")
    package static let jsonTooManyValues = Self(rawValue: "json_too_many_values")
}

/// Reads JSON texts that are not ours.
///
/// Refused beside what RFC 8259 refuses: a byte order mark, bytes that are no UTF-8, two members of one name in an
/// object (compared after unescaping), escapes of lone surrogates, more than `maximumDepth` nested arrays and objects, and
/// more than `mostValues` values.
package enum StrictJSON {
    /// The values of a text, members and elements at any depth and the text's own. A value takes some hundred bytes of
    /// memory, however short its text: this bounds what a text can cost. Messages of co-signers have tens, large batches thousands.
    package static let mostValues = 100_000

    /// - Throws: `json_syntax`, `json_not_utf8`, `json_duplicate_member`, `json_lone_surrogate`, `json_too_deep`,
    ///   `json_too_many_values`, with the JSON path of the value at fault.
    package static func parse(_ bytes: [UInt8], maximumDepth: Int = 32) throws(ProtocolError) -> JSONValue {
        try read(bytes, maximumDepth: maximumDepth).value
    }

    /// The same, and whether a secret may stand in the text: false only where `SecretRedaction` finds none. Each name and
    /// string is looked at while it is read, which spares payloads a second pass.
    static func read(
        _ bytes: [UInt8], maximumDepth: Int = 32
    ) throws(ProtocolError) -> (value: JSONValue, mayHoldSecret: Bool) {
        // Validated once, so that no string has to be. Most texts are ASCII, which costs next to nothing to see.
        guard bytes.reduce(0, |) < 0x80 || String(validating: bytes, as: UTF8.self) != nil else {
            throw ProtocolError(.jsonNotUTF8, "the text is not UTF-8", path: "$")
        }
        var parser = JSONParser(bytes: bytes, maximumDepth: maximumDepth)
        do throws(ProtocolError) {
            return (try parser.parseText(), parser.mayHoldSecret)
        } catch {
            throw ProtocolError(error.code, error.message, path: "$" + error.path)
        }
    }
}

private struct JSONParser {
    private let bytes: [UInt8]
    private let maximumDepth: Int
    private let documented = DocumentedNames.shared
    private var position = 0
    private var depth = 0
    private var values = 0
    private(set) var mayHoldSecret = false
    /// How many more arrays and objects get room beforehand: that spares a usual message the growing, and room in every one
    /// would let small texts take much memory.
    private var roomy = 12

    init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    mutating func parseText() throws(ProtocolError) -> JSONValue {
        skipWhitespace()
        let value = try parseValue()
        skipWhitespace()
        guard position == bytes.count else { throw syntax("something follows the value") }
        return value
    }

    /// The errors of a value say nothing about their place; the arrays and objects around it put it in front.
    private func syntax(_ message: String) -> ProtocolError {
        ProtocolError(.jsonSyntax, "\(message), at byte \(position)")
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipWhitespace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x0a, 0x0d, 0x09: position += 1
            default: return
            }
        }
    }

    private mutating func parseValue() throws(ProtocolError) -> JSONValue {
        values += 1
        guard values <= StrictJSON.mostValues else {
            throw ProtocolError(.jsonTooManyValues, "the text has more than \(StrictJSON.mostValues) values")
        }
        guard let byte = current else { throw syntax("the text ends where a value is due") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try parseObject())
        case UInt8(ascii: "["): return .array(try parseArray())
        case UInt8(ascii: "\""):
            let text = try parseString()
            if !mayHoldSecret { mayHoldSecret = SecretRedaction.mayHoldSecret(text) }
            return .string(text)
        case UInt8(ascii: "t"): return try parseWord("true", .bool(true))
        case UInt8(ascii: "f"): return try parseWord("false", .bool(false))
        case UInt8(ascii: "n"): return try parseWord("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try parseNumber())
        default: throw syntax("no value begins like this")
        }
    }

    private mutating func parseWord(_ word: StaticString, _ value: JSONValue) throws(ProtocolError) -> JSONValue {
        let end = position + word.utf8CodeUnitCount
        guard end <= bytes.count, bytes[position..<end].elementsEqual(word.description.utf8) else {
            throw syntax("no value begins like this")
        }
        position = end
        return value
    }

    private mutating func parseArray() throws(ProtocolError) -> [JSONValue] {
        try enter()
        defer { depth -= 1 }
        var values: [JSONValue] = []
        skipWhitespace()
        if current == UInt8(ascii: "]") {
            position += 1
            return values
        }
        if takesRoom() { values.reserveCapacity(4) }
        while true {
            skipWhitespace()
            do throws(ProtocolError) {
                values.append(try parseValue())
            } catch {
                throw error.inside("[\(values.count)]")
            }
            skipWhitespace()
            if try !continues(until: UInt8(ascii: "]")) { return values }
        }
    }

    private mutating func parseObject() throws(ProtocolError) -> JSONObject {
        try enter()
        defer { depth -= 1 }
        var members: [JSONObject.Member] = []
        var names = MemberNames()
        skipWhitespace()
        if current == UInt8(ascii: "}") {
            position += 1
            return JSONObject(members)
        }
        if takesRoom() { members.reserveCapacity(depth == 1 ? 24 : 12) }
        while true {
            skipWhitespace()
            guard current == UInt8(ascii: "\"") else { throw syntax("a member's name is due") }
            let (name, shape) = try parseName()
            guard names.insert(name, shape: shape, beside: members) else {
                throw ProtocolError(.jsonDuplicateMember, "the object has two members of this name").inside(name: name)
            }
            skipWhitespace()
            guard current == UInt8(ascii: ":") else { throw syntax("a colon is due") }
            position += 1
            skipWhitespace()
            do throws(ProtocolError) {
                members.append(JSONObject.Member(name, shape: shape, try parseValue()))
            } catch {
                throw error.inside(name: name)
            }
            skipWhitespace()
            if try !continues(until: UInt8(ascii: "}")) { return JSONObject(members) }
        }
    }

    private mutating func parseName() throws(ProtocolError) -> (String, NameShape) {
        let (start, end) = (position + 1, plainEnd(from: position + 1))
        if end < bytes.count, bytes[end] == UInt8(ascii: "\""), let number = documentedName(in: start..<end) {
            position = end + 1
            if documented.isSecret(number) { mayHoldSecret = true }
            return (documented.names[number], NameShape(documented: number))
        }
        let name = try parseString()
        if !mayHoldSecret { mayHoldSecret = SecretNames.contains(name) }
        return (name, NameShape(name))
    }

    private func documentedName(in range: Range<Int>) -> Int? {
        documented.number(of: bytes.span.bytes.extracting(range))
    }

    private mutating func takesRoom() -> Bool {
        roomy -= 1
        return roomy >= 0
    }

    private mutating func enter() throws(ProtocolError) {
        guard depth < maximumDepth else {
            throw ProtocolError(.jsonTooDeep, "more than \(maximumDepth) arrays and objects are nested")
        }
        position += 1
        depth += 1
    }

    /// After a value in a list: whether another one follows.
    private mutating func continues(until end: UInt8) throws(ProtocolError) -> Bool {
        switch current {
        case end:
            position += 1
            return false
        case UInt8(ascii: ","):
            position += 1
            return true
        default: throw syntax("a comma or the end is due")
        }
    }

    private mutating func parseNumber() throws(ProtocolError) -> String {
        let start = position
        if current == UInt8(ascii: "-") { position += 1 }
        if current == UInt8(ascii: "0") {
            position += 1
        } else {
            try skipDigits()
        }
        if current == UInt8(ascii: ".") {
            position += 1
            try skipDigits()
        }
        if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
            position += 1
            if current == UInt8(ascii: "+") || current == UInt8(ascii: "-") { position += 1 }
            try skipDigits()
        }
        return text(start..<position)
    }

    private mutating func skipDigits() throws(ProtocolError) {
        let start = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 { position += 1 }
        guard position > start else { throw syntax("a digit is due") }
    }

    private mutating func parseString() throws(ProtocolError) -> String {
        position += 1
        let start = position
        position = plainEnd(from: start)
        guard position < bytes.count else { throw syntax("a string does not end") }
        switch bytes[position] {
        case UInt8(ascii: "\""):
            position += 1
            return text(start..<position - 1)
        case UInt8(ascii: "\\"): return try parseEscapedString(from: start)
        default: throw syntax("a control character stands in a string")
        }
    }

    private func plainEnd(from start: Int) -> Int {
        CallbackProtocol.plainEnd(of: bytes.span.bytes, from: start)
    }

    /// Bytes that were seen to be UTF-8.
    private func text(_ range: Range<Int>) -> String {
        bytes.withContiguousStorageIfAvailable { String(decoding: $0[range], as: UTF8.self) }
            ?? String(decoding: bytes[range], as: UTF8.self)
    }

    private mutating func parseEscapedString(from start: Int) throws(ProtocolError) -> String {
        var problem: ProtocolError?
        position = start
        // No escape is shorter than what it stands for.
        let text = String(unsafeUninitializedCapacity: stringEnd(from: start) - start) { room in
            var count = 0
            do throws(ProtocolError) {
                try unescape { byte in
                    precondition(count < room.count)
                    room.initializeElement(at: count, to: byte)
                    count += 1
                }
                return count
            } catch {
                problem = error
                return 0
            }
        }
        if let problem { throw problem }
        return text
    }

    /// Reads the rest of a string, with its quote, and passes the bytes on that it stands for.
    private mutating func unescape(_ put: (UInt8) -> Void) throws(ProtocolError) {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte >= 0x20 else { throw syntax("a control character stands in a string") }
            position += 1
            if byte == UInt8(ascii: "\"") { return }
            guard byte == UInt8(ascii: "\\") else {
                put(byte)
                continue
            }
            let scalar = try parseEscape()
            if scalar.isASCII {
                put(UInt8(truncatingIfNeeded: scalar.value))
            } else {
                for unit in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter { put(unit) }
            }
        }
        throw syntax("a string does not end")
    }

    /// Where the string in which `start` stands ends; no escape makes its text longer than that.
    private func stringEnd(from start: Int) -> Int {
        var end = start
        while end < bytes.count, bytes[end] != UInt8(ascii: "\"") { end += bytes[end] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(end, bytes.count)
    }

    private mutating func parseEscape() throws(ProtocolError) -> Unicode.Scalar {
        guard let byte = current else { throw syntax("a string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try parseUnicodeEscape()
        default: throw syntax("no escape is written like this")
        }
    }

    private mutating func parseUnicodeEscape() throws(ProtocolError) -> Unicode.Scalar {
        let first = try parseHexadecimal()
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xdc00, current == UInt8(ascii: "\\"), position + 1 < bytes.count,
            bytes[position + 1] == UInt8(ascii: "u")
        else { throw loneSurrogate() }
        position += 2
        let second = try parseHexadecimal()
        guard second >= 0xdc00, second < 0xe000,
            let scalar = Unicode.Scalar(0x10000 + (first - 0xd800) << 10 + (second - 0xdc00))
        else { throw loneSurrogate() }
        return scalar
    }

    private func loneSurrogate() -> ProtocolError {
        ProtocolError(.jsonLoneSurrogate, "a surrogate is escaped without its partner, before byte \(position)")
    }

    private mutating func parseHexadecimal() throws(ProtocolError) -> UInt32 {
        guard position + 4 <= bytes.count else { throw syntax("an escape does not end") }
        var value: UInt32 = 0
        for byte in bytes[position..<position + 4] {
            let digit: UInt8
            switch byte {
            case 0x30...0x39: digit = byte - 0x30
            case 0x41...0x46: digit = byte - 0x41 + 10
            case 0x61...0x66: digit = byte - 0x61 + 10
            default: throw syntax("an escape has a digit that is none")
            }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }
}

extension ProtocolError {
    fileprivate func inside(_ step: String) -> ProtocolError {
        ProtocolError(code, message, path: step + path)
    }

    /// A member's step. Names that would not read well in a path, or not at all, are left out.
    fileprivate func inside(name: String) -> ProtocolError {
        let isPlain = name.utf8.allSatisfy {
            $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ".") && $0 != UInt8(ascii: "[")
        }
        return inside(isPlain && (1...64).contains(name.utf8.count) ? ".\(name)" : "[?]")
    }
}
