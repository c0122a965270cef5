import CallbackRules
import Foundation
import SystemCrypto
import TestSupport
import Testing

@Suite struct OpenSSHPublicKeyTests {
    private func refusal(_ line: String) -> SignatureError.Code? {
        do {
            _ = try OpenSSHPublicKey(line: line)
            return nil
        } catch {
            return error.code
        }
    }

    /// `TYPE BASE64` with the key changed.
    private func line(_ type: String, _ change: (inout [UInt8]) -> Void, of line: String) throws -> String {
        var blob = try OpenSSHPublicKey(line: line).blob
        change(&blob)
        return type + " " + Data(blob).base64EncodedString()
    }

    @Test(arguments: ["ed25519", "ecdsa"])
    func keysAndFingerprintsAreThoseOfSSHKeygen(type: String) async throws {
        let keygen = try SSHKeygen()
        let line = try await keygen.makeKey("key", type: type, comment: "alice at work")
        let key = try OpenSSHPublicKey(line: line)
        #expect(key.comment == "alice at work")
        let shown = try await run("ssh-keygen", ["-l", "-f", keygen.directory.file("key.pub").path])
        #expect(shown.text.split(separator: " ")[1] == key.fingerprint)
        #expect(try OpenSSHPublicKey(line: line.replacing("alice at work\n", with: "x")) == key)
        #expect(try OpenSSHPublicKey(line: line.replacing(" alice at work\n", with: "")) == key)
        #expect(try OpenSSHPublicKey(line: line.replacing("\n", with: "\r\n")).comment == key.comment)
    }

    @Test(arguments: ["sk-ssh-ed25519@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com"])
    func keysOfTokensAreRead(type: String) async throws {
        let token = try await SoftwareToken(type: type, flags: [])
        let key = try OpenSSHPublicKey(line: token.line)
        #expect(key.type.rawValue == type && key.type.isToken)
        let directory = try TemporaryDirectory()
        let shown = try await run("ssh-keygen", ["-l", "-f", directory.write("token.pub", token.line + "\n")])
        #expect(shown.text.split(separator: " ")[1] == key.fingerprint)
    }

    @Test(arguments: [["rsa"], ["ecdsa", "-b", "384"], ["ecdsa", "-b", "521"]])
    func otherTypesAreRefusedByName(type: [String]) async throws {
        let directory = try TemporaryDirectory()
        let made = try await run(
            "ssh-keygen", ["-q", "-N", "", "-f", directory.file("key").path, "-t"] + type)
        #expect(made.status == 0, "\(made.errorText)")
        let line = try String(contentsOf: directory.file("key.pub"), encoding: .utf8)
        let error = #expect(throws: SignatureError.self) { try OpenSSHPublicKey(line: line) }
        #expect(error?.code == .unsupportedKey)
        #expect(error?.message.contains(line.prefix { $0 != " " }) == true)
    }

    @Test func aTypeInsideMustBeTheTypeOutside() async throws {
        let keygen = try SSHKeygen()
        let line = try await keygen.makeKey("key")
        let other = try await keygen.makeKey("other", type: "ecdsa")
        let blob = other.split(separator: " ")[1]
        #expect(refusal("ssh-ed25519 \(blob)") == .unreadableKey)
        #expect(refusal("sk-ssh-ed25519@openssh.com \(line.split(separator: " ")[1])") == .unreadableKey)
    }

    @Test(arguments: ["ed25519", "ecdsa"])
    func damagedKeysAreRefused(type: String) async throws {
        let good = try await SSHKeygen().makeKey("key", type: type)
        let blob = try OpenSSHPublicKey(line: good).blob
        let name = String(good.prefix { $0 != " " })
        for count in 0..<blob.count {
            #expect(refusal(try line(name, { $0 = Array($0.prefix(count)) }, of: good)) != nil)
        }
        #expect(refusal(try line(name, { $0.append(0) }, of: good)) == .unreadableKey)
        for start in 0..<(blob.count - 4) {
            for length in [[0xff, 0xff, 0xff, 0xff], [0x7f, 0xff, 0xff, 0xff], [0x80, 0, 0, 0]] as [[UInt8]] {
                // Inside the key's own number anything may stand; it is the numbers of bytes that must hold.
                _ = refusal(try line(name, { $0.replaceSubrange(start..<(start + 4), with: length) }, of: good))
            }
        }
        for length in [[0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], [0, 0, 0, 10]] as [[UInt8]] {
            #expect(refusal(try line(name, { $0.replaceSubrange(0..<4, with: length) }, of: good)) != nil)
        }
    }

    @Test func onlyCanonicalBase64IsRead() async throws {
        let good = try await SSHKeygen().makeKey("key", type: "ecdsa")
        let blob = String(good.split(separator: " ")[1])
        #expect(blob.hasSuffix("="))
        let digits = String(blob.prefix { $0 != "=" })
        // The digit before one `=` has two bits that stand for nothing.
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        let last = try #require(alphabet.lastIndex { $0 == digits.last })
        let (head, tail) = (String(blob.prefix(40)), String(blob.dropFirst(40)))
        let wrong: [String] = [
            digits, "\(blob)=", "\(blob)====", "=\(blob)", "\(digits.dropLast())==",
            "\(digits.dropLast())\(alphabet[last + 1])=", "\(head)\u{b}\(tail)", "\(head) \(tail)",
            "\(head)_\(tail.dropFirst())", "\(head)\u{e9}\(tail.dropFirst())",
        ]
        for text in wrong { #expect(refusal("ecdsa-sha2-nistp256 \(text)") == .unreadableKey, "\(text)") }
    }

    @Test func anECDSAKeyOffTheCurveIsRefused() async throws {
        let good = try await SSHKeygen().makeKey("key", type: "ecdsa")
        #expect(refusal(try line("ecdsa-sha2-nistp256", { $0[$0.count - 1] ^= 1 }, of: good)) == .unreadableKey)
    }

    @Test(arguments: [
        "", " ", "\n", "ssh-ed25519", "ssh-ed25519 ", "ssh-ed25519 AAAA\nssh-ed25519 AAAA", "ssh-ed25519\u{0} AAAA",
        "\u{2003}", "ssh-ed25519\u{7f} AAAA", "\u{e9} AAAA", "ssh-ed25519 AAAA",
    ])
    func textThatIsNoKeyIsExplained(text: String) {
        #expect(refusal(text) == .unreadableKey)
    }
}
