// Published vectors of BIP-173, BIP-350 and EIP-55, and Bitcoin's other address forms.

import SystemCrypto
import Testing

@testable import CallbackRules

@Suite struct AddressFormatTests {
    @Test(arguments: [
        "A12UEL5L", "a12uel5l",
        "an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs",
        "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw",
        "11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j",
        "split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", "?1ezyfcl",
    ])
    func `BIP-173's valid bech32`(text: String) throws {
        let decoded = try Bech32(text)
        #expect(decoded.variant == .bech32)
        #expect(decoded.text == text.lowercased())
    }

    @Test(arguments: [
        "A1LQFN3A", "a1lqfn3a",
        "an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6",
        "abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx",
        "11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8",
        "split1checkupstagehandshakeupstreamerranterredcaperredlc445v", "?1v759aa",
    ])
    func `BIP-350's valid bech32m`(text: String) throws {
        let decoded = try Bech32(text)
        #expect(decoded.variant == .bech32m)
        #expect(decoded.text == text.lowercased())
    }

    @Test(arguments: [
        "\u{20}1nwldj5", "\u{7f}1axkwrx", "\u{80}1eym55h",
        "an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx",
        "pzry9x0s0muk", "1pzry9x0s0muk", "x1b4n0q5v", "li1dgmt3", "de1lg7wt\u{ff}", "A1G7SGD8", "10a06t8", "1qzzfhee",
        "\u{20}1xj0phk", "\u{7f}1g6xzxy", "\u{80}1vctc34",
        "an84characterslonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11d6pts4",
        "qyrz8wqd2c9m", "1qyrz8wqd2c9m", "y1b0jsk6g", "lt1igcx5c0", "in1muywd", "mm1crxm3i", "au1s5cgom", "M1VUXWEZ",
        "16plkw9", "1p2gdwpf", "", "1",
    ])
    func `the BIPs' invalid texts`(text: String) {
        #expect(throws: RawDecodingError.self) { try Bech32(text) }
    }

    @Test(arguments: [
        ("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4", "0014751e76e8199196d454941c45d1b3a323f1433bd6"),
        (
            "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sl5k7",
            "00201863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262"
        ),
        (
            "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y",
            "5128751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6"
        ),
        ("BC1SW50QGDZ25J", "6002751e"),
        ("bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs", "5210751e76e8199196d454941c45d1b3a323"),
        (
            "tb1qqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesrxh6hy",
            "0020000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"
        ),
        (
            "tb1pqqqqp399et2xygdj5xreqhjjvcmzhxw4aywxecjdzew6hylgvsesf3hn0c",
            "5120000000c4a5cad46221b2a187905e5266362b99d5e91c6ce24d165dab93e86433"
        ),
        (
            "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
            "512079be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"
        ),
    ])
    func `BIP-350's witness addresses`(text: String, script: String) throws {
        let address = try WitnessAddress(text)
        #expect(Hexadecimal.encode(address.script) == script)
        #expect(address.text == text.lowercased())
        guard BitcoinAddress.kind(of: address) != nil else {
            #expect(AddressFormat.check(text) == .valid(.witness))
            #expect(throws: RawDecodingError.self) { try BitcoinAddress(text) }
            return
        }
        let known = try BitcoinAddress(text)
        #expect(known.script == address.script)
        #expect(BitcoinAddress(script: known.script, network: known.network) == known)
    }

    @Test(arguments: [
        "tc1qw508d6qejxtdg4y5r3zarvary0c5xw7kg3g4ty", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "BC13W508D6QEJXTDG4Y5R3ZARVARY0C5XW7KN40WF2", "bc1rw5uspcuh",
        "bc10w508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kw5rljs90",
        "BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3q0sL5k7",
        "bc1zw508d6qejxtdg4y5r3zarvaryvqyzf3du", "tb1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3pjxtptv",
        "bc1gmk9yu",
        // Valid by BIP-173 alone: version 1 and later with bech32.
        "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7k7grplx", "BC1SW50QA3JX3S",
        "bc1zw508d6qejxtdg4y5r3zarvaryvg6kdaj",
        "tc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq5zuyut",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd",
        "tb1z0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqglt7rf",
        "BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL",
        "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", "tb1q0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq24jc47",
        "bc1p38j9r5y49hruaue7wxjce0updqjuyyx0kh56v8s25huc6995vvpql3jow4",
        "BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", "bc1pw5dgrnzv",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav",
        "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vq47Zagq",
        "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf",
        "tb1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vpggkg4j",
    ])
    func `the BIPs' invalid witness addresses`(text: String) {
        #expect(throws: RawDecodingError.self) { try WitnessAddress(text) }
        let isForeign = text.hasPrefix("tc1")
        if case .invalid(.witness, _) = AddressFormat.check(text) {
            #expect(!isForeign)
        } else {
            #expect(isForeign)
        }
    }

    @Test(arguments: [
        (
            "1DpivPqJkLxbRwm4GpxXsNPKS29ou1NYdC", AddressFormat.Kind.p2pkh,
            "76a9148ca80d9b17cdba4b0f9b117c92852ca04a69783988ac"
        ),
        ("1111111111111111111114oLvT2", .p2pkh, "76a914000000000000000000000000000000000000000088ac"),
        ("3P14159f73E4gFr7JterCCQh9QjiTjiZrG", .p2sh, "a914e9c3dd0c07aac76179ebc76a6c78d4d67c6c160a87"),
        ("mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn", .p2pkh, "76a914243f1394f44554f4ce3fd68649c19adc483ce92488ac"),
        ("2MzQwSSnBHWHqSAqtTVQ6v47XtaisrJa1Vc", .p2sh, "a9144e9f39ca4688ff102128ea4ccda34105324305b087"),
        ("bc1qjhm0h7vhdyu0d0luv34dlz654rmsvg8twywk99", .p2wpkh, "001495f6fbf9976938f6bffc646adf8b54a8f70620eb"),
    ])
    func `addresses and their scripts, both ways`(text: String, kind: AddressFormat.Kind, script: String) throws {
        let address = try BitcoinAddress(text)
        #expect(Hexadecimal.encode(address.script) == script)
        #expect(address.text == text)
        #expect(BitcoinAddress(script: address.script, network: address.network) == address)
        #expect(AddressFormat.check(text) == .valid(kind))
    }

    @Test(arguments: [
        "0x52908400098527886E0F7030069857D2E4169EE7", "0x8617E340B3D01FA5F11F306F4090FD50E238070D",
        "0xde709f2102306220921060314715629080e2fb77", "0x27b1fdb04752bbc536007a920d24acb045561c26",
        "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
    ])
    func `EIP-55's addresses`(text: String) throws {
        #expect(try #require(EVMAddress(text)).text == text)
        let isMixed = text.dropFirst(2) != text.dropFirst(2).uppercased() && text != text.lowercased()
        #expect(AddressFormat.check(text) == (isMixed ? .valid(.evm) : .unchecked(.evm)))
        #expect(AddressFormat.check("0x" + text.dropFirst(2).uppercased()) == .unchecked(.evm))
        #expect(AddressFormat.check(text.lowercased()) == .unchecked(.evm))
        guard isMixed else { return }
        for index in text.indices.dropFirst(2) where text[index].isLetter {
            let other = text[index].isUppercase ? text[index].lowercased() : text[index].uppercased()
            guard case .invalid(.evm, _) = AddressFormat.check(text.replacingCharacters(at: index, with: other)) else {
                Issue.record("\(text) with \(other) is not refused")
                continue
            }
        }
    }

    @Test(arguments: [
        ("1DpivPqJkLxbRwm4GpxXsNPKS29ou1NYdD", true), ("1DpivPqJkLxbRwm4GpxXsNPKS29ou1NYd", true),
        ("1DpivPqJkLxbRwm4GpxXsNPKS29ou1NYd0", true), ("3P14159f73E4gFr7JterCCQh9QjiTjiZrg", true),
        ("0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5f", true), ("0x5dC69B1Fbb13Bafd09af88a782F0F285772Ad5fO", true),
        ("0x", true),
        ("0x8617e340b3d01fa5f11f306f4090fd50e238070d8617e340b3d01fa5f11f3061", false),
        // Solana, XRP Ledger, Stellar, nothing.
        ("11111111111111111111111111111111", false), ("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA", false),
        ("rHb9CJAWyB4rj91VRWn96DkukG4bwdtyTh", false), ("", false), ("1", false), ("é1qqqq", false),
        ("GAAZI4TCR3TY5OJHCTJC2A4QSY6CJWJH5IAJTGKIN2ER7LBNVKOCCWN7", false),
    ])
    func `what is wrong and what is not known`(text: String, isInvalid: Bool) {
        switch AddressFormat.check(text) {
        case .invalid: #expect(isInvalid)
        case .unrecognised: #expect(!isInvalid)
        case let verdict: Issue.record("\(text) is \(verdict)")
        }
    }

    @Test func `other chains' checksums`() {
        #expect(AddressFormat.check("cosmos1vqpjljwsynsn58dugz0w8ut7kun7t8ls2qkmsq") == .valid(.bech32))
        #expect(AddressFormat.check("TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t") == .valid(.base58Check))
    }
}

extension String {
    fileprivate func replacingCharacters(at index: Index, with text: String) -> String {
        self[..<index] + text + self[self.index(after: index)...]
    }
}
