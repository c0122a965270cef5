// Placeholders: statements are written with `?`, as for SQLite, and sent with `$1`, `$2`, ...

/// A statement as the server takes it.
///
/// `?` is a placeholder outside of string constants ('...', E'...', $tag$...$tag$), quoted names and comments (PostgreSQL
/// manual, section 4.1). So the operators of jsonb that contain `?` cannot be written. Correct only under
/// `standard_conforming_strings`, which every connection sets.
struct StatementText: Sendable, Equatable {
    let sql: String
    let placeholders: Int

    /// Whether it asks for a rollback itself.
    var mayRollBack: Bool {
        let first = sql.drop { $0.isWhitespace }.prefix { $0.isLetter }.uppercased()
        return first == "ROLLBACK" || first == "ABORT"
    }

    /// - Throws: `database` for NUL, an unfinished constant or comment, `?1`, or `$1`.
    init(_ source: String) throws(PostgresError) {
        var scanner = Scanner(rest: Array(source.utf8)[...])
        while let byte = scanner.rest.first { try scanner.token(byte) }
        sql = String(decoding: scanner.output, as: UTF8.self)
        placeholders = scanner.placeholders
    }
}

private struct Scanner {
    var rest: ArraySlice<UInt8>
    var output: [UInt8] = []
    var placeholders = 0
    /// Whether the byte before belongs to a name, where `$` and `E` mean nothing of their own.
    var insideName = false

    mutating func token(_ byte: UInt8) throws(PostgresError) {
        let next = rest.dropFirst().first
        let wasInsideName = insideName
        insideName = false
        switch byte {
        case 0: throw Self.refused("contains NUL")
        case ascii("'"): try quoted(ascii("'"), backslashes: false)
        case ascii("\""): try quoted(ascii("\""), backslashes: false)
        case ascii("E"), ascii("e"):
            take(1)
            if !wasInsideName, next == ascii("'") {
                try quoted(ascii("'"), backslashes: true)
            } else {
                insideName = true
            }
        case ascii("-") where next == ascii("-"): takeLine()
        case ascii("/") where next == ascii("*"): try blockComment()
        case ascii("$") where !wasInsideName: try dollar()
        case ascii("?"):
            if let next, isDigit(next) { throw Self.refused("numbers a placeholder; write ? alone") }
            placeholders += 1
            rest = rest.dropFirst()
            output.append(contentsOf: "$\(placeholders)".utf8)
            // A name or number right after would become part of the placeholder.
            if let next, isName(next) { output.append(ascii(" ")) }
        default:
            insideName = isName(byte)
            take(1)
        }
    }

    private mutating func take(_ count: Int) {
        output.append(contentsOf: rest.prefix(count))
        rest = rest.dropFirst(count)
    }

    private mutating func quoted(_ quote: UInt8, backslashes: Bool) throws(PostgresError) {
        take(1)
        while let byte = rest.first {
            if byte == 0 { throw Self.refused("contains NUL") }
            if backslashes, byte == ascii("\\") {
                take(2)
            } else {
                take(1)
                // A doubled quote opens a constant again at once, with the same rules.
                if byte == quote {
                    guard rest.first == quote else { return }
                    take(1)
                }
            }
        }
        throw Self.refused("has a quote that is not closed")
    }

    private mutating func takeLine() {
        take(rest.prefix { $0 != ascii("\n") && $0 != ascii("\r") && $0 != 0 }.count)
    }

    private mutating func blockComment() throws(PostgresError) {
        var depth = 0
        repeat {
            if rest.starts(with: "/*".utf8) {
                depth += 1
                take(2)
            } else if rest.starts(with: "*/".utf8) {
                depth -= 1
                take(2)
            } else if rest.isEmpty || rest.first == 0 {
                throw Self.refused("has a comment that is not closed")
            } else {
                take(1)
            }
        } while depth > 0
    }

    private mutating func dollar() throws(PostgresError) {
        let tag = rest.dropFirst().prefix { isName($0) && $0 != ascii("$") }
        if let first = tag.first, isDigit(first) {
            throw Self.refused("has $\(Character(UnicodeScalar(first))); write ?")
        }
        guard rest.dropFirst(1 + tag.count).first == ascii("$") else { return take(1) }
        let fence = Array(rest.prefix(tag.count + 2))
        take(fence.count)
        while !rest.starts(with: fence) {
            if rest.isEmpty || rest.first == 0 { throw Self.refused("has a dollar quote that is not closed") }
            take(1)
        }
        take(fence.count)
    }

    private static func refused(_ what: String) -> PostgresError {
        PostgresError(.database, "A statement of this program \(what)")
    }
}

private func ascii(_ character: Unicode.Scalar) -> UInt8 { UInt8(truncatingIfNeeded: character.value) }
private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
private func isName(_ byte: UInt8) -> Bool {
    isDigit(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == 0x5f || byte == 0x24
        || byte >= 0x80
}
