// Finds YAML texts that could grow while they are read, before they are read.

/// The YAML composer expands aliases while it looks for duplicate keys, and compares keys that are whole trees. A few
/// hundred bytes can so cost hours. This guard looks at the bytes alone and refuses what could do that; every anchor
/// that it lets pass is found, and refused, on the composed nodes.
enum AliasGuard {
    struct Refusal {
        let position: SourcePosition
        let message: String
    }

    private static let maximumExplicitKeys = 16

    /// The first thing that must not reach the composer.
    static func check(_ bytes: [UInt8]) -> Refusal? {
        var line = 1
        var lineStart = 0
        var isComment = false
        var atIndentation = true
        var explicitKeys = 0
        var anchorSeen = false
        var alias: SourcePosition?
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x0a {
                line += 1
                lineStart = index + 1
                isComment = false
                atIndentation = true
            } else if atIndentation, byte == 0x23 {
                isComment = true
                atIndentation = false
            } else if byte != 0x20, byte != 0x09 {
                atIndentation = false
            }
            if !isComment, byte == 0x26 || byte == 0x2a || byte == 0x3f,
                isBoundary(index == 0 ? 0x0a : bytes[index - 1])
            {
                let next = index + 1 < bytes.count ? bytes[index + 1] : 0x0a
                let position = SourcePosition(line: line, column: column(of: index, from: lineStart, in: bytes))
                switch byte {
                case 0x26 where isNameByte(next): anchorSeen = true
                case 0x2a where isNameByte(next): alias = alias ?? position
                case 0x3f:
                    explicitKeys += 1
                    if explicitKeys > maximumExplicitKeys {
                        return Refusal(position: position, message: "Keys written with `?` are not accepted.")
                    }
                default: break
                }
            }
            index += 1
        }
        guard anchorSeen, let alias else { return nil }
        return Refusal(
            position: alias,
            message: "Anchors (&name) and aliases (*name) are not accepted; in text, write the star as \"\\x2a\".")
    }

    /// From 1, in Unicode scalars: continuation bytes do not count.
    private static func column(of index: Int, from lineStart: Int, in bytes: [UInt8]) -> Int {
        bytes[lineStart..<index].count { $0 & 0xc0 != 0x80 } + 1
    }

    /// Whether a node can begin after this byte.
    private static func isBoundary(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x0a, 0x0d, 0x20, 0x09, 0x22, 0x27, 0x2c, 0x2d, 0x3a, 0x3f, 0x5b, 0x5d, 0x7b, 0x7d: true
        default: byte >= 0x80
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
        default: byte >= 0x80
        }
    }
}
