import Foundation
import TestSupport
import Testing

@testable import CallbackRules

@Suite struct AllowedSignersTests {
    /// 2026-06-01T00:00:00Z
    private static let now = RulesInstant(seconds: 1_780_272_000)

    private func refusal(_ text: String) -> SignatureError? {
        do {
            _ = try AllowedSigners(file: Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    /// A line's text with KEY for the key, whom and what it is asked for, and whether it counts at `now`.
    struct Case: Sendable, CustomStringConvertible {
        var line: String
        var principal = "alice"
        var namespace = SSHKeygen.namespace
        var counts: Bool
        var description: String { "\(line) | \(principal) | \(namespace)" }
    }

    static let cases: [Case] = [
        Case(line: "alice KEY", counts: true),
        Case(line: "  \talice \t KEY", counts: true),
        Case(line: "# a comment\n\n \t\nalice KEY", counts: true),
        Case(line: "alice KEY\r", counts: true),
        Case(line: "\"alice\" KEY", counts: true),
        Case(line: "\"alice jones\" KEY", principal: "alice jones", counts: true),
        Case(line: "alice KEY", principal: "bob", counts: false),
        Case(line: "alice KEY", principal: "Alice", counts: false),
        Case(line: "alice KEY", principal: "alic", counts: false),
        Case(line: "alice KEY", principal: "alice ", counts: false),
        Case(line: "bob,alice KEY", counts: true),
        Case(line: "*@example.com KEY", principal: "alice@example.com", counts: true),
        Case(line: "*@example.com KEY", principal: "alice@example.com.evil", counts: false),
        Case(line: "a?ice KEY", counts: true),
        Case(line: "?lice? KEY", counts: false),
        Case(line: "a*c*e KEY", counts: true),
        Case(line: "*a*l*i*c*f* KEY", counts: false),
        Case(line: "** KEY", counts: true),
        Case(line: "*,!mallory KEY", principal: "mallory", counts: false),
        Case(line: "*,!mallory KEY", counts: true),
        Case(line: "!mallory,* KEY", principal: "mallory", counts: false),
        Case(line: "!mallory KEY", counts: false),
        Case(line: "!a*,alice KEY", counts: false),
        Case(line: "alice namespaces=\"countersign-hold\" KEY", counts: true),
        Case(line: "alice NameSpaces=\"file,countersign-*\" KEY", counts: true),
        Case(line: "alice namespaces=\"file\" KEY", counts: false),
        Case(line: "alice namespaces=\"*,!countersign-hold\" KEY", counts: false),
        Case(line: "alice namespaces=\"Countersign-hold\" KEY", counts: false),
        Case(line: "alice KEY", namespace: "countersign-rules", counts: false),
        Case(line: "alice namespaces=\"*\" KEY", namespace: "countersign-rules", counts: false),
        Case(line: "alice valid-after=\"20260601Z\" KEY", counts: true),
        Case(line: "alice valid-after=\"20260601000001Z\" KEY", counts: false),
        Case(line: "alice valid-after=\"202605312359Z\" KEY", counts: true),
        Case(line: "alice valid-before=\"20260601Z\" KEY", counts: true),
        Case(line: "alice valid-before=\"20260531235959Z\" KEY", counts: false),
        Case(line: "alice valid-before=\"202606010001Z\" KEY", counts: true),
        Case(line: "alice valid-after=\"20250101Z\",VALID-BEFORE=\"20270101Z\",namespaces=\"c*\" KEY", counts: true),
        Case(line: "alice valid-after=\"20250101Z\",valid-before=\"20260101Z\" KEY", counts: false),
        Case(line: "alice valid-after=\"20240229Z\" KEY", counts: true),
    ]

    @Test(arguments: cases)
    func everyLineMeansWhatItMeansToSSHKeygen(testCase: Case) async throws {
        let keygen = try SSHKeygen()
        let line = try await keygen.makeKey("key").trimmingCharacters(in: .newlines)
        let file = try await keygen.sign(key: "key")
        let list = testCase.line.replacing("KEY", with: line) + "\n"
        let theirs = try await keygen.accepts(
            file, by: testCase.principal, namespace: testCase.namespace, allowed: list, at: "20260601Z")
        #expect(theirs == testCase.counts)

        let signers = try AllowedSigners(file: Array(list.utf8))
        let signature = try OpenSSHSignature(armored: file)
        let isListed = signers.allows(
            signature.publicKey, principal: testCase.principal, namespace: testCase.namespace, at: Self.now)
        let verifies =
            (try? signature.verify(message: SSHKeygen.message, namespace: testCase.namespace)) != nil
        #expect((isListed && verifies) == testCase.counts)
    }

    /// Lines that ssh-keygen skips, or reads as we do not want to; KEY, RSA and CERT stand for keys.
    static let refusedLines: [(line: String, code: SignatureError.Code)] = [
        ("alice", .unreadableKey), ("alice ssh-ed25519", .unreadableKey), ("alice ssh-ed25519 AAAA", .unreadableKey),
        ("\"alice KEY", .unreadableSigners), ("\"alice\"KEY", .unreadableSigners), ("\"\" KEY", .unreadableSigners),
        ("ali\"ce KEY", .unreadableSigners), ("alice,,bob KEY", .unreadableSigners), (",alice KEY", .unreadableSigners),
        ("alice, KEY", .unreadableSigners), ("alice,! KEY", .unreadableSigners), ("al\u{ef}ce KEY", .unreadableSigners),
        ("al\u{430}ce KEY", .unreadableSigners), ("alice\u{0} KEY", .unreadableSigners),
        ("a\u{1b} KEY", .unreadableSigners),
        ("alice cert-authority KEY", .unsupportedOption), ("alice CERT-Authority KEY", .unsupportedOption),
        ("alice namespaces=\"file\",cert-authority KEY", .unsupportedOption),
        ("alice cert-authority,namespaces=\"x\" KEY", .unsupportedOption),
        ("alice colour=\"red\" KEY", .unsupportedOption), ("alice no-touch-required KEY", .unsupportedKey),
        ("alice ,KEY", .unsupportedOption), ("alice namespaces=\"a\", KEY", .unsupportedOption),
        ("alice namespaces=\"a\",,valid-after=\"20260101Z\" KEY", .unsupportedOption),
        ("alice namespaces=file KEY", .unreadableSigners), ("alice namespaces=\"file KEY", .unreadableSigners),
        ("alice namespaces=\"\" KEY", .unreadableSigners), ("alice namespaces=\"a\"KEY", .unreadableSigners),
        ("alice namespaces=\"a\"", .unreadableSigners), ("alice namespaces= KEY", .unreadableSigners),
        ("alice namespaces=\"a\",namespaces=\"b\" KEY", .unreadableSigners),
        ("alice valid-before=\"20260101Z\",valid-before=\"20270101Z\" KEY", .unreadableSigners),
        ("alice valid-after=\"20260101\" KEY", .ambiguousTime),
        ("alice valid-before=\"202601011200\" KEY", .ambiguousTime),
        ("alice valid-before=\"20260101120000\" KEY", .ambiguousTime),
        ("alice valid-before=\"\" KEY", .unreadableSigners), ("alice valid-before=\"Z\" KEY", .unreadableSigners),
        ("alice valid-before=\"2026-01-01Z\" KEY", .unreadableSigners),
        ("alice valid-before=\"20261301Z\" KEY", .unreadableSigners),
        ("alice valid-before=\"20260230Z\" KEY", .unreadableSigners),
        ("alice valid-before=\"20250229Z\" KEY", .unreadableSigners),
        ("alice valid-before=\"202601012400Z\" KEY", .unreadableSigners),
        ("alice valid-before=\"20260101000060Z\" KEY", .unreadableSigners),
        ("alice valid-before=\"19691231Z\" KEY", .unreadableSigners),
        ("alice valid-before=\"2026010112Z\" KEY", .unreadableSigners),
        ("alice valid-before=\"99999999999999999999Z\" KEY", .unreadableSigners),
        ("alice valid-after=\"20260101Z\",valid-before=\"20260101Z\" KEY", .unreadableSigners),
        ("alice valid-after=\"20270101Z\",valid-before=\"20260101Z\" KEY", .unreadableSigners),
        ("alice RSA", .unsupportedKey), ("alice CERT", .unsupportedKey),
    ]

    @Test func linesThatAreNotRightAreRefusedWithTheirNumber() async throws {
        let keygen = try SSHKeygen()
        let key = try await keygen.makeKey("key").trimmingCharacters(in: .newlines)
        let rsa = try await keygen.makeKey("rsa", type: "rsa").trimmingCharacters(in: .newlines)
        let signed = try await run(
            "ssh-keygen",
            ["-q", "-s", keygen.directory.file("rsa").path, "-I", "x", "-n", "alice"]
                + [keygen.directory.file("key.pub").path])
        #expect(signed.status == 0, "\(signed.errorText)")
        let certificate = try String(contentsOf: keygen.directory.file("key-cert.pub"), encoding: .utf8)
        for (line, code) in Self.refusedLines {
            let text = line.replacing("KEY", with: key).replacing("RSA", with: rsa)
                .replacing("CERT", with: code == .unsupportedKey ? certificate : "CERT")
            let error = refusal("# signers\n\(text)\n")
            #expect(error?.code == code, "\(line): \(String(describing: error))")
            #expect(error?.line == 2, "\(line)")
        }
    }

    @Test func aKeyStandsOnce() async throws {
        let keygen = try SSHKeygen()
        let key = try await keygen.makeKey("key")
        let other = try await keygen.makeKey("other")
        #expect(refusal("alice \(key)bob \(other)alice2 \(other)")?.code == .repeatedKey)
        #expect(refusal("alice \(key)bob \(key)")?.line == 2)
        #expect(refusal("alice \(key)alice \(key)")?.code == .repeatedKey)
        #expect(refusal("alice namespaces=\"a\" \(key)bob namespaces=\"b\" \(key)")?.code == .repeatedKey)
        #expect(refusal("alice \(key)alice \(other)") == nil)
        #expect(refusal("alice \(key)Alice \(other)")?.code == .ambiguousPrincipal)
        #expect(refusal("\"alice jones\" \(key)\"alice  jones\" \(other)")?.code == .ambiguousPrincipal)
    }

    @Test func aKeyIsTheSameKeyAsATokensWithItsNumber() async throws {
        let line = try await SSHKeygen().makeKey("key")
        let plain = try OpenSSHPublicKey(line: line)
        func token(_ application: String) -> String {
            let blob =
                Forge.string("sk-ssh-ed25519@openssh.com") + Forge.string(plain.material.bytes)
                + Forge.string(application)
            return "sk-ssh-ed25519@openssh.com " + Data(blob).base64EncodedString() + "\n"
        }
        #expect(refusal("alice \(line)bob \(token("ssh:"))")?.code == .repeatedKey)
        #expect(refusal("alice \(token("ssh:a"))bob \(token("ssh:b"))")?.code == .repeatedKey)
        #expect(refusal("alice \(token("ssh:a"))") == nil)
    }

    @Test func namedKeysFollowTheSameRules() async throws {
        let keygen = try SSHKeygen()
        let key = try OpenSSHPublicKey(line: await keygen.makeKey("key"))
        let other = try OpenSSHPublicKey(line: await keygen.makeKey("other"))
        let signers = try AllowedSigners(keys: [("alice", key), ("bob", other)])
        #expect(signers.principals == ["alice", "bob"])
        #expect(signers.signers(of: key, namespace: "x", at: RulesInstant(seconds: .min)) == ["alice"])
        let cases: [[(principal: String, key: OpenSSHPublicKey)]] = [
            [("alice", key), ("bob", key)], [("alice", key), ("ALICE", other)], [("*", key)], [("a,b", key)],
            [("", key)],
            [("!a", key)],
        ]
        for keys in cases { #expect(throws: SignatureError.self) { try AllowedSigners(keys: keys) } }
    }

    @Test func anEmptyFileAllowsNobody() throws {
        let signers = try AllowedSigners(file: Array("# nobody yet\n".utf8))
        #expect(signers.principals.isEmpty && signers.entries.isEmpty)
    }

    @Test func aPatternCannotTakeForever() throws {
        let stars = String(repeating: "*a", count: 2000)
        let list = try #require(PatternList("\(stars)b".utf8))
        #expect(!list.matches(String(repeating: "a", count: 4000)))
    }

    @Test func damagedFilesNeverTrap() async throws {
        let keygen = try SSHKeygen()
        let key = try await keygen.makeKey("key")
        let token = try await SoftwareToken(type: "sk-ecdsa-sha2-nistp256@openssh.com", flags: [])
        let text = "alice namespaces=\"a,!b\",valid-before=\"20270101Z\" \(key)\"bob b\" \(token.line)\n"
        let file = Array(text.utf8)
        #expect(refusal(text) == nil)
        for count in file.indices { _ = try? AllowedSigners(file: Array(file.prefix(count))) }
        var random = SplitMix64(seed: 7)
        for _ in 0..<3000 {
            var changed = file
            for _ in 0...random.below(3) { changed[random.below(file.count)] = UInt8(random.below(256)) }
            if random.chance(20) { changed.removeSubrange(0..<random.below(40)) }
            _ = try? AllowedSigners(file: changed)
        }
    }
}
