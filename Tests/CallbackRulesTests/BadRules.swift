// Files that `rules check` must refuse or warn about: one per code, with the place of the finding.

import CallbackRules
import SystemCrypto
import Testing

struct BadRules: Sendable, CustomTestStringConvertible {
    let code: DiagnosticCode
    let line: Int
    let column: Int
    let text: String
    var lists: [String: String] = [:]
    /// Whether the structure alone is wrong, so that the JSON Schema refuses it too.
    var isStructural = false

    var testDescription: String { "\(code.rawValue) \(text.suffix(60))" }

    static var structural: [BadRules] { all.filter(\.isStructural) }

    private static func file(
        _ code: DiagnosticCode, _ line: Int, _ column: Int, structural: Bool = false, lists: [String: String] = [:],
        _ body: String
    ) -> BadRules {
        BadRules(
            code: code, line: line, column: column, text: "rules_version: 1\nname: bad\n" + body + "\n", lists: lists,
            isStructural: structural)
    }

    /// A file with one transaction rule in flow style on line 4, beginning at column 5.
    private static func rule(
        _ code: DiagnosticCode, _ column: Int, structural: Bool = false, _ rule: String, more: String = ""
    ) -> BadRules {
        file(code, 4, column, structural: structural, "transactions:\n  - \(rule)\n" + more)
    }

    /// An approve rule on lines 4 to 7 with limits in flow style on line 8, the first beginning at column 14.
    private static func limit(
        _ code: DiagnosticCode, _ column: Int, structural: Bool = false, _ limits: String
    ) -> BadRules {
        file(
            code, 8, column, structural: structural,
            "transactions:\n  -\n    id: a\n    effect: approve\n    when: { operation: TRANSFER, amount_usd: { at_most: \"1\" } }\n"
                + "limits: [\(limits)]".split(separator: "\n").map { "    " + $0 }.joined())
    }

    private static let people = ModelPeople.lines
    private static let publicKey = (try? Ed25519PrivateKey.generate().publicPEM) ?? ""

    private static func configuration(
        _ code: DiagnosticCode, _ column: Int, structural: Bool = false, _ rule: String
    ) -> BadRules {
        file(code, 4, column, structural: structural, "configuration_changes:\n  - \(rule)\n")
    }

    private static let lists = "lists: { a: { addresses: [\"\(evmAddress)\"] }, i: { ids: [x] } }"
    private static let zone = "time_zone: Etc/UTC"

    static let all: [BadRules] = [
        // Structure.
        file(.unknownKey, 3, 1, structural: true, "transaction: []"),
        file(.unknownKey, 3, 1, structural: true, "hold: []"),
        BadRules(code: .missingKey, line: 1, column: 1, text: "name: x\n", isStructural: true),
        BadRules(code: .missingKey, line: 1, column: 1, text: "rules_version: 1\n", isStructural: true),
        file(.wrongKind, 3, 15, structural: true, "transactions: {}"),
        file(.wrongKind, 3, 8, structural: true, "lists: []"),
        file(.wrongKind, 3, 17, structural: true, "transactions: [ x ]"),
        file(.wrongKind, 3, 12, structural: true, "time_zone: [Etc/UTC]"),
        BadRules(code: .version, line: 1, column: 16, text: "rules_version: 2\nname: x\n", isStructural: true),
        BadRules(code: .version, line: 1, column: 16, text: "rules_version: \"1\"\nname: x\n", isStructural: true),
        BadRules(code: .unquoted, line: 2, column: 7, text: "rules_version: 1\nname: 12\n", isStructural: true),
        BadRules(code: .emptyText, line: 2, column: 7, text: "rules_version: 1\nname: \"\"\n", isStructural: true),
        BadRules(
            code: .tooLong, line: 2, column: 7,
            text: "rules_version: 1\nname: " + String(repeating: "x", count: 65) + "\n", isStructural: true),
        BadRules(code: .badName, line: 2, column: 7, text: "rules_version: 1\nname: \"a\\tb\"\n"),
        BadRules(code: .wrongKind, line: 1, column: 1, text: "just text\n", isStructural: true),
        file(.keyNotText, 3, 10, structural: true, "lists: { 12: { ids: [x] } }"),
        file(.keyNotText, 3, 10, structural: true, "lists: { on: { ids: [x] } }"),
        // Header, assets, lists.
        file(.unknownTimeZone, 3, 12, "time_zone: Europe/Zuerich"),
        file(.unknownTimeZone, 3, 12, structural: true, "time_zone: CET"),
        file(.chainID, 3, 26, structural: true, "assets: { E: { chain_id: \"1\", decimals: 18 } }"),
        file(.chainID, 3, 26, structural: true, "assets: { E: { chain_id: 0, decimals: 18 } }"),
        file(.decimals, 3, 39, structural: true, "assets: { E: { chain_id: 1, decimals: 78 } }"),
        file(.missingKey, 3, 14, structural: true, "assets: { E: { chain_id: 1 } }"),
        file(.notAnAddress, 3, 52, structural: true, "assets: { E: { chain_id: 1, decimals: 6, contract: \"0x 1\" } }"),
        file(.listContent, 3, 10, structural: true, "lists: { a: {} }"),
        file(.listContent, 3, 10, structural: true, "lists: { a: { ids: [x], addresses: [y] } }"),
        file(.badName, 3, 10, structural: true, "lists: { \"a b\": { ids: [x] } }"),
        file(.listUnreadable, 3, 31, "lists: { a: { addresses_file: gone.txt } }"),
        file(.notAnAddress, 3, 27, structural: true, "lists: { a: { addresses: [\"x y\"] } }"),
        file(.unquoted, 3, 27, structural: true, "lists: { a: { addresses: [\(evmAddress)] } }"),
        file(.unquoted, 3, 21, structural: true, "lists: { a: { ids: [0] } }"),
        file(.emptyList, 3, 10, "lists: { a: { ids: [] } }"),
        file(.emptyList, 3, 10, lists: ["e.txt": "# nothing\n"], "lists: { a: { addresses_file: e.txt } }"),
        file(.unusedList, 3, 10, "lists: { a: { ids: [x] } }"),
        file(.repeatedValue, 3, 24, "lists: { a: { ids: [x, x] } }"),
        file(.repeatedValue, 3, 73, "lists: { a: { addresses: [\"\(evmAddress)\", \"\(evmAddress.uppercased())\"] } }"),
        file(.oddAddress, 3, 27, "lists: { a: { addresses: [\"0x12\"] } }"),
        // Windows.
        file(.timeZoneNeeded, 3, 12, "windows: { w: { from: \"08:00\", to: \"09:00\" } }"),
        file(
            .unknownDay, 4, 24, structural: true,
            zone + "\nwindows: { w: { days: [monday], from: \"08:00\", to: \"09:00\" } }"),
        file(.badTime, 4, 23, structural: true, zone + "\nwindows: { w: { from: \"8:00\", to: \"09:00\" } }"),
        file(.badTime, 4, 23, structural: true, zone + "\nwindows: { w: { from: \"24:00\", to: \"09:00\" } }"),
        file(.unquoted, 4, 36, structural: true, zone + "\nwindows: { w: { from: \"08:00\", to: 18:00 } }"),
        file(.emptyWindow, 4, 36, zone + "\nwindows: { w: { from: \"08:00\", to: \"08:00\" } }"),
        file(.badDate, 4, 54, zone + "\nwindows: { w: { from: \"08:00\", to: \"09:00\", except: [\"2026-02-29\"] } }"),
        file(
            .unquoted, 4, 54, structural: true,
            zone + "\nwindows: { w: { from: \"08:00\", to: \"09:00\", except: [2026-12-25] } }"),
        file(.unusedWindow, 4, 12, zone + "\nwindows: { w: { from: \"08:00\", to: \"09:00\" } }"),
        file(
            .pointlessException, 4, 67,
            zone + "\nwindows: { w: { days: [mon], from: \"08:00\", to: \"09:00\", except: [\"2026-11-22\"] } }"),
        // Approvers, keys, holds, limits.
        file(.missingKey, 3, 20, structural: true, "approvers: { desk: { required: 1 } }"),
        file(
            .badNumber, 3, 32, structural: true,
            "approvers: { desk: { required: 0, keys: { alice: \"\(people["alice"] ?? "")\" } } }"),
        file(.badApproverKey, 3, 50, "approvers: { desk: { required: 1, keys: { alice: \"ssh-rsa AAAA\" } } }"),
        file(
            .repeatedApproverKey, 5, 12,
            "approvers: { desk: { required: 1, keys: {\n  alice: \"\(people["alice"] ?? "")\",\n      bob: \"\(people["alice"] ?? "")\" } } }"
        ),
        file(
            .tooFewApprovers, 3, 32,
            "approvers: { desk: { required: 2, keys: { alice: \"\(people["alice"] ?? "")\" } } }"),
        file(
            .unusedApprovers, 3, 14,
            "approvers: { desk: { required: 1, keys: { alice: \"\(people["alice"] ?? "")\" } } }"),
        file(.badPublicKey, 3, 26, "keys: { k: { public_key: \"no PEM\" } }"),
        file(.listUnreadable, 3, 31, "keys: { k: { public_key_file: none.pem } }"),
        file(.missingKey, 3, 9, structural: true, "keys: { k: { parameter: message } }"),
        file(.unusedKey, 3, 9, lists: ["k.pem": publicKey], "keys: { k: { public_key_file: k.pem } }"),
        file(.unusedAsset, 3, 11, "assets: { ETH: { chain_id: 1, decimals: 18 } }"),
        rule(.unknownApprovers, 39, "{ id: a, effect: hold, approvers: desk, expires_after: 1h, when: always }"),
        rule(
            .badDuration, 60, structural: true,
            "{ id: a, effect: hold, approvers: desk, expires_after: 1 hour, when: always }"),
        rule(
            .badDuration, 60,
            "{ id: a, effect: hold, approvers: desk, expires_after: 401d, when: always }"),
        rule(.misplacedKey, 42, structural: true, "{ id: a, effect: approve, approvers: desk, when: always }"),
        limit(.limitMeasure, 20, structural: true, "{ id: b, per: 1h }"),
        limit(.limitMeasure, 20, structural: true, "{ id: b, per: 1h, count: 1, amount: \"1\" }"),
        limit(.badNumber, 39, structural: true, "{ id: b, per: 1h, count: \"1\" }"),
        limit(.unquotedBound, 44, structural: true, "{ id: b, per: 1h, amount_usd: 100 }"),
        limit(.limitNeedsAsset, 40, "{ id: b, per: 1h, amount: \"1\" }"),
        limit(.unknownKey, 53, "{ id: b, per: 1h, count: 1, for_each: [note] }"),
        limit(.unknownEffect, 57, structural: true, "{ id: b, per: 1h, count: 1, when_exceeded: approve }"),
        limit(.missingKey, 20, structural: true, "{ id: b, per: 1h, count: 1, when_exceeded: hold }"),
        limit(.misplacedKey, 53, structural: true, "{ id: b, per: 1h, count: 1, approvers: desk }"),
        limit(.duplicateLimit, 50, "{ id: b, per: 1h, count: 1 }, { id: b, per: 1d, count: 1 }"),
        rule(
            .misplacedKey, 59, structural: true,
            "{ id: a, effect: reject, when: always, limits: [{ id: b, per: 1h, count: 1 }] }"),
        // Rules.
        rule(.missingKey, 5, structural: true, "{ id: a, when: always }"),
        rule(.missingKey, 5, structural: true, "{ id: a, effect: reject }"),
        rule(.missingKey, 11, structural: true, "{ id: a, effect: hold, when: always }"),
        rule(.emptyCollection, 53, structural: true, "{ id: a, effect: approve, when: always, limits: [] }"),
        rule(.badMethod, 58, "{ id: a, effect: reject, when: { contract: { method: \"transfer(uint)\" } } }"),
        rule(.unknownKeyName, 62, "{ id: a, effect: reject, when: { extra_signature: { key: x } } }"),
        rule(.unknownEffect, 22, structural: true, "{ id: a, effect: allow, when: always }"),
        rule(.badName, 11, structural: true, "{ id: \"a b\", effect: reject, when: always }"),
        rule(
            .duplicateRule, 11, "{ id: a, effect: reject, when: always }",
            more: "configuration_changes: [{ id: a, effect: reject, when: always }]"
        )
        .at(5, 31),
        rule(.emptyWhen, 36, structural: true, "{ id: a, effect: reject, when: {} }"),
        rule(.emptyWhen, 36, structural: true, "{ id: a, effect: reject, when: }"),
        rule(.alwaysMisplaced, 52, structural: true, "{ id: a, effect: reject, when: always, unless: always }"),
        rule(.emptyCollection, 45, structural: true, "{ id: a, effect: reject, when: { asset: [] } }"),
        rule(.emptyCollection, 46, structural: true, "{ id: a, effect: reject, when: { source: {} } }"),
        rule(.unknownKey, 38, structural: true, "{ id: a, effect: reject, when: { assets: ETH } }"),
        rule(.unknownKey, 38, structural: true, "{ id: a, effect: reject, when: { destination.type: VAULT } }"),
        rule(.unknownKey, 53, structural: true, "{ id: a, effect: reject, when: { destination: { adress: x } } }"),
        rule(.unknownKey, 47, structural: true, "{ id: a, effect: reject, when: { asset: { is: x } } }"),
        rule(.unknownKey, 38, structural: true, "{ id: a, effect: reject, when: { wallet: { kind: INTERNAL } } }"),
        rule(
            .matcherKind, 64, structural: true,
            "{ id: a, effect: reject, when: { destination: { address: { prefix: x } } } }"),
        rule(.matcherKind, 50, structural: true, "{ id: a, effect: reject, when: { amount_usd: \"5\" } }"),
        rule(.matcherKind, 52, structural: true, "{ id: a, effect: reject, when: { amount_usd: { in: x } } }"),
        rule(
            .severalMatchers, 54, structural: true, "{ id: a, effect: reject, when: { asset: { in: i, not_in: i } } }",
            more: lists),
        rule(.unknownList, 51, "{ id: a, effect: reject, when: { asset: { in: nowhere } } }"),
        rule(.listKind, 51, "{ id: a, effect: reject, when: { asset: { in: a } } }", more: lists),
        rule(.unknownWindow, 54, "{ id: a, effect: reject, when: { time: { within: nowhere } } }"),
        rule(.matcherKind, 55, structural: true, "{ id: a, effect: reject, when: { time: { outside: [a, b] } } }"),
        rule(.unquotedBound, 61, structural: true, "{ id: a, effect: reject, when: { amount_usd: { at_most: 100 } } }"),
        rule(
            .badBound, 61, structural: true, "{ id: a, effect: reject, when: { amount_usd: { at_most: \"1,000\" } } }"),
        rule(.badBound, 61, structural: true, "{ id: a, effect: reject, when: { amount_usd: { at_most: \"-1\" } } }"),
        rule(.badBound, 61, structural: true, "{ id: a, effect: reject, when: { amount_usd: { at_most: \"1e3\" } } }"),
        rule(
            .repeatedBound, 68, structural: true,
            "{ id: a, effect: reject, when: { amount_usd: { at_most: \"100\", less_than: \"5\" } } }"),
        rule(
            .impossibleBounds, 69,
            "{ id: a, effect: reject, when: { amount_usd: { at_least: \"100\", at_most: \"5\" } } }"),
        rule(.impossibleBounds, 52, "{ id: a, effect: reject, when: { amount_usd: { less_than: \"0\" } } }"),
        rule(.amountNeedsAsset, 38, "{ id: a, effect: reject, when: { amount: { at_most: \"5\" } } }"),
        rule(
            .amountNeedsAsset, 53,
            "{ id: a, effect: reject, when: { destination: { amount: { at_most: \"5\" } }, asset: [ETH, BTC] } }"),
        rule(.unknownStage, 45, structural: true, "{ id: a, effect: reject, when: { stage: sign } }"),
        rule(.unquoted, 52, structural: true, "{ id: a, effect: reject, when: { source: { id: 12 } } }"),
        configuration(.approveNeedsType, 11, "{ id: a, effect: approve, when: { wallet: { kind: INTERNAL } } }"),
        configuration(.unknownKey, 38, structural: true, "{ id: a, effect: reject, when: { asset: ETH } }"),
        // Warnings.
        rule(.unlistedValue, 49, "{ id: a, effect: reject, when: { operation: TRANSFERS } }"),
        rule(
            .unlistedValue, 55, "{ id: a, effect: reject, when: { operation: { in: i } } }",
            more: "lists: { i: { ids: [TRANSFR] } }"),
        configuration(.unlistedValue, 44, "{ id: a, effect: reject, when: { type: WALLET } }"),
        rule(.blindApprove, 39, "{ id: a, effect: approve, when: { operation: [TRANSFER, RAW] } }"),
        rule(.ignoreAtSigning, 22, "{ id: a, effect: ignore, when: { asset: ETH } }"),
        rule(.neverMatches, 11, "{ id: a, effect: approve, when: { asset: ETH }, unless: { operation: TRANSFER } }"),
        rule(.approvesEveryTransfer, 11, "{ id: a, effect: approve, when: always }"),
        rule(.unusedReason, 39, "{ id: a, effect: approve, reason: fine, when: { asset: ETH } }"),
        rule(
            .feeAtApproval, 63,
            "{ id: a, effect: approve, when: { asset: ETH }, unless: { fee: { more_than: \"1\" } } }"),
        rule(.repeatedValue, 51, "{ id: a, effect: reject, when: { asset: [ETH, ETH] } }"),
        rule(.oddAddress, 62, "{ id: a, effect: reject, when: { destination: { address: \"0x12\" } } }"),
        rule(
            .notAnAddress, 62, structural: true,
            "{ id: a, effect: reject, when: { destination: { address: \"x y\" } } }"),
    ]
}

extension BadRules {
    fileprivate func at(_ line: Int, _ column: Int) -> BadRules {
        BadRules(code: code, line: line, column: column, text: text, lists: lists, isStructural: isStructural)
    }
}
