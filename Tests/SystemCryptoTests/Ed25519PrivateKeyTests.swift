import Foundation
import SystemCrypto
import TestSupport
import Testing

@Suite struct Ed25519PrivateKeyTests {
    private func bytes(_ digits: String) throws -> [UInt8] { try #require(Hexadecimal.decode(digits)) }

    /// RFC 8032 section 7.1, tests 1 to 3: private key, public key, message, signature.
    @Test(arguments: [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
                + "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
                + "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ])
    func signaturesAreThePublishedOnes(seed: String, point: String, message: String, signature: String) throws {
        let key = try Ed25519PrivateKey(seed: bytes(seed))
        #expect(key.publicKey.bytes == (try bytes(point)))
        #expect(try key.sign(bytes(message)) == bytes(signature))
    }

    @Test func openSSLVerifiesWhatAKeyFromAFileSigns() async throws {
        let pair = try Ed25519PrivateKey.generate()
        let key = try Ed25519PrivateKey(pem: Array(pair.privatePEM.utf8))
        #expect(key.publicPEM == pair.publicPEM)
        let directory = try TemporaryDirectory()
        let publicFile = try directory.write("public.pem", pair.publicPEM)
        let message = try directory.write("message", "log.example\n1\n")
        let signature = directory.file("signature")
        try Data(try key.sign(Array("log.example\n1\n".utf8))).write(to: signature)
        let arguments = [
            "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", publicFile, "-sigfile", signature.path, "-in",
        ]
        #expect(try await run("openssl", arguments + [message]).status == 0)
        let other = try directory.write("other", "log.example\n2\n")
        #expect(try await run("openssl", arguments + [other]).status != 0)
    }

    @Test func otherKeysAndLengthsAreRefused() throws {
        let rsa = try RSAPrivateKey.generate(bits: 2048)
        #expect(throws: CryptoError.self) { try Ed25519PrivateKey(pem: Array(rsa.privatePEM.utf8)) }
        #expect(throws: CryptoError.self) {
            try Ed25519PrivateKey(pem: Array(Ed25519PrivateKey.generate().publicPEM.utf8))
        }
        #expect(throws: CryptoError.self) { try Ed25519PrivateKey(pem: []) }
        for count in [0, 31, 33, 64] {
            #expect(throws: CryptoError.self) { try Ed25519PrivateKey(seed: [UInt8](repeating: 7, count: count)) }
        }
    }

    @Test func digestsAreWrittenWhereTheyAreWanted() throws {
        var bytes = [UInt8](repeating: 9, count: 40)
        SHA256Digest.hash([0x61, 0x62, 0x63], into: &bytes, at: 4)
        #expect(bytes == [9, 9, 9, 9] + SHA256Digest.hash([0x61, 0x62, 0x63]) + [9, 9, 9, 9])
    }
}
