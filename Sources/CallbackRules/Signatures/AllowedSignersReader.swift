// Reads allowed-signers files: `PRINCIPALS [OPTIONS] KEYTYPE KEY [COMMENT]`, one key per line (ssh-keygen(1)).

enum AllowedSignersReader {
    static let limit = 1_048_576

    static func read(_ file: [UInt8]) throws(SignatureError) -> [AllowedSigner] {
        guard file.count <= limit else {
            throw SignatureError(.unreadableSigners, "The allowed-signers file has more than \(limit) bytes")
        }
        var entries: [AllowedSigner] = []
        let lines = file.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, units) in lines.enumerated() {
            do throws(SignatureError) {
                if let entry = try line(units.last == UInt8(ascii: "\r") ? units.dropLast() : units, number: index + 1)
                {
                    entries.append(entry)
                }
            } catch {
                throw error.at(line: index + 1)
            }
        }
        return entries
    }

    /// `nil` for an empty line and for a comment.
    private static func line(_ units: ArraySlice<UInt8>, number: Int) throws(SignatureError) -> AllowedSigner? {
        var rest = units
        rest.skipBlanks()
        guard let first = rest.first, first != UInt8(ascii: "#") else { return nil }
        guard !rest.contains(where: { $0 < 0x20 && $0 != UInt8(ascii: "\t") || $0 == 0x7f }) else {
            throw SignatureError(.unreadableSigners, "There is a control character in the line")
        }
        let principals = try takePrincipals(&rest)
        let options = try SignerOptions(&rest)
        return AllowedSigner(
            principals: principals, key: try OpenSSHPublicKey(fields: rest), namespaces: options.namespaces,
            validAfter: options.validAfter, validBefore: options.validBefore, line: number)
    }

    /// The first field; in double quotes it may hold spaces.
    private static func takePrincipals(_ rest: inout ArraySlice<UInt8>) throws(SignatureError) -> PatternList {
        let quote = UInt8(ascii: "\"")
        let field: ArraySlice<UInt8>
        if rest.first == quote {
            rest.removeFirst()
            field = rest.prefix { $0 != quote }
            rest = rest.dropFirst(field.count)
            guard rest.popFirst() == quote, let next = rest.first, ArraySlice.isBlank(next) else {
                throw SignatureError(.unreadableSigners, "The quotes around the principals do not end before a space")
            }
            rest.skipBlanks()
        } else {
            field = rest.takeWord()
        }
        guard let list = PatternList(field), !field.contains(quote), !field.contains(UInt8(ascii: "\\")) else {
            throw SignatureError(
                .unreadableSigners, "Principals are names or patterns of visible ASCII characters, separated by commas")
        }
        return list
    }
}
