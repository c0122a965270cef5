// Functions of contracts, as rules name them.

import CallbackProtocol
import SystemCrypto

enum ContractMethod {
    /// The selector of a method as `0x` and eight lower-case digits: written as one, or the first four bytes of the
    /// Keccak-256 hash of a canonical signature such as `transfer(address,uint256)`. `nil` for anything else.
    static func selector(_ text: String) -> String? {
        let units = Array(text.utf8)
        if units.count == 10, units[0] == 0x30, units[1] == 0x78 || units[1] == 0x58 {
            return Hexadecimal.decode(text.dropFirst(2)).map { "0x" + Hexadecimal.encode($0) }
        }
        guard isSignature(units) else { return nil }
        return "0x" + Hexadecimal.encode(Array(Keccak256.hash(units).prefix(4)))
    }

    /// A name and types in parentheses, without spaces and parameter names. `uint` alone is refused: its selector is
    /// that of `uint256`, and written short it would name a function that no contract has.
    private static func isSignature(_ units: [UInt8]) -> Bool {
        guard let open = units.firstIndex(of: 0x28), open > 0, units.last == 0x29, units.count <= 512 else {
            return false
        }
        let isName = units[..<open].enumerated().allSatisfy { index, unit in
            isLetter(unit) || (index > 0 && isDigit(unit))
        }
        var depth = 0
        for (index, unit) in units[open...].enumerated() {
            switch unit {
            case 0x28: depth += 1
            case 0x29:
                depth -= 1
                if depth == 0, index != units.count - open - 1 { return false }
            case 0x2c, 0x5b, 0x5d: break
            default:
                guard isDigit(unit) || (0x61...0x7a).contains(unit) else { return false }
            }
        }
        let types = units[open...].split { [0x28, 0x29, 0x2c].contains($0) }.map { String(decoding: $0, as: UTF8.self) }
        return isName && depth == 0 && types.allSatisfy(isType)
    }

    private static func isType(_ text: String) -> Bool {
        let base = text.prefix { $0 != "[" }
        let isArray = text.dropFirst(base.count).allSatisfy { "[]0123456789".contains($0) }
        let letters = base.prefix { $0.isLetter }
        let size = base.dropFirst(letters.count)
        switch letters {
        case "": return text.hasPrefix("[") && isArray
        case "address", "bool", "string", "function": return isArray && size.isEmpty
        case "bytes": return isArray && (size.isEmpty || Int(size).map { (1...32).contains($0) } ?? false)
        case "uint", "int": return isArray && (Int(size).map { $0 % 8 == 0 && (8...256).contains($0) } ?? false)
        default: return false
        }
    }

    private static func isDigit(_ unit: UInt8) -> Bool { (0x30...0x39).contains(unit) }

    private static func isLetter(_ unit: UInt8) -> Bool {
        (0x41...0x5a).contains(unit) || (0x61...0x7a).contains(unit) || unit == 0x5f || unit == 0x24
    }
}
