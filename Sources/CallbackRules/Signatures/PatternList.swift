// Pattern lists (PATTERNS in ssh_config(5)): names, `*` and `?`, and `!` before what is excepted.

/// Patterns separated by commas. A name matches when one of them fits and none with `!` does.
package struct PatternList: Sendable, Hashable {
    private struct Pattern: Sendable, Hashable {
        var units: [UInt8]
        var isNegated: Bool
    }

    /// As written.
    package let text: String
    private let patterns: [Pattern]

    /// `nil` for an empty list, an empty pattern, and characters that are not visible ASCII or a space.
    init?(_ units: some Collection<UInt8>) {
        guard units.allSatisfy({ (0x20...0x7e).contains($0) }) else { return nil }
        var patterns: [Pattern] = []
        for part in units.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let isNegated = part.first == UInt8(ascii: "!")
            let pattern = Array(isNegated ? part.dropFirst() : part[...])
            guard !pattern.isEmpty else { return nil }
            patterns.append(Pattern(units: pattern, isNegated: isNegated))
        }
        self.patterns = patterns
        text = String(decoding: units, as: UTF8.self)
    }

    /// The only name that matches, where the list is one plain name.
    package var singleName: String? {
        guard patterns.count == 1, let only = patterns.first, !only.isNegated,
            !only.units.contains(where: { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") })
        else { return nil }
        return text
    }

    package func matches(_ name: String) -> Bool {
        let units = Array(name.utf8)
        var matches = false
        for pattern in patterns where Self.fits(pattern.units, units) {
            if pattern.isNegated { return false }
            matches = true
        }
        return matches
    }

    /// Goes back to the last `*` only, so that no pattern costs more than its length times the name's.
    private static func fits(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var (position, index) = (0, 0)
        var retry: (position: Int, index: Int)?
        while index < name.count {
            if position < pattern.count, pattern[position] == UInt8(ascii: "*") {
                retry = (position + 1, index)
                position += 1
            } else if position < pattern.count,
                pattern[position] == UInt8(ascii: "?") || pattern[position] == name[index]
            {
                position += 1
                index += 1
            } else if let last = retry {
                retry = (last.position, last.index + 1)
                (position, index) = (last.position, last.index + 1)
            } else {
                return false
            }
        }
        return pattern[position...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
