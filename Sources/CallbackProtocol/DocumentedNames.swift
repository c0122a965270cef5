// The members that payloads usually have, each with a number.

/// The member names that co-signers write: reading a payload neither makes nor measures nor compares them anew.
///
/// Whether a name has a number, and which, follows from its bytes alone. So names with one number are the same name, and a
/// name with a number is unlike every name without one.
struct DocumentedNames: Sendable {
    static let shared = DocumentedNames(
        CosignerPayload.order + CosignerPayload.lastOrder + CosignerPayload.destinationOrder + [
            "alg", "typ", "kid",
            // Of actionInfo, rawTx, extraParameters, and JSON in texts.
            "capturedRuleNum", "rulesSnapshotId", "byGlobalPolicy", "byRule", "capturedRule", "keyDerivationPath",
            "payload",
            "contractCallData", "rawMessageData", "messages", "content",
            // Of extraInfo.
            "subType", "walletName", "walletId", "address", "tag", "accountName", "accountId", "addresses", "apiKey",
            "networkConnectionId", "connectionId", "networkID", "localNetworkID", "remoteTenantID", "routingPolicy",
        ])

    /// More would not fit the bits that `MemberNames` remembers them by.
    private static let most = 128
    private static let free = UInt8.max

    /// By number.
    let names: [String]
    private let bytes: [NameBytes]
    /// The numbers, each at the mark of its name or, where that was taken, at the next free place.
    private let places: [UInt8]
    private let secrets: UInt128

    /// - Parameter listed: names of 1 to 24 bytes, of which the first 128 get a number. Repeats count once.
    init(_ listed: [String]) {
        var (names, bytes): ([String], [NameBytes]) = ([], [])
        var places = Array(repeating: Self.free, count: 256)
        for name in listed where !names.contains(where: { isSameText($0, name) }) {
            guard names.count < Self.most, let own = NameBytes(name.utf8.span.bytes) else { continue }
            var place = own.mark
            while places[place] != Self.free { place = (place + 1) & 255 }
            places[place] = UInt8(names.count)
            names.append(name)
            bytes.append(own)
        }
        (self.names, self.bytes, self.places) = (names, bytes, places)
        secrets = names.indices.reduce(0) { $0 | (SecretNames.contains(names[$1]) ? 1 << UInt128($1) : 0) }
    }

    /// The number of a name, from 0 to 127; `nil` where it has none.
    func number(of name: RawSpan) -> Int? {
        guard let name = NameBytes(name) else { return nil }
        var place = name.mark
        while places[place] != Self.free {
            let number = Int(places[place])
            if bytes[number] == name { return number }
            place = (place + 1) & 255
        }
        return nil
    }

    /// Whether it names a secret.
    func isSecret(_ number: Int) -> Bool { secrets >> UInt128(number) & 1 == 1 }
}

/// All bytes of a name of 1 to 24 bytes, in pieces that overlap: two names are the same where all parts are.
private struct NameBytes: Sendable, Equatable {
    private let count: Int
    private let first: UInt64
    private let last: UInt64
    private let middle: UInt64

    init?(_ name: RawSpan) {
        func part<Part: UnsignedInteger & BitwiseCopyable>(_ start: Int, _ type: Part.Type) -> UInt64 {
            UInt64(name.unsafeLoadUnaligned(fromByteOffset: start, as: type))
        }
        count = name.byteCount
        switch count {
        case 1..<4:
            (first, middle) = (part(0, UInt8.self), part(count / 2, UInt8.self))
            last = part(count - 1, UInt8.self)
        case 4..<8: (first, middle, last) = (part(0, UInt32.self), 0, part(count - 4, UInt32.self))
        case 8...24:
            (first, last) = (part(0, UInt64.self), part(count - 8, UInt64.self))
            middle = count > 16 ? part(8, UInt64.self) : 0
        default: return nil
        }
    }

    /// Which of 256 places it is looked for at first.
    var mark: Int {
        Int(truncatingIfNeeded: (first &* 0x9e37_79b9_7f4a_7c15 ^ last &* 0xc2b2_ae3d_27d4_eb4f) >> 56)
    }
}
