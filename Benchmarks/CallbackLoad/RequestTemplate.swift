// A transaction request in which every token gets ids of its own.

/// The bytes of a payload, cut where `txId` and `requestId` stand.
///
/// Whitespace between members is dropped, as the real co-signer sends none; numbers keep their digits.
struct RequestTemplate: Sendable {
    private var pieces: [[UInt8]] = []

    /// Throws `template` unless both members stand there exactly once, as strings.
    init(json: [UInt8]) throws(LoadError) {
        let compact = Self.withoutWhitespace(json)
        var cuts: [Range<Int>] = []
        for name in ["txId", "requestId"] {
            guard let value = Self.onlyValue(of: name, in: compact) else {
                throw LoadError(.template, "The template needs one member \"\(name)\" that is a string")
            }
            cuts.append(value)
        }
        cuts.sort { $0.lowerBound < $1.lowerBound }
        var start = 0
        for cut in cuts {
            pieces.append(Array(compact[start..<cut.lowerBound]))
            start = cut.upperBound
        }
        pieces.append(Array(compact[start...]))
    }

    /// The payload with `identifier` as both its ids, as in real requests.
    func payload(identifier: String) -> [UInt8] {
        var payload: [UInt8] = []
        for (position, piece) in pieces.enumerated() {
            if position > 0 { payload.append(contentsOf: identifier.utf8) }
            payload.append(contentsOf: piece)
        }
        return payload
    }

    /// The value of the only string member of that name in compact JSON. A name inside a string value is not found,
    /// as its quotes are escaped there.
    static func onlyValue(of name: String, in compact: [UInt8]) -> Range<Int>? {
        let key = Array("\"\(name)\":\"".utf8)
        var found: Range<Int>?
        var position = 0
        while position + key.count <= compact.count {
            if compact[position] == key[0], compact[position..<(position + key.count)].elementsEqual(key) {
                let start = position + key.count
                guard found == nil, let end = compact[start...].firstIndex(of: UInt8(ascii: "\"")) else { return nil }
                found = start..<end
                position = end
            }
            position += 1
        }
        return found
    }

    private static func withoutWhitespace(_ json: [UInt8]) -> [UInt8] {
        var compact: [UInt8] = []
        var inString = false
        var escaped = false
        for byte in json {
            if inString {
                if escaped {
                    escaped = false
                } else if byte == UInt8(ascii: "\\") {
                    escaped = true
                } else if byte == UInt8(ascii: "\"") {
                    inString = false
                }
            } else if byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
                continue
            } else if byte == UInt8(ascii: "\"") {
                inString = true
            }
            compact.append(byte)
        }
        return compact
    }
}
