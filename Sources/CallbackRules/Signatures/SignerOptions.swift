// The options of a line in an allowed-signers file.

/// `namespaces="..."`, `valid-after="..."`, `valid-before="..."`, separated by commas; keywords in any case.
///
/// Times are `YYYYMMDDZ`, `YYYYMMDDHHMMZ` or `YYYYMMDDHHMMSSZ`, in UTC. ssh-keygen takes a time without `Z` as one of its
/// own time zone; the same file would then mean different things on a reviewer's laptop and on a server, so that is
/// refused, for dates too. Both ends are inclusive, as for ssh-keygen.
struct SignerOptions {
    private(set) var namespaces: PatternList?
    private(set) var validAfter: Int64?
    private(set) var validBefore: Int64?

    /// Takes the options off the front of `rest`; there may be none.
    init(_ rest: inout ArraySlice<UInt8>) throws(SignatureError) {
        guard Self.beginsWithOption(rest) else { return }
        while true {
            let name = String(decoding: Self.take(&rest) { Self.isNameUnit($0) }, as: UTF8.self).lowercased()
            switch name {
            case "namespaces" where namespaces == nil:
                guard let list = PatternList(try Self.takeValue(of: name, &rest)) else {
                    throw SignatureError(.unreadableSigners, "namespaces is a list of visible ASCII names or patterns")
                }
                namespaces = list
            case "valid-after" where validAfter == nil:
                validAfter = try Self.time(try Self.takeValue(of: name, &rest), name)
            case "valid-before" where validBefore == nil:
                validBefore = try Self.time(try Self.takeValue(of: name, &rest), name)
            case "namespaces", "valid-after", "valid-before":
                throw SignatureError(.unreadableSigners, "The option \(name) stands twice in the line")
            case "cert-authority":
                throw SignatureError(
                    .unsupportedOption, "cert-authority is not supported: list each person's own key instead")
            default:
                throw SignatureError(
                    .unsupportedOption,
                    "Behind the principals stands neither a key nor one of the options namespaces, valid-after, valid-before"
                )
            }
            let next = rest.popFirst()
            if next == UInt8(ascii: ",") { continue }
            guard let next, ArraySlice.isBlank(next) else {
                throw SignatureError(.unreadableSigners, "Behind the option \(name) a comma or a space is missing")
            }
            break
        }
        if let validAfter, let validBefore, validBefore <= validAfter {
            throw SignatureError(
                .unreadableSigners, "valid-before is not later than valid-after: the key would never count")
        }
    }

    /// A key type never has `=`, `,` or a quote in it, and is no flag.
    private static func beginsWithOption(_ rest: ArraySlice<UInt8>) -> Bool {
        let word = rest.prefix { !ArraySlice.isBlank($0) }
        return word.contains { [UInt8(ascii: "="), UInt8(ascii: ","), UInt8(ascii: "\"")].contains($0) }
            || String(decoding: word, as: UTF8.self).lowercased() == "cert-authority"
    }

    private static func isNameUnit(_ unit: UInt8) -> Bool {
        (0x61...0x7a).contains(unit | 0x20) || unit == UInt8(ascii: "-")
    }

    private static func take(_ rest: inout ArraySlice<UInt8>, while isPart: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let part = rest.prefix(while: isPart)
        rest = rest.dropFirst(part.count)
        return part
    }

    /// `="VALUE"`, where `\"` stands for a quote.
    private static func takeValue(of name: String, _ rest: inout ArraySlice<UInt8>) throws(SignatureError) -> [UInt8] {
        let (quote, backslash) = (UInt8(ascii: "\""), UInt8(ascii: "\\"))
        guard rest.popFirst() == UInt8(ascii: "="), rest.popFirst() == quote else {
            throw SignatureError(
                .unreadableSigners, "The option \(name) needs a value in double quotes: \(name)=\"...\"")
        }
        var value: [UInt8] = []
        while let unit = rest.popFirst() {
            if unit == quote { return value }
            if unit == backslash, rest.first == quote {
                value.append(quote)
                rest.removeFirst()
            } else {
                value.append(unit)
            }
        }
        throw SignatureError(.unreadableSigners, "The value of the option \(name) has no closing quote")
    }

    /// Seconds since 1970.
    private static func time(_ value: [UInt8], _ name: String) throws(SignatureError) -> Int64 {
        let digits = value.prefix { (0x30...0x39).contains($0) }
        let suffix = value.dropFirst(digits.count)
        guard [8, 12, 14].contains(digits.count), suffix.isEmpty || suffix.elementsEqual("Z".utf8) else {
            throw SignatureError(
                .unreadableSigners, "\(name) is a time in UTC: YYYYMMDDZ, YYYYMMDDHHMMZ or YYYYMMDDHHMMSSZ")
        }
        guard !suffix.isEmpty else {
            throw SignatureError(
                .ambiguousTime, "\(name) depends on the time zone of whoever reads it; write Z at its end and mean UTC")
        }
        let text = String(decoding: digits, as: UTF8.self)
        func part(_ start: Int, _ length: Int) -> Int {
            digits.dropFirst(start).prefix(length).reduce(0) { $0 * 10 + Int($1 - 0x30) }
        }
        let day = CivilDay("\(text.prefix(4))-\(text.dropFirst(4).prefix(2))-\(text.dropFirst(6).prefix(2))")
        guard let day, day.number >= 0, part(8, 2) < 24, part(10, 2) < 60, part(12, 2) < 60 else {
            throw SignatureError(.unreadableSigners, "\(name) names a day or a time of day that does not exist")
        }
        return Int64(day.number) * 86_400 + Int64(part(8, 2) * 3600 + part(10, 2) * 60 + part(12, 2))
    }
}
