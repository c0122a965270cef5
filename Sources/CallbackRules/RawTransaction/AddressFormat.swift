// Whether an address is well formed by its own checksum.

/// Recognises the address formats whose checksum can be verified without knowing the chain.
enum AddressFormat {
    enum Kind: Sendable, Hashable {
        /// `0x` and 40 hexadecimal digits.
        case evm
        case p2pkh, p2sh, p2wpkh, p2wsh, p2tr
        /// A Bitcoin witness address of a version that has no meaning yet.
        case witness
        /// Bech32 or bech32m with another human-readable part than Bitcoin's.
        case bech32
        /// Base58Check with another version byte than Bitcoin's.
        case base58Check
    }

    enum Verdict: Sendable, Hashable {
        /// Well formed, and the checksum is right.
        case valid(Kind)
        /// Well formed without a checksum: an EVM address in one case.
        case unchecked(Kind)
        /// Meant as this kind, and wrong. The text completes "the address is no ...: ".
        case invalid(Kind, String)
        /// None of these formats: it may be an address of a chain that is not known here.
        case unrecognised
    }

    static func check(_ address: String) -> Verdict {
        if address.utf8.starts(with: "0x".utf8) || address.utf8.starts(with: "0X".utf8) { return checkEVM(address) }
        if BitcoinAddress.hasWitnessPrefix(address) { return checkWitness(address) }
        if (try? Bech32(address, maximumLength: 1_023)) != nil { return .valid(.bech32) }
        return checkBase58(address)
    }

    private static func checkEVM(_ address: String) -> Verdict {
        switch EVMAddress.checksum(of: address) {
        case .valid?: return .valid(.evm)
        case .absent?: return .unchecked(.evm)
        case .wrong?: return .invalid(.evm, "the upper and lower case of its letters is no EIP-55 checksum")
        case nil: break
        }
        let isHexadecimal = address.utf8.dropFirst(2).allSatisfy { digit in
            (0x30...0x39).contains(digit) || (0x61...0x66).contains(digit | 0x20)
        }
        // Other chains have up to 64 digits.
        if isHexadecimal, (43...66).contains(address.utf8.count) { return .unrecognised }
        return .invalid(.evm, "40 hexadecimal digits must follow 0x")
    }

    private static func checkWitness(_ address: String) -> Verdict {
        do throws(RawDecodingError) {
            let witness = try WitnessAddress(address)
            switch BitcoinAddress.kind(of: witness) {
            case .p2wpkh?: return .valid(.p2wpkh)
            case .p2wsh?: return .valid(.p2wsh)
            case .p2tr?: return .valid(.p2tr)
            default: return .valid(.witness)
            }
        } catch {
            return .invalid(.witness, error.description)
        }
    }

    /// Base58 texts of 26 to 35 characters are Bitcoin's length. Others of that length exist; only what begins as
    /// Bitcoin's do and has not the 32 bytes of a bare key (Solana) is held to be a mistyped one.
    private static func checkBase58(_ address: String) -> Verdict {
        guard (25...35).contains(address.utf8.count), let bytes = Base58Check.decodeWithoutChecksum(address) else {
            return checkMistypedBase58(address)
        }
        do throws(RawDecodingError) {
            let content = try Base58Check.decode(address)
            guard let bitcoin = try? BitcoinAddress(address) else {
                return content.count == 21 ? .valid(.base58Check) : .unrecognised
            }
            return .valid(bitcoin.kind == .p2pkh ? .p2pkh : .p2sh)
        } catch {
            let isBitcoins = beginsLikeBitcoin(address) && bytes.count != 32
            return isBitcoins ? .invalid(.base58Check, error.description) : .unrecognised
        }
    }

    /// One of the four letters that base58 leaves out, where all others would do.
    private static func checkMistypedBase58(_ address: String) -> Verdict {
        let isText = address.utf8.allSatisfy { character in
            (0x30...0x39).contains(character) || (0x61...0x7a).contains(character | 0x20)
        }
        guard (25...35).contains(address.utf8.count), isText, beginsLikeBitcoin(address) else { return .unrecognised }
        return .invalid(.base58Check, "base58 has no 0, O, I and l")
    }

    private static func beginsLikeBitcoin(_ address: String) -> Bool {
        address.utf8.first.map { "13mn2".utf8.contains($0) } ?? false
    }
}
