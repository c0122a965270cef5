// Bitcoin addresses and the output scripts they stand for.

/// The network that an address names. Scripts do not name one.
enum BitcoinNetwork: Sendable, Hashable, CaseIterable {
    case mainnet, testnet

    var witnessPrefix: String { self == .mainnet ? "bc" : "tb" }
    fileprivate var keyHashVersion: UInt8 { self == .mainnet ? 0x00 : 0x6f }
    fileprivate var scriptHashVersion: UInt8 { self == .mainnet ? 0x05 : 0xc4 }
}

/// An address with a standard output script.
struct BitcoinAddress: Sendable, Hashable {
    enum Kind: Sendable, Hashable {
        case p2pkh, p2sh, p2wpkh, p2wsh, p2tr
    }

    var network: BitcoinNetwork
    var kind: Kind
    /// Of 20 bytes; a script hash or taproot key of 32 for P2WSH and P2TR.
    var hash: [UInt8]

    /// - Throws: what is wrong, where the text is no address of these kinds.
    init(_ text: String) throws(RawDecodingError) {
        if Self.hasWitnessPrefix(text) {
            let address = try WitnessAddress(text)
            guard let kind = Self.kind(of: address) else {
                throw RawDecodingError("outputs of its witness version are not defined")
            }
            (network, self.kind, hash) = (address.network, kind, address.program)
            return
        }
        let content = try Base58Check.decode(text)
        guard content.count == 21, let version = content.first else {
            throw RawDecodingError("it has not 21 bytes and a checksum")
        }
        hash = Array(content.dropFirst())
        for candidate in BitcoinNetwork.allCases {
            if version == candidate.keyHashVersion {
                (network, kind) = (candidate, .p2pkh)
                return
            }
            if version == candidate.scriptHashVersion {
                (network, kind) = (candidate, .p2sh)
                return
            }
        }
        throw RawDecodingError("its version byte is not Bitcoin's")
    }

    /// The address of an output script; `nil` where it is none of the standard forms.
    init?(script: [UInt8], network: BitcoinNetwork) {
        self.network = network
        switch (script.count, script.first) {
        case (25, _):
            guard let keyHash = OutputScript.keyHash(script) else { return nil }
            (kind, hash) = (.p2pkh, keyHash)
        case (23, 0xa9?): (kind, hash) = (.p2sh, Array(script[2..<22]))
        case (22, 0x00?): (kind, hash) = (.p2wpkh, Array(script[2...]))
        case (34, 0x00?): (kind, hash) = (.p2wsh, Array(script[2...]))
        case (34, 0x51?): (kind, hash) = (.p2tr, Array(script[2...]))
        default: return nil
        }
        guard self.script == script else { return nil }
    }

    var script: [UInt8] {
        switch kind {
        case .p2pkh: OutputScript.p2pkh(hash)
        case .p2sh: OutputScript.p2sh(hash)
        case .p2wpkh, .p2wsh: WitnessAddress(network: network, version: 0, program: hash).script
        case .p2tr: WitnessAddress(network: network, version: 1, program: hash).script
        }
    }

    var text: String {
        switch kind {
        case .p2pkh: Base58Check.encode([network.keyHashVersion] + hash)
        case .p2sh: Base58Check.encode([network.scriptHashVersion] + hash)
        case .p2wpkh, .p2wsh: WitnessAddress(network: network, version: 0, program: hash).text
        case .p2tr: WitnessAddress(network: network, version: 1, program: hash).text
        }
    }

    /// Begins with `bc1` or `tb1` in either case: meant as a witness address, whatever follows.
    static func hasWitnessPrefix(_ text: String) -> Bool {
        let head = text.utf8.prefix(3).map { $0 | 0x20 }
        return BitcoinNetwork.allCases.contains { head == Array($0.witnessPrefix.utf8) + [0x31] }
    }

    static func kind(of address: WitnessAddress) -> Kind? {
        switch (address.version, address.program.count) {
        case (0, 20): .p2wpkh
        case (0, 32): .p2wsh
        case (1, 32): .p2tr
        default: nil
        }
    }
}

/// The scripts that pay to a key or to a script, by their bytes.
enum OutputScript {
    /// `OP_DUP OP_HASH160 <20 bytes> OP_EQUALVERIFY OP_CHECKSIG`; also the script code of a P2WPKH input (BIP-143).
    static func p2pkh(_ keyHash: [UInt8]) -> [UInt8] { [0x76, 0xa9, 0x14] + keyHash + [0x88, 0xac] }

    /// `OP_HASH160 <20 bytes> OP_EQUAL`
    static func p2sh(_ scriptHash: [UInt8]) -> [UInt8] { [0xa9, 0x14] + scriptHash + [0x87] }

    /// `OP_0 <20 bytes>`
    static func p2wpkh(_ keyHash: [UInt8]) -> [UInt8] { [0x00, 0x14] + keyHash }

    /// The key hash that a P2PKH script names; `nil` for every other script.
    static func keyHash(_ script: [UInt8]) -> [UInt8]? {
        guard script.count == 25 else { return nil }
        let keyHash = Array(script[3..<23])
        return script == p2pkh(keyHash) ? keyHash : nil
    }
}
