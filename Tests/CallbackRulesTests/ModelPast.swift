// A made-up past for generated tests: what was charged before, and who signed.

import CallbackProtocol
import CallbackRules
import SystemCrypto

/// The approvers of generated rules, with keys made for this run.
enum ModelPeople {
    private static let keys: [String: OpenSSHPublicKey] = {
        var keys: [String: OpenSSHPublicKey] = [:]
        for name in ModelRules.groups.values.flatMap(\.people) + ["stranger"] {
            guard let pair = try? Ed25519PrivateKey.generate(),
                let key = try? Ed25519PublicKey(pem: Array(pair.publicPEM.utf8)),
                let parsed = try? OpenSSHPublicKey(line: line(key.bytes))
            else { continue }
            keys[name] = parsed
        }
        return keys
    }()

    /// What stands in a rules file.
    static let lines = keys.mapValues { key in
        "\(key.type.rawValue) \(base64(key.blob))"
    }
    static let fingerprints = keys.mapValues(\.fingerprint)

    private static func line(_ point: [UInt8]) -> String {
        func field(_ bytes: [UInt8]) -> [UInt8] { [0, 0, 0, UInt8(bytes.count)] + bytes }
        return "ssh-ed25519 " + base64(field(Array("ssh-ed25519".utf8)) + field(point))
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let text = String(decoding: Base64URL.encode(bytes), as: UTF8.self)
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 }) + padding
    }
}

/// A past that is a function of what is asked, so that two evaluators see the same one.
struct ModelPast: Sendable {
    var seed: UInt64
    /// The instant of the request.
    var now: Int

    private func dice(_ words: [String]) -> UInt64 {
        var random = SplitMix64(
            seed: words.reduce(seed) { hash, word in
                word.utf8.reduce(hash ^ 0x9e37) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
            })
        return random.next()
    }

    func charged(_ rule: String, _ limit: String, _ values: [String]) -> String {
        let amounts = ["0", "0", "0", "1", "9.5", "99", "500"]
        return amounts[Int(dice([rule, limit] + values) % UInt64(amounts.count))]
    }

    /// Seconds since the hold began, names that approved, names that refused.
    func hold(_ rule: String, _ limit: String?) -> (since: Int?, approved: [String], refused: [String]) {
        let number = dice(["hold", rule, limit ?? "-"])
        let names = ["alice", "bob", "carol", "dora", "stranger"]
        guard number % 4 != 0 else { return (nil, [], []) }
        let approved = names.enumerated().filter { number >> (8 + $0.offset) & 1 == 1 }.map(\.element)
        let refused = number >> 20 % 12 == 0 ? [names[Int(number >> 30 % 5)]] : []
        return (number >> 40 % 10 == 0 ? 3_600 : 3_599, approved, refused)
    }

    var view: LedgerView {
        LedgerView(
            charged: { counter, _ in decimal(charged(counter.rule, counter.limit, counter.values)) },
            hold: { key in
                let state = hold(key.rule, key.limit)
                func keys(_ names: [String]) -> Set<String> {
                    Set(names.compactMap { ModelPeople.fingerprints[$0] })
                }
                return HoldState(
                    since: state.since.map { RulesInstant(seconds: Int64(now - $0)) }, approvals: keys(state.approved),
                    refusals: keys(state.refused))
            })
    }
}
