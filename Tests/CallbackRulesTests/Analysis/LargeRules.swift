// Files of hundreds of rules, as an exchange with many desks would have them, for tests of the analysis.

/// Writes rules files as text. The same seed gives the same file.
struct LargeRules {
    /// What the rules of a file have much of.
    enum Flavour: String, CaseIterable, Sendable {
        /// Desks of assets and vaults: approve up to an amount, hold above it; rejections by list, fee and note.
        case desks
        /// Every rule has amounts of its own.
        case amounts
        case windows
        case lists
        case limits
        case exceptions
        /// All of them.
        case mixed
    }

    private var random: SplitMix64
    private let flavour: Flavour

    static func yaml(_ flavour: Flavour, count: Int = 500, seed: UInt64) -> String {
        var made = LargeRules(random: SplitMix64(seed: seed), flavour: flavour)
        return made.file(count)
    }

    private func has(_ other: Flavour) -> Bool { flavour == other || flavour == .mixed }

    // MARK: The file

    private mutating func file(_ count: Int) -> String {
        let people = ["alice", "bob", "carol"].map { "\($0): \"\(ModelPeople.lines[$0] ?? "")\"" }
        var text = "rules_version: 1\nname: large-\(flavour.rawValue)\ntime_zone: Europe/Zurich\n"
        text += "approvers:\n  desk: { required: 2, keys: { \(people.joined(separator: ", ")) } }\n"
        text += "lists:\n"
        for list in 0..<20 {
            let addresses = (0..<(has(.lists) ? 200 : 5)).map { _ in "\"\(address())\"" }
            text += "  bad\(list): { addresses: [\(addresses.joined(separator: ", "))] }\n"
            let vaults = (0..<(has(.lists) ? 60 : 3)).map { _ in "\"\(random.below(400))\"" }
            text += "  vaults\(list): { ids: [\(Set(vaults).sorted().joined(separator: ", "))] }\n"
        }
        text += "windows:\n"
        for window in 0..<(has(.windows) ? 24 : 2) { text += "  w\(window): { \(self.window(window)) }\n" }
        text += "transactions:\n"
        var made = 0
        while made < count {
            for rule in made % 10 == 9 ? [rejection(made)] : desk(made) where made < count {
                text += rule
                made += 1
            }
        }
        return text
    }

    private mutating func address() -> String {
        let digits = Array("0123456789abcdef")
        return "0x" + String((0..<40).map { _ in random.pick(digits) })
    }

    private mutating func window(_ number: Int) -> String {
        let zone = random.pick(["Europe/Zurich", "America/New_York", "Asia/Singapore"])
        let from = random.below(24)
        let to = (from + 1 + random.below(20)) % 24
        func clock(_ hour: Int, _ minute: Int) -> String {
            "\"\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)\""
        }
        let days = random.pick(["[mon, tue, wed, thu, fri]", "[sat, sun]", "[mon, wed]", "[fri, sat, sun]"])
        let except = (0..<random.below(4)).map { _ in "\"2027-0\(1 + random.below(9))-1\(random.below(10))\"" }
        return "days: \(days), from: \(clock(from, number)), to: \(clock(to, number + 1)), "
            + "except: [\(Set(except).sorted().joined(separator: ", "))], time_zone: \(zone)"
    }

    // MARK: Rules

    /// A rule that approves small amounts, and one that holds larger ones.
    private mutating func desk(_ number: Int) -> [String] {
        let base = has(.amounts) ? 100 * (number + 1) : random.pick([100, 1_000, 5_000, 10_000])
        var common = ["operation: TRANSFER", "asset: [ASSET\(random.below(30)), ASSET\(random.below(30))]"]
        common.append(
            has(.lists) && random.chance(30)
                ? "source: { type: VAULT, id: { in: vaults\(random.below(20)) } }"
                : "source: { type: VAULT, id: [\"\(random.below(400))\", \"\(random.below(400))\"] }")
        common.append(
            has(.lists) && random.chance(30)
                ? "destination: { address_type: WHITELISTED, address: { in: bad\(random.below(20)) } }"
                : random.pick([
                    "destination: { address_type: WHITELISTED }",
                    "destination: { type: [VAULT, EXCHANGE], address_type: WHITELISTED }",
                    "destination: { address_type: WHITELISTED, id: [\"\(random.below(90))\", \"\(random.below(90))\"] }",
                ]))
        if has(.windows) { common.append("time: { within: w\(random.below(24)) }") }
        let unless = has(.exceptions) ? "    unless: \(exception())\n" : ""
        func rule(_ id: String, _ effect: String, _ amount: String, _ limits: String) -> String {
            "  - id: \(id)\n    effect: \(effect)\n"
                + "    when: { \((common + ["amount_usd: { \(amount) }"]).joined(separator: ", ")) }\n" + unless
                + limits
        }
        let small = rule("small\(number)", "approve", "at_most: \"\(base)\"", limits())
        guard random.chance(50) else { return [small] }
        let large = rule(
            "large\(number)", "hold\n    approvers: desk\n    expires_after: 1h",
            "more_than: \"\(base)\", at_most: \"\(base * 7 + number)\"", "")
        return [small, large]
    }

    private mutating func limits() -> String {
        guard has(.limits) || random.chance(20) else { return "" }
        let first = "{ id: day, amount_usd: \"\(50_000 + random.below(40) * 1_000)\", per: 24h, for_each: [source.id] }"
        let second = random.pick([
            "{ id: burst, count: \(5 + random.below(20)), per: 1h, when_exceeded: retry }",
            "{ id: week, count: 100, per: 7d, when_exceeded: hold, approvers: desk, expires_after: 1h }",
            "{ id: far, amount_usd: \"1000000\", per: 7d, for_each: [destination.address] }",
        ])
        return "    limits: [\(random.chance(50) ? first : first + ", " + second)]\n"
    }

    private mutating func exception() -> String {
        random.pick([
            "{ note: { prefix: \"x\(random.below(9))\" } }",
            "{ destination: { address: { in: bad\(random.below(20)) } } }",
            "{ source: { id: \"\(random.below(400))\" }, signer: user-\(random.below(9)) }",
            "{ fee: { more_than: \"\(random.below(9))\" }, stage: signing }",
        ])
    }

    private mutating func rejection(_ number: Int) -> String {
        let when = random.pick([
            "{ destination: { address: { in: bad\(random.below(20)) } } }",
            "{ asset: ASSET\(random.below(30)), fee: { more_than: \"0.\(1 + random.below(8))\" } }",
            "{ note: { prefix: \"stop\(random.below(90))\" } }",
            "{ signer: \"user-\(random.below(90))\", time: { outside: w\(random.below(2)) } }",
            "{ source: { id: \"\(random.below(400))\" }, amount_usd: { more_than: \"\(1_000_000 + number)\" } }",
        ])
        return "  - id: stop\(number)\n    effect: reject\n    when: \(when)\n"
    }
}
