import Foundation
import SystemCrypto
import TestSupport
import Testing

@Suite struct Ed25519PublicKeyTests {
    private func bytes(_ digits: String) throws -> [UInt8] { try #require(Hexadecimal.decode(digits)) }

    /// RFC 8032 section 7.1, tests 1 to 3: public key, message, signature.
    private static let published = [
        (
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ]

    @Test(arguments: published)
    func publishedSignaturesVerifyAndFlippedOnesDoNot(point: String, message: String, signature: String) throws {
        let key = try Ed25519PublicKey(bytes: bytes(point))
        let (message, signature) = (try bytes(message), try bytes(signature))
        #expect(key.isValid(signature: signature, for: message))
        #expect(!key.isValid(signature: signature, for: message + [0]))
        for index in signature.indices {
            var changed = signature
            changed[index] ^= 0x10
            #expect(!key.isValid(signature: changed, for: message))
        }
        for wrong in [[], Array(signature.dropLast()), signature + [0]] {
            #expect(!key.isValid(signature: wrong, for: message))
        }
    }

    /// S + L verifies where S is not required to be below the group's order L (RFC 8032 section 5.1.7).
    @Test func aSecondFormOfASignatureIsRefused() throws {
        let order = try bytes("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
        let key = try Ed25519PublicKey(bytes: bytes(Self.published[1].0))
        var signature = try bytes(Self.published[1].2)
        var carry = 0
        for index in 0..<32 {
            carry += Int(signature[32 + index]) + Int(order[index])
            signature[32 + index] = UInt8(carry & 0xff)
            carry >>= 8
        }
        #expect(!key.isValid(signature: signature, for: [0x72]))
    }

    @Test func openSSLSignsWhatWeVerify() async throws {
        let pair = try Ed25519PrivateKey.generate()
        let directory = try TemporaryDirectory()
        let privateFile = try directory.write("key.pem", pair.privatePEM)
        let message = try directory.write("message", "pay 1.5 ETH")
        let der = try await run("openssl", ["pkey", "-in", privateFile, "-pubout", "-outform", "DER"])
        let signed = try await run(
            "openssl", ["pkeyutl", "-sign", "-rawin", "-inkey", privateFile, "-in", message])
        let key = try Ed25519PublicKey(bytes: Array(der.output.suffix(32)))
        #expect(key.isValid(signature: Array(signed.output), for: Array("pay 1.5 ETH".utf8)))
    }

    @Test(arguments: [0, 31, 33, 64])
    func otherLengthsAreRefused(count: Int) {
        let error = #expect(throws: CryptoError.self) {
            try Ed25519PublicKey(bytes: [UInt8](repeating: 9, count: count))
        }
        #expect(error?.code == .wrongKeySize)
    }

    /// Points of small order in their canonical form, with either sign bit, and second forms of points (y + p).
    @Test(arguments: [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "f0ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    ])
    func pointsThatNoKeyHasAreRefused(digits: String) throws {
        let point = try bytes(digits)
        let error = #expect(throws: CryptoError.self) { try Ed25519PublicKey(bytes: point) }
        #expect(error?.code == .invalidKey)
    }

    @Test func sha512IsThatOfTheStandard() {
        #expect(
            Hexadecimal.encode(SHA512Digest.hash(Array("abc".utf8)))
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
    }
}
