// Networks that a listener accepts peers from: `10.0.0.0/8`, `2001:db8::/32`, or one bare address (RFC 4632, RFC 4291).

import Glibc

/// A block of IPv4 or IPv6 addresses.
///
/// The parser is strict, because a typing error here opens a door: no leading zeros, no sign, no zone, no bits set
/// beyond the prefix. An IPv4 peer that a dual-stack socket shows as `::ffff:a.b.c.d` is matched as IPv4.
package struct CIDR: Sendable, Hashable, CustomStringConvertible {
    package enum Family: Sendable { case ipv4, ipv6 }

    package let family: Family
    /// Length of the prefix in bits, 0 to 32 or 0 to 128.
    package let prefix: Int
    package let description: String
    private let network: UInt128

    /// Errors: `cidr_malformed`, with what is wrong and how to write it.
    package init(_ text: String) throws(TransportError) {
        func malformed(_ why: String) -> TransportError {
            TransportError(.cidrMalformed, "\"\(text)\" is no network: \(why)")
        }
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(String(parts[0])) else {
            throw malformed("write an IPv4 or IPv6 address, or a network such as 10.0.0.0/8")
        }
        let width = address.family == .ipv4 ? 32 : 128
        var prefix = width
        if parts.count == 2 {
            let digits = parts[1]
            guard !digits.isEmpty, digits.utf8.count <= 3, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                digits == "0" || digits.utf8.first != 0x30, let length = Int(digits), length <= width
            else { throw malformed("the prefix is a plain number from 0 to \(width)") }
            prefix = length
        }
        let hostBits = width - prefix
        guard hostBits == 0 || address.value & ((UInt128(1) << UInt128(hostBits)) &- 1) == 0 else {
            throw malformed("bits are set beyond the prefix of \(prefix) bits")
        }
        self.family = address.family
        self.prefix = prefix
        self.network = address.value
        self.description = text
    }

    /// Whether an address lies in this network. Text that is no IP address never does.
    package func contains(_ text: String) -> Bool {
        IPAddress(text).map(contains) ?? false
    }

    func contains(_ address: IPAddress) -> Bool {
        guard address.family == family else { return false }
        let hostBits = (family == .ipv4 ? 32 : 128) - prefix
        return hostBits == 128 || (address.value ^ network) >> UInt128(hostBits) == 0
    }
}

/// An IP address as a number.
struct IPAddress: Hashable {
    let family: CIDR.Family
    let value: UInt128

    /// Only textual addresses without port or zone. The parser is inet_pton: no octal, no short forms.
    init?(_ text: String) {
        // In C a NUL would end the text early.
        guard !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET, text, &bytes) == 1 {
            family = .ipv4
            value = Self.number(bytes.prefix(4))
        } else if inet_pton(AF_INET6, text, &bytes) == 1 {
            let number = Self.number(bytes[...])
            let isMapped = number >> 32 == 0xffff
            family = isMapped ? .ipv4 : .ipv6
            value = isMapped ? number & 0xffff_ffff : number
        } else {
            return nil
        }
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt128 {
        bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
    }
}

extension PeerAddress {
    /// The host as one counts it: an IPv4 address, or the /64 of an IPv6 address, all of which belongs to whoever has one of
    /// its addresses (RFC 6177). Whatever is no IP address stands for itself.
    package var network: String {
        guard host.utf8.contains(UInt8(ascii: ":")), let address = IPAddress(host) else { return host }
        func groups(_ count: Int, of bits: Int, radix: Int, shift: Int) -> [String] {
            (1...count).map { String(address.value >> (shift - $0 * bits) & (1 << bits - 1), radix: radix) }
        }
        return switch address.family {
        case .ipv4: groups(4, of: 8, radix: 10, shift: 32).joined(separator: ".")
        case .ipv6: groups(4, of: 16, radix: 16, shift: 128).joined(separator: ":") + "::/64"
        }
    }
}
