import TestSupport
import Testing

@testable import CallbackRules

@Suite struct SignatureTallyTests {
    private static let now = RulesInstant(seconds: 1_780_272_000)

    private func objections(_ tally: SignatureTally) -> [String: SignatureObjection] {
        Dictionary(tally.refused.map { ($0.file, $0.objection) }) { first, _ in first }
    }

    @Test func everyPrincipalAndKeyCountsOnceAndTheRestIsExplained() async throws {
        let keygen = try SSHKeygen()
        var lines: [String: String] = [:]
        for name in ["alice", "alice2", "bob", "old", "new", "rules", "team", "stranger"] {
            lines[name] = try await keygen.makeKey(name, type: name == "bob" ? "ecdsa" : "ed25519")
        }
        let tokens = try await SoftwareToken(type: "sk-ssh-ed25519@openssh.com", flags: [5, 0])
        func key(_ name: String) throws -> String { try #require(lines[name]) }
        let list = try """
        alice \(key("alice"))alice \(key("alice2"))bob \(key("bob"))
        old valid-before="20260101Z" \(key("old"))new valid-after="20270101Z" \(key("new"))
        rules namespaces="countersign-rules" \(key("rules"))
        team-* \(key("team"))
        carol \(tokens.line)
        """
        let signers = try AllowedSigners(file: Array(list.utf8))
        #expect(signers.principals == ["alice", "bob", "old", "new", "rules", "carol"])

        var files: [SignatureFile] = []
        func add(_ name: String, _ bytes: [UInt8]) { files.append(SignatureFile(name: name, bytes: bytes)) }
        add("carol untouched", Forge.armor(tokens.blobs[1]))
        add("alice of other bytes", try await keygen.sign([1], key: "alice"))
        add("alice", try await keygen.sign(key: "alice"))
        add("alice again", try await keygen.sign(key: "alice", hash: "sha256"))
        add("alice by another key", try await keygen.sign(key: "alice2"))
        for name in ["bob", "old", "new", "rules", "team", "stranger"] {
            add(name, try await keygen.sign(key: name))
        }
        add("bob for rules", try await keygen.sign(key: "bob", namespace: "countersign-rules"))
        add("garbage", Array("hello".utf8))
        add("carol", Forge.armor(tokens.blobs[0]))

        let tally = signers.tally(
            of: SSHKeygen.message, signatures: files, namespace: SSHKeygen.namespace, at: Self.now)
        #expect(tally.principals == ["alice", "bob", "carol"])
        #expect(tally.counted.map(\.file) == ["alice", "bob", "carol"])
        #expect(tally.counted.map { $0.signature.touch?.userVerified } == [nil, nil, true])
        #expect(
            objections(tally) == [
                "carol untouched": .noUserPresence, "alice of other bytes": .badSignature, "alice again": .sameKey,
                "alice by another key": .samePrincipal, "old": .expired, "new": .notYetValid,
                "rules": .namespaceNotAllowed, "team": .noSinglePrincipal, "stranger": .unknownKey,
                "bob for rules": .wrongNamespace, "garbage": .unreadable,
            ])
        #expect(tally.counted.count + tally.refused.count == files.count)

        let elsewhere = signers.tally(
            of: SSHKeygen.message + [0], signatures: files, namespace: SSHKeygen.namespace, at: Self.now)
        #expect(elsewhere.principals.isEmpty)
        let unnamed = signers.tally(of: SSHKeygen.message, signatures: files, namespace: "", at: Self.now)
        #expect(unnamed.principals.isEmpty)
    }

    @Test func theOrderOfFilesChangesNobody() async throws {
        let keygen = try SSHKeygen()
        let list = try await "alice \(keygen.makeKey("a"))alice \(keygen.makeKey("b"))bob \(keygen.makeKey("c"))"
        let signers = try AllowedSigners(file: Array(list.utf8))
        var files: [SignatureFile] = []
        for name in ["a", "b", "c"] {
            files.append(SignatureFile(name: name, bytes: try await keygen.sign(key: name)))
        }
        for order in [files, files.reversed(), [files[1], files[2], files[0], files[1]]] {
            let tally = signers.tally(
                of: SSHKeygen.message, signatures: order, namespace: SSHKeygen.namespace, at: Self.now)
            #expect(tally.principals == ["alice", "bob"])
        }
    }

    @Test func aKeyOfSmallOrderSpeaksForNobody() {
        // The neutral point: (R = B, S = 1) would be a signature of every message.
        let blob = Forge.string("ssh-ed25519") + Forge.string([1] + [UInt8](repeating: 0, count: 31))
        #expect(throws: SignatureError.self) { try OpenSSHPublicKey(blob: blob) }
    }
}
