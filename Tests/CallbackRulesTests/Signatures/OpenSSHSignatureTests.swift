import Foundation
import TestSupport
import Testing

@testable import CallbackRules

@Suite struct OpenSSHSignatureTests {
    private func refusal(
        _ file: [UInt8], message: [UInt8] = SSHKeygen.message, namespace: String = SSHKeygen.namespace
    ) -> SignatureError.Code? {
        do {
            _ = try OpenSSHSignature(armored: file).verify(message: message, namespace: namespace)
            return nil
        } catch {
            return error.code
        }
    }

    @Test(arguments: ["ed25519", "ecdsa"], ["sha256", "sha512"])
    func whatSSHKeygenSignsVerifies(type: String, hash: String) async throws {
        let keygen = try SSHKeygen()
        let key = try OpenSSHPublicKey(line: await keygen.makeKey("key", type: type))
        // ECDSA numbers vary in length; some of these have a short or a padded one.
        for round in 0..<(type == "ecdsa" ? 12 : 2) {
            let message = Array("message \(round)".utf8)
            let file = try await keygen.sign(message, key: "key", hash: hash)
            let signature = try OpenSSHSignature(armored: file)
            #expect(signature.hashAlgorithm.rawValue == hash)
            let verified = try signature.verify(message: message, namespace: SSHKeygen.namespace)
            #expect(verified.key == key && verified.touch == nil)
            #expect(Forge.armor(try SignatureArmor.decode(file)) == file)
        }
        let empty = try await keygen.sign([], key: "key", hash: hash)
        #expect(refusal(empty, message: []) == nil)
    }

    @Test func otherBytesNamespacesAndKeysAreRefused() async throws {
        let keygen = try SSHKeygen()
        _ = try await keygen.makeKey("key")
        let other = try OpenSSHPublicKey(line: await keygen.makeKey("other"))
        let file = try await keygen.sign(key: "key")
        #expect(refusal(file) == nil)
        #expect(refusal(file, message: SSHKeygen.message + [0x20]) == .invalidSignature)
        #expect(refusal(file, message: []) == .invalidSignature)
        for namespace in ["", "countersign-hol", "countersign-rules", "Countersign-hold", "countersign-hold\u{0}"] {
            #expect(refusal(file, namespace: namespace) == .wrongNamespace)
        }
        // The same signature under another name, and with another key's name on it.
        let parts = try Forge.parts(of: SignatureArmor.decode(file))
        let renamed = Forge.blob(key: parts.key, namespace: "countersign-rules", signature: parts.signature)
        #expect(refusal(Forge.armor(renamed), namespace: "countersign-rules") == .invalidSignature)
        #expect(refusal(Forge.armor(Forge.blob(key: other.blob, signature: parts.signature))) == .invalidSignature)
        let rehashed = Forge.blob(key: parts.key, hash: "sha256", signature: parts.signature)
        #expect(refusal(Forge.armor(rehashed)) == .invalidSignature)
    }

    @Test(arguments: ["sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"])
    func tokensMustHaveBeenTouched(type: String) async throws {
        let keygen = try SSHKeygen()
        let flags: [UInt8] = [0x01, 0x05, 0x00, 0x04, 0xfe]
        let token = try await SoftwareToken(type: type, flags: flags)
        for (blob, flags) in zip(token.blobs, flags) {
            let file = Forge.armor(blob)
            // ssh-keygen verifies tokens' signatures, and leaves the flags to others.
            #expect(try await keygen.accepts(file, by: "alice", allowed: "alice \(token.line)\n"))
            guard flags & 1 != 0 else {
                #expect(refusal(file) == .noUserPresence)
                continue
            }
            let verified = try OpenSSHSignature(armored: file)
                .verify(message: SSHKeygen.message, namespace: SSHKeygen.namespace)
            #expect(verified.touch?.userVerified == (flags & 4 != 0))
            #expect(verified.touch?.counter == 7)
            #expect(verified.key == (try OpenSSHPublicKey(line: token.line)))
            #expect(refusal(file, message: [1]) == .invalidSignature)
        }
    }

    /// One signature of each type.
    private func samples() async throws -> [[UInt8]] {
        let keygen = try SSHKeygen()
        _ = try await keygen.makeKey("one")
        _ = try await keygen.makeKey("two", type: "ecdsa")
        var samples = [
            try SignatureArmor.decode(await keygen.sign(key: "one")),
            try SignatureArmor.decode(await keygen.sign(key: "two", hash: "sha256")),
        ]
        for type in ["sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"] {
            samples += try await SoftwareToken(type: type, flags: [1]).blobs
        }
        return samples
    }

    @Test func everyFlippedBitOfEveryByteIsRefused() async throws {
        for blob in try await samples() {
            #expect(weAccept(blob))
            for index in blob.indices {
                for bit in 0..<8 {
                    var changed = blob
                    changed[index] ^= 1 << bit
                    #expect(!weAccept(changed), "byte \(index), bit \(bit)")
                }
            }
        }
    }

    @Test func whatIsCutShortPutTogetherOrMislabelledIsRefused() async throws {
        for blob in try await samples() {
            for count in 0..<blob.count { #expect(!weAccept(Array(blob.prefix(count)))) }
            for index in 0...(blob.count - 4) {
                for length: [UInt8] in [[255, 255, 255, 255], [127, 255, 255, 255], [128, 0, 0, 0], [0, 0, 0, 0]] {
                    var changed = blob
                    changed.replaceSubrange(index..<(index + 4), with: length)
                    #expect(changed == blob || !weAccept(changed), "length at \(index)")
                }
            }
            let (key, signature) = try Forge.parts(of: blob)
            let hash = String(decoding: blob, as: UTF8.self).contains("sha256") ? "sha256" : "sha512"
            let rebuilt = { (key: [UInt8], signature: [UInt8]) in
                Forge.blob(key: key, hash: hash, signature: signature)
            }
            #expect(rebuilt(key, signature) == blob)
            #expect(!weAccept(blob + [0]))
            #expect(!weAccept(rebuilt(key + [0], signature)))
            #expect(!weAccept(rebuilt(key, signature + [0])))
            #expect(!weAccept(Forge.blob(magic: "SSHSIH", key: key, hash: hash, signature: signature)))
            for version: UInt32 in [0, 2, .max] {
                #expect(!weAccept(Forge.blob(version: version, key: key, hash: hash, signature: signature)))
            }
            for hash in ["", "md5", "sha1", "sha384", "SHA512", "sha512\u{0}", "sha256,sha512"] {
                #expect(!weAccept(Forge.blob(key: key, hash: hash, signature: signature)))
            }
            let reserved = Forge.blob(key: key, reserved: "x", hash: hash, signature: signature)
            #expect(refusal(Forge.armor(reserved)) == .unsupportedSignature)
        }
    }

    /// The layout of lines is ours to judge as well; only CRLF is read by us alone.
    @Test func filesLaidOutOtherwiseAreReadAsSSHKeygenReadsThem() async throws {
        let keygen = try SSHKeygen()
        let allowed = try await "alice \(keygen.makeKey("key"))"
        let blob = try SignatureArmor.decode(await keygen.sign(key: "key"))
        for width in [1, 40, 70, 76] {
            let file = Forge.armor(blob, width: width)
            for file in [file, Array(file.dropLast())] {
                #expect(refusal(file) == nil)
                #expect(try await keygen.accepts(file, by: "alice", allowed: allowed))
            }
        }
        for damaged in [Array(blob.dropLast()), blob + [0], [0] + blob] {
            let file = Forge.armor(damaged)
            #expect(refusal(file) != nil)
            #expect(try await !keygen.accepts(file, by: "alice", allowed: allowed))
        }
        let windows = Forge.armor(blob, lineEnd: "\r\n")
        #expect(refusal(windows) == nil)
        #expect(try await !keygen.accepts(windows, by: "alice", allowed: allowed))
    }

    @Test func ecdsaNumbersMustBePositiveAndMinimal() async throws {
        let keygen = try SSHKeygen()
        _ = try await keygen.makeKey("key", type: "ecdsa")
        let (key, signature) = try Forge.parts(of: SignatureArmor.decode(await keygen.sign(key: "key")))
        let outer = try Forge.strings(2, in: signature)
        let pair = try Forge.strings(2, in: outer[1])
        let (name, r, s) = (outer[0], pair[0], pair[1])
        func accepts(_ r: [UInt8], _ s: [UInt8], _ rest: [UInt8] = []) -> Bool {
            let body = Forge.string(r) + Forge.string(s) + rest
            return weAccept(Forge.blob(key: key, signature: Forge.string(name) + Forge.string(body)))
        }
        #expect(accepts(r, s))
        let zeros = [UInt8](repeating: 0, count: 40)
        #expect(!accepts([0] + r, s))
        #expect(!accepts(r, [0] + s))
        #expect(!accepts(zeros + r, s))
        for bad in [
            [], [0], [0x80], [0xff], [UInt8](repeating: 0x7f, count: 33), [0] + [UInt8](repeating: 255, count: 32),
        ] {
            #expect(!accepts(bad, s))
            #expect(!accepts(r, bad))
        }
        #expect(!accepts(r, s, [0]))
        #expect(!accepts(s, r))
    }

    @Test func aSignatureOfAnotherTypeThanItsKeyIsRefused() async throws {
        let token = try await SoftwareToken(type: "sk-ssh-ed25519@openssh.com", flags: [1])
        let (key, signature) = try Forge.parts(of: token.blobs[0])
        let plain = Forge.string("ssh-ed25519") + Forge.string(try Forge.strings(2, in: signature)[1])
        #expect(refusal(Forge.armor(Forge.blob(key: key, signature: plain))) == .unsupportedSignature)
        let webauthn = Forge.string("webauthn-sk-ecdsa-sha2-nistp256@openssh.com") + signature.dropFirst(30)
        #expect(refusal(Forge.armor(Forge.blob(key: key, signature: webauthn))) == .unsupportedSignature)
    }

    @Test func rsaSignaturesAreRefusedByName() async throws {
        let keygen = try SSHKeygen()
        _ = try await keygen.makeKey("key", type: "rsa")
        #expect(refusal(try await keygen.sign(key: "key")) == .unsupportedKey)
    }
}
