// Where scalars end.

extension FormatCursor {
    /// Over an unquoted scalar. It has no escapes: in the order of the text it is its value, but for spaces and line ends.
    /// `false` where the text is another.
    mutating func passPlain(_ value: String) -> Bool {
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0a }
        for expected in value.utf8 where !isSpace(expected) && expected & 0xc0 != 0x80 {
            while let byte, isSpace(byte) { advance() }
            guard byte == expected else { return false }
            advance()
        }
        tokenEnds()
        return true
    }

    /// Over a quoted scalar. Returns it with its quotes.
    mutating func passQuoted() -> ArraySlice<UInt8> {
        let start = place
        let quote = byte
        advance()
        while let byte {
            advance()
            if quote == 0x22, byte == 0x5c {
                advance()
            } else if byte == quote {
                guard quote == 0x27, self.byte == quote else { break }
                advance()
            }
        }
        tokenEnds()
        return text(from: start)
    }

    /// Over a block scalar. Returns its lines without their indentation, and the comment beside its indicator.
    ///
    /// - Parameter indentation: of the collection around it, in spaces; -1 where there is none (YAML 1.2 section 8.1.1.1).
    mutating func passBlock(in indentation: Int) -> (lines: [[UInt8]], beside: FormatComment?) {
        var explicit: Int?
        while let byte, ![0x0a, 0x20, 0x09].contains(byte) {
            if (0x31...0x39).contains(byte) { explicit = Int(byte - 0x30) }
            advance()
        }
        let beside = takeBeside(afterComma: false)
        let depth = explicit.map { max(indentation, 0) + $0 } ?? blockDepth(in: indentation)
        var lines: [[UInt8]] = []
        // Empty lines count only if another line follows: the last ones separate what comes next.
        var empty = 0
        var end = self
        while end.byte == 0x0a {
            end.advance()
            var spaces = 0
            while spaces < depth, end.byte == 0x20 {
                end.advance()
                spaces += 1
            }
            if end.byte == 0x0a {
                empty += 1
                continue
            }
            guard spaces == depth, end.byte != nil else { break }
            let start = end.place
            while let byte = end.byte, byte != 0x0a { end.advance() }
            lines += Array(repeating: [], count: empty) + [Array(end.text(from: start))]
            empty = 0
            self = end
        }
        tokenEnds()
        return (lines, beside)
    }

    /// The indentation of the first line that is not empty, or of a longer empty line before it.
    private func blockDepth(in indentation: Int) -> Int {
        var ahead = self
        var depth = 0
        while ahead.byte == 0x0a {
            ahead.advance()
            var spaces = 0
            while ahead.byte == 0x20 {
                ahead.advance()
                spaces += 1
            }
            depth = max(depth, spaces)
        }
        return max(depth, indentation + 1, 1)
    }
}
