// Writes JSON by RFC 8785 (JCS): no whitespace, one spelling of every string. The caller orders the members.

import CallbackProtocol

/// A JSON text in the making.
struct CanonicalJSON {
    private(set) var bytes: [UInt8] = []
    private var needsComma = false

    var text: String { String(decoding: bytes, as: UTF8.self) }

    init(capacity: Int = 256) {
        bytes.reserveCapacity(capacity)
    }

    /// An object as text: its members in their own order, or in that of their names' UTF-16 units.
    static func text(of object: JSONObject, sorted: Bool) -> String {
        var json = CanonicalJSON()
        json.value(.object(object), sorted: sorted)
        return json.text
    }

    mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    mutating func name(_ name: String) {
        separate()
        append(quoted: name)
        bytes.append(0x3a)
        needsComma = false
    }

    mutating func string(_ value: String?) {
        guard let value else { return raw("null") }
        separate()
        append(quoted: value)
        needsComma = true
    }

    /// A value that is JSON already.
    mutating func raw(_ value: String) {
        separate()
        bytes.append(contentsOf: value.utf8)
        needsComma = true
    }

    /// A name that needs no escapes.
    private mutating func plain(_ name: StaticString) {
        if needsComma { bytes.append(0x2c) }
        bytes.append(0x22)
        name.withUTF8Buffer { bytes.append(contentsOf: $0) }
        bytes.append(0x22)
        bytes.append(0x3a)
        needsComma = false
    }

    /// - Parameter name: printable ASCII without quotes and backslashes.
    mutating func member(_ name: StaticString, _ value: String?) {
        plain(name)
        string(value)
    }

    /// - Parameter name: printable ASCII without quotes and backslashes.
    mutating func member(_ name: StaticString, raw value: String) {
        plain(name)
        raw(value)
    }

    /// A value; `sorted` puts the members of objects in the order of their names' UTF-16 units.
    mutating func value(_ value: JSONValue, sorted: Bool) {
        switch value {
        case .null: raw("null")
        case .bool(let flag): raw(flag ? "true" : "false")
        case .number(let digits): raw(digits)
        case .string(let text): string(text)
        case .array(let values):
            open(0x5b)
            for element in values { self.value(element, sorted: sorted) }
            close(0x5d)
        case .object(let object):
            let members =
                sorted ? object.members.sorted { Self.precedes($0.name, $1.name) } : object.members
            open(0x7b)
            for member in members {
                name(member.name)
                self.value(member.value, sorted: sorted)
            }
            close(0x7d)
        }
    }

    /// The order of UTF-16 units, told from UTF-8: it differs only between what needs surrogates and U+E000 to U+FFFF.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        var (ours, theirs) = (left.utf8.makeIterator(), right.utf8.makeIterator())
        while let theirUnit = theirs.next() {
            guard let ourUnit = ours.next() else { return true }
            guard ourUnit != theirUnit else { continue }
            if ourUnit >= 0xee, theirUnit >= 0xee, (ourUnit >= 0xf0) != (theirUnit >= 0xf0) { return ourUnit >= 0xf0 }
            return ourUnit < theirUnit
        }
        return false
    }

    private mutating func separate() {
        if needsComma { bytes.append(0x2c) }
    }

    private mutating func append(quoted value: String) {
        bytes.append(0x22)
        if !appendPlain(value, to: &bytes) { for unit in value.utf8 { append(escaped: unit) } }
        bytes.append(0x22)
    }

    private mutating func append(escaped unit: UInt8) {
        switch unit {
        case 0x22, 0x5c: bytes.append(contentsOf: [0x5c, unit])
        case 0x08: bytes.append(contentsOf: [0x5c, 0x62])
        case 0x09: bytes.append(contentsOf: [0x5c, 0x74])
        case 0x0a: bytes.append(contentsOf: [0x5c, 0x6e])
        case 0x0c: bytes.append(contentsOf: [0x5c, 0x66])
        case 0x0d: bytes.append(contentsOf: [0x5c, 0x72])
        case 0..<0x20:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: [0x5c, 0x75, 0x30, 0x30, digits[Int(unit >> 4)], digits[Int(unit & 15)]])
        default: bytes.append(unit)
        }
    }
}
