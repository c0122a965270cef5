// Changes of conditions on keys, contract calls and messages: each is a difference, and other spellings are none.

import CallbackProtocol
import CallbackRules
import SystemCrypto
import Testing

@Suite struct OpaqueDiffTests {
    private let pems: [String: String]

    init() throws {
        pems = [
            "first.pem": try Ed25519PrivateKey.generate().publicPEM,
            "second.pem": try Ed25519PrivateKey.generate().publicPEM,
        ]
    }

    private func changes(_ old: String, _ new: String) throws -> Set<String> {
        let (before, after) = (try loaded(old, lists: pems), try loaded(new, lists: pems))
        let found = RulesDiff(old: before, new: after, hasTime: within(20))
        #expect(found.undecided == [])
        // Both versions say of each example what the finding says, wherever nothing has to be assumed.
        for finding in found.findings where finding.example.assuming.isEmpty {
            let example = finding.example
            let read = try RequestAuthenticator.acceptUnauthenticated(
                json: example.payload.serialized(), kind: example.kind, listener: example.listener)
            let effects = [before, after].map {
                $0.explain(read.content, cosigner: example.cosigner, listener: example.listener, at: example.instant)
                    .effect
            }
            #expect(effects == [finding.from, finding.to])
        }
        return Set(found.findings.map { "\($0.from.rawValue)>\($0.to.rawValue)" })
    }

    // MARK: Keys

    private func signed(_ key: String, name: String = "orders", _ rule: String = "asset: ETH") -> String {
        rulesText(
            transactions: "- { id: a, effect: approve, when: { \(rule), extra_signature: { key: \(name) } } }")
            + "keys: { \(name): { \(key) } }\n"
    }

    @Test func `another key is another condition, both ways`() throws {
        #expect(
            try changes(signed("public_key_file: first.pem"), signed("public_key_file: second.pem"))
                == ["approve>reject", "reject>approve"])
    }

    @Test func `another parameter is another condition`() throws {
        #expect(
            try changes(
                signed("public_key_file: first.pem"), signed("public_key_file: first.pem, parameter: order"))
                == ["approve>reject", "reject>approve"])
        #expect(
            try changes(
                signed("public_key_file: first.pem"), signed("public_key_file: first.pem, signature_parameter: proof"))
                == ["approve>reject", "reject>approve"])
    }

    @Test func `a key by another name is the same`() throws {
        #expect(
            try changes(
                signed("public_key_file: first.pem"),
                signed("public_key_file: first.pem, parameter: message", name: "desk")) == [])
    }

    @Test func `without the key more is approved`() throws {
        let free = rulesText(transactions: "- { id: a, effect: approve, when: { asset: ETH } }")
        #expect(try changes(signed("public_key_file: first.pem"), free) == ["reject>approve"])
        #expect(try changes(free, signed("public_key_file: first.pem")) == ["approve>reject"])
    }

    @Test func `one more key is one more way`() throws {
        let both = """
            - { id: a, effect: approve, when: { asset: ETH, extra_signature: { key: [orders, desk] } } }
            """
        let keys = "keys: { orders: { public_key_file: first.pem }, desk: { public_key_file: second.pem } }\n"
        #expect(
            try changes(signed("public_key_file: first.pem"), rulesText(transactions: both) + keys) == [
                "reject>approve"
            ])
    }

    // MARK: Calls and messages

    private static let pairs: [(name: String, old: String, new: String, changes: Set<String>)] = [
        (
            "another method", "operation: CONTRACT_CALL, contract: { method: \"0xa9059cbb\" }",
            "operation: CONTRACT_CALL, contract: { method: \"0x095ea7b3\" }", ["approve>reject", "reject>approve"]
        ),
        (
            "a method by its signature", "operation: CONTRACT_CALL, contract: { method: \"0xa9059cbb\" }",
            "operation: CONTRACT_CALL, contract: { method: \"transfer(address,uint256)\" }", []
        ),
        (
            "one more method", "operation: CONTRACT_CALL, contract: { method: \"0xa9059cbb\" }",
            "operation: CONTRACT_CALL, contract: { method: [\"0xa9059cbb\", \"0x095ea7b3\"] }", ["reject>approve"]
        ),
        (
            "another contract",
            "operation: CONTRACT_CALL, contract: { address: \"0x00000000000000000000000000000000000000ba\" }",
            "operation: CONTRACT_CALL, contract: { address: \"0x00000000000000000000000000000000000000bb\" }",
            ["approve>reject", "reject>approve"]
        ),
        (
            "a contract in other letters",
            "operation: CONTRACT_CALL, contract: { address: \"0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B\" }",
            "operation: CONTRACT_CALL, contract: { address: \"0xab5801a7d398351b8be11c439e05c5b3259aec9b\" }", []
        ),
        (
            "any contract", "operation: CONTRACT_CALL, contract: { address: { not_in: sanctioned } }",
            "operation: CONTRACT_CALL", ["reject>approve"]
        ),
        (
            "one more kind of message", "operation: TYPED_MESSAGE, message: { kind: EIP712 }",
            "operation: TYPED_MESSAGE, message: { kind: [EIP712, ETH_MESSAGE] }", ["reject>approve"]
        ),
        (
            "an algorithm less", "operation: RAW, message: { algorithm: [MPC_ECDSA_SECP256K1, MPC_EDDSA_ED25519] }",
            "operation: RAW, message: { algorithm: MPC_EDDSA_ED25519 }", ["approve>reject"]
        ),
        (
            "the kind that raw messages have", "operation: RAW, message: { kind: RAW }", "operation: RAW",
            ["reject>approve"]
        ),
    ]

    @Test(arguments: pairs.indices)
    func `calls and messages`(index: Int) throws {
        let pair = Self.pairs[index]
        func rules(_ when: String) -> String {
            rulesText(transactions: "- { id: a, effect: approve, when: { \(when) } }")
        }
        #expect(try changes(rules(pair.old), rules(pair.new)) == pair.changes, "\(pair.name)")
    }

    @Test func `a call that a removed rejection stopped`() throws {
        let approve = "- { id: a, effect: approve, when: { operation: CONTRACT_CALL } }\n"
        let old = rulesText(
            transactions: approve + "- { id: b, effect: reject, when: { contract: { method: \"0x095ea7b3\" } } }")
        #expect(try changes(old, rulesText(transactions: approve)) == ["reject>approve"])
    }
}
