import Foundation
import SystemCrypto
import TestSupport
import Testing

@Suite struct RSAKeysTests {
    @Test func aSignatureVerifiesWithThePublicHalfAndWithOpenSSL() async throws {
        let key = try RSAPrivateKey.generate(bits: 2048)
        try key.prove()
        let message = Array("pay 1.5 ETH".utf8)
        let signature = try key.sign(message[...])
        #expect(key.publicKey.isValid(signature: signature, for: message[...]))

        let directory = try TemporaryDirectory()
        let publicFile = try directory.write("public.pem", key.publicKey.pem)
        try Data(signature).write(to: directory.file("signature"))
        try Data(message).write(to: directory.file("message"))
        let checked = try await run(
            "openssl",
            [
                "dgst", "-sha256", "-verify", publicFile, "-signature", directory.file("signature").path,
                directory.file("message").path,
            ])
        #expect(checked.text.contains("Verified OK"))
    }

    @Test(arguments: [0, 255])
    func aSignatureWithOneBitFlippedIsRefused(position: Int) throws {
        let key = try RSAPrivateKey.generate(bits: 2048)
        let message = Array("pay 1.5 ETH".utf8)
        var signature = try key.sign(message[...])
        signature[position] ^= 1
        #expect(!key.publicKey.isValid(signature: signature, for: message[...]))
    }

    /// Contexts are used again: what one operation left in one must not show in the next, nor in that of another thread.
    @Test func manyThreadsSignAndVerifyWithOneKey() async throws {
        let key = try RSAPrivateKey.generate(bits: 2048)
        let other = try RSAPrivateKey.generate(bits: 2048)
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<64 {
                group.addTask {
                    let message = Array("payment \(number)".utf8)
                    guard let signature = try? key.sign(message[...]), let foreign = try? other.sign(message[...])
                    else {
                        return false
                    }
                    return key.publicKey.isValid(signature: signature, for: message[...])
                        && !key.publicKey.isValid(signature: foreign, for: message[...])
                        && !key.publicKey.isValid(signature: signature, for: message.dropLast())
                        && key.publicKey.isValid(signature: signature, for: message[...])
                }
            }
            for await isRight in group { #expect(isRight) }
        }
    }

    @Test func signaturesOfAnotherLengthAreRefused() throws {
        let key = try RSAPrivateKey.generate(bits: 2048)
        let message = Array("m".utf8)
        let signature = try key.sign(message[...])
        for wrong in [[], Array(signature.dropLast()), [0] + signature] {
            #expect(!key.publicKey.isValid(signature: wrong, for: message[...]))
        }
    }

    @Test func keysSurviveTheirPEMForms() throws {
        let key = try RSAPrivateKey.generate(bits: 2048)
        let again = try RSAPrivateKey(pem: Array(key.privatePEM.utf8))
        #expect(again.publicKey.fingerprint == key.publicKey.fingerprint)
        #expect(try RSAPublicKey(pem: Array(key.publicKey.pem.utf8)).fingerprint == key.publicKey.fingerprint)
    }

    @Test func anEncryptedKeyIsExplained() async throws {
        let made = try await run(
            "openssl",
            ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-aes128", "-pass", "pass:x"])
        let error = #expect(throws: CryptoError.self) { try RSAPrivateKey(pem: Array(made.output)) }
        #expect(error?.code == .encryptedKey)
    }

    @Test func otherKeyTypesAreExplained() throws {
        let pair = try Ed25519PrivateKey.generate()
        let error = #expect(throws: CryptoError.self) { try RSAPublicKey(pem: Array(pair.publicPEM.utf8)) }
        #expect(error?.code == .wrongKeyType)
    }

    @Test(arguments: ["", "hello", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
    func textThatIsNoKeyIsExplained(text: String) throws {
        let error = #expect(throws: CryptoError.self) { try RSAPublicKey(pem: Array(text.utf8)) }
        #expect(error?.code == .unreadableKey)
    }
}
