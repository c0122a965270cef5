// Addresses of EVM chains.

import SystemCrypto

/// The 20 bytes of an account, and the checksum that its text may carry (EIP-55).
struct EVMAddress: Sendable, Hashable {
    let bytes: [UInt8]

    /// How the letters of the text stand to its checksum.
    enum Checksum: Sendable, Hashable {
        case valid
        case wrong
        /// All letters in one case, or no letters: nothing is checked.
        case absent
    }

    /// `0x` and 40 hexadecimal digits in any case; the checksum is not looked at.
    init?(_ text: String) {
        guard text.utf8.count == 42, text.utf8.first == 0x30, let mark = text.utf8.dropFirst().first,
            mark | 0x20 == 0x78, let bytes = Hexadecimal.decode(text.dropFirst(2)), bytes.count == 20
        else { return nil }
        self.bytes = bytes
    }

    /// The text in EIP-55's mixed case.
    var text: String {
        let digits = Array(Hexadecimal.encode(bytes).utf8)
        let hash = Keccak256.hash(digits)
        let mixed = digits.enumerated().map { index, digit in
            let isUpper = digit >= 0x61 && hash[index / 2] >> (index % 2 == 0 ? 4 : 0) & 15 >= 8
            return isUpper ? digit - 0x20 : digit
        }
        return "0x" + String(decoding: mixed, as: UTF8.self)
    }

    static func checksum(of text: String) -> Checksum? {
        guard let address = EVMAddress(text) else { return nil }
        let digits = text.utf8.dropFirst(2)
        let hasLower = digits.contains { $0 >= 0x61 }
        let hasUpper = digits.contains { $0 >= 0x41 && $0 <= 0x46 }
        guard hasLower, hasUpper else {
            return .absent
        }
        return digits.elementsEqual(address.text.utf8.dropFirst(2)) ? .valid : .wrong
    }
}
