// Text from outside, as it may be shown to a person.

/// The text with `?` for every character that is not seen or that does something to what is: control characters (C0, DEL
/// and C1, which steer terminals), format characters (direction overrides, invisible joints), line and paragraph
/// separators. Those are the categories Cc, Cf, Zl and Zp of Unicode.
package func visible(_ text: String) -> String {
    text.utf8.allSatisfy(isPlain) ? text : String(String.UnicodeScalarView(text.unicodeScalars.map(shown)))
}

/// The same for a line in UTF-8. What is no UTF-8 becomes U+FFFD.
package func visible(_ utf8: [UInt8]) -> [UInt8] {
    // Looks at all bytes without a branch, so that many are looked at in one step.
    let found = utf8.reduce(0 as UInt8) { $0 | (isPlain($1) ? 0 : 1) }
    return found == 0 ? utf8 : Array(visible(String(decoding: utf8, as: UTF8.self)).utf8)
}

/// Printable ASCII.
private func isPlain(_ byte: UInt8) -> Bool { byte &- 0x20 < 0x5f }

private func shown(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: "?"
    default: scalar
    }
}
