// Files with one address per line.

import CallbackProtocol

/// Reads an address list: one address per line, `#` begins a comment at the start of a line or after a space.
enum AddressListFile {
    /// A million addresses of every kind fit.
    static let maximumBytes = 128 << 20

    /// Collects the addresses, normalised. What is no address is a finding in the list's own file.
    static func read(_ bytes: [UInt8], name: Located<String>, into findings: inout Findings) -> TextSet {
        var set = TextSet([])
        guard bytes.count <= maximumBytes else {
            findings.add(.tooLarge, at: name.position, "\(name.value) has more than \(maximumBytes) bytes.")
            return set
        }
        let text = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...]
        var number = 0
        for line in text.split(separator: 0x0a, omittingEmptySubsequences: false) {
            number += 1
            let content = trimmed(withoutComment(line))
            guard !content.isEmpty else { continue }
            func report(_ code: DiagnosticCode, _ message: String) {
                findings.add(Diagnostic(file: name.value, line: number, column: 1, code: code, message: message))
            }
            guard let address = String(validating: content, as: UTF8.self), !AddressText.isImpossible(address) else {
                report(.notAnAddress, "This line is not one address.")
                continue
            }
            if let mistake = AddressText.mistake(in: address) { report(.oddAddress, mistake) }
            set.insert(Array(AddressComparison.normalised(address).utf8))
        }
        return set
    }

    private static func withoutComment(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var previous: UInt8 = 0x20
        for index in line.indices {
            if line[index] == 0x23, isSpace(previous) { return line[..<index] }
            previous = line[index]
        }
        return line
    }

    private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var line = line.drop(while: isSpace)
        while let last = line.last, isSpace(last) { line.removeLast() }
        return line
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }
}
