// Small rules files over few fields, and every request that they can tell apart.

import CallbackProtocol
import CallbackRules

/// A rule of a small file. `when` and `unless` are YAML by path, so that a test can leave one condition out.
struct SmallRule {
    var id: String
    var effect: String
    var when: [(path: String, yaml: String)]
    var unless: [(path: String, yaml: String)] = []
    /// For hold rules, whose approvers are the only ones in the file.
    var limit: String?
    /// Amounts in `when`, by path: (name of the bound, amount).
    var bounds: [String: [(name: String, amount: Int)]] = [:]

    func yaml(effect other: String? = nil, without path: String? = nil, plus: [(path: String, yaml: String)] = [])
        -> String
    {
        let effect = other ?? self.effect
        let kept = when.filter { $0.path != path } + plus
        let hold = effect == "hold" ? ", approvers: desk, expires_after: 1h" : ""
        let exception = unless.isEmpty ? "" : ", unless: { \(Self.body(unless)) }"
        let limits = ["approve", "hold"].contains(effect) ? limit.map { ", limits: [\($0)]" } ?? "" : ""
        let body = kept.isEmpty ? "always" : "{ \(Self.body(kept)) }"
        return "- { id: \(id), effect: \(effect)\(hold), when: \(body)\(exception)\(limits) }"
    }

    /// Conditions of one part of a request stand together.
    static func body(_ conditions: [(path: String, yaml: String)]) -> String {
        var parts: [(name: String, members: [String])] = []
        for (path, yaml) in conditions {
            let names = path.split(separator: ".", maxSplits: 1).map(String.init)
            guard names.count == 2 else {
                parts.append((path, [yaml]))
                continue
            }
            let member = "\(names[1]): \(yaml)"
            if let place = parts.firstIndex(where: { $0.name == names[0] }) {
                parts[place].members.append(member)
            } else {
                parts.append((names[0], ["{", member]))
            }
        }
        return parts.map { part in
            part.members[0] == "{"
                ? "\(part.name): { \(part.members.dropFirst().joined(separator: ", ")) }"
                : "\(part.name): \(part.members[0])"
        }.joined(separator: ", ")
    }

    static func file(_ rules: [String]) -> String {
        rulesText(transactions: rules.joined(separator: "\n"))
            + "approvers:\n  desk: { required: 1, keys: { alice: \"\(ModelPeople.lines["alice"] ?? "")\" } }\n"
    }
}

/// Makes small files and the space of requests that belongs to their fields.
struct SmallGenerator {
    var random: SplitMix64

    /// Fields of the request and of destinations; a file uses two or three of these.
    private static let pools: [[String]] = [
        ["asset", "amount_usd", "destination.id"], ["source.id", "amount_usd", "asset"],
        ["destination.id", "asset", "stage"], ["destination.amount_usd", "asset"],
        ["time.within", "asset", "amount_usd"], ["operation", "asset", "destination.id"],
        ["note", "source.id", "stage"], ["destination.amount_usd", "destination.id"],
    ]
    static let bounds = [5, 10, 12]

    mutating func rules() -> (rules: [SmallRule], fields: [String]) {
        let fields = random.pick(Self.pools)
        var rules: [SmallRule] = []
        for index in 0..<(2 + random.below(3)) {
            // One hold and one limit, so that there are few pasts.
            let effects = ["approve", "approve", "approve", "reject", "ignore", "hold"]
            let isHeld = rules.contains { $0.effect == "hold" }
            var made = rule("r\(index)", random.pick(isHeld ? effects.dropLast() : effects), fields)
            if rules.contains(where: { $0.limit != nil }) { made.limit = nil }
            rules.append(made)
        }
        return (rules, fields)
    }

    private mutating func rule(_ id: String, _ effect: String, _ fields: [String]) -> SmallRule {
        var rule = SmallRule(id: id, effect: effect, when: [])
        for field in fields where random.chance(65) {
            if field.hasSuffix("amount_usd") {
                rule.bounds[field] = interval()
                let text = (rule.bounds[field] ?? []).map { "\($0.name): \"\($0.amount)\"" }.joined(separator: ", ")
                rule.when.append((field, "{ \(text) }"))
            } else {
                rule.when.append((field, value(field)))
            }
        }
        if random.chance(20) {
            let field = random.pick(fields.filter { !$0.hasSuffix("amount_usd") })
            rule.unless = [(field, value(field))]
        }
        if ["approve", "hold"].contains(effect), random.chance(15) {
            let excess = random.pick(["reject", "retry"])
            rule.limit = "{ id: l, count: 3, per: 24h, when_exceeded: \(excess) }"
        }
        return rule
    }

    private mutating func interval() -> [(name: String, amount: Int)] {
        let places = [random.below(Self.bounds.count), random.below(Self.bounds.count)].sorted()
        let lower = (random.pick(["at_least", "more_than"]), Self.bounds[places[0]])
        let upper = (random.pick(["at_most", "less_than"]), Self.bounds[places[1]])
        switch random.below(5) {
        case 0, 1: return [upper]
        case 2, 3: return [lower]
        default: return lower.1 == upper.1 ? [("at_least", lower.1), ("at_most", upper.1)] : [lower, upper]
        }
    }

    private mutating func value(_ field: String) -> String {
        switch field {
        case "asset": return random.pick(["ETH", "BTC", "[BTC, ETH]", "{ prefix: E }"])
        case "stage": return random.pick(["signing", "approval"])
        case "time.within": return random.pick(["office", "weekend", "[office, weekend]"])
        case "operation": return random.pick(["TRANSFER", "MINT", "[MINT, TRANSFER]"])
        case "note": return random.pick(["salary", "{ in: notes }", "{ prefix: s }", "{ not_in: notes }"])
        default: return random.pick(["\"1\"", "\"0\"", "[\"0\", \"1\"]", "{ in: vaults }", "{ not_in: vaults }"])
        }
    }
}

/// One request of the space.
struct SmallCase {
    let request: TransactionRequest
    let instant: RulesInstant

    /// Every combination of the values of some fields that conditions of `SmallGenerator` can tell apart, the others as usual.
    static func all(_ fields: [String]) -> [SmallCase] {
        var requests = [payment { $0.destinations[0].id = "5" }]
        func each<Value>(_ field: String, _ values: [Value], _ set: (inout TransactionRequest, Value) -> Void) {
            guard fields.contains(field) else { return }
            requests = requests.flatMap { request in
                values.map { value in
                    var changed = request
                    set(&changed, value)
                    return changed
                }
            }
        }
        each("asset", ["ETH", "E", "BTC", "XRP", nil]) { $0.asset = $1 }
        each("source.id", ["0", "1", "12", "9", nil]) { $0.sourceId = $1 }
        each("note", ["salary", "rent", "s", "other", nil]) { $0.note = $1 }
        var operations: [String?] = ["TRANSFER", nil]
        if fields.contains("operation") { operations += ["MINT", "RAW", "FUTURE"] }
        requests = operations.flatMap { operation in requests.map { $0.changed { $0.operation = operation } } }
        requests = requests.flatMap { [$0, $0.atApproval] }
        requests = requests.flatMap { destinations(of: $0, fields) }
        // A Monday at noon, a Saturday at noon, a Monday night.
        let instants: [Int64] =
            fields.contains("time.within") ? [1_795_431_600, 1_795_258_800, 1_795_474_800] : [1_795_431_600]
        return requests.flatMap { request in
            instants.map { SmallCase(request: request, instant: RulesInstant(seconds: $0)) }
        }
    }

    /// Requests with one to three destinations, and with none where that can be.
    private static func destinations(of request: TransactionRequest, _ fields: [String]) -> [TransactionRequest] {
        let one = request.destinations[0]
        let ids: [String?] = fields.contains("destination.id") ? ["0", "1", "12", "5", nil] : ["5"]
        let isPriced = fields.contains("destination.amount_usd")
        let prices = isPriced ? ["", "0", "3", "5", "7", "10", "11", "12", "13"] : ["1"]
        let kinds = ids.flatMap { id in
            prices.map { price in
                var made = one
                made.id = id
                made.amountNative = decimal(price == "0" ? "0" : "0.0001")
                made.amountUSD = price.isEmpty ? nil : decimal(price)
                return made
            }
        }
        var sets = kinds.indices.map { [$0] }
        let most = kinds.count > 9 ? 2 : 3
        for _ in 1..<most {
            let longest = sets.map(\.count).max() ?? 0
            sets += sets.filter { $0.count == longest }.flatMap { set in
                kinds.indices.filter { $0 >= set[set.count - 1] }.map { set + [$0] }
            }
        }
        let made = sets.map { set in
            request.changed { changed in
                changed.destinations = set.map { kinds[$0] }
                if set.count > 1 || fields.contains("destination.id") {
                    (changed.destAddress, changed.destId) = (nil, nil)
                }
            }
        }
        let none = request.operation == "TRANSFER" ? [] : [request.changed { $0.destinations = [] }]
        guard fields.contains("amount_usd") else { return made + none }
        // The sum, with all of it in the last destination but little; and without a price.
        return none
            + made.flatMap { request in
                ["", "0", "3", "5", "7", "10", "11", "12", "13"].map { sum in
                    request.changed { $0.share(sum) }
                }
            }
    }
}

extension TransactionRequest {
    func changed(_ change: (inout TransactionRequest) -> Void) -> TransactionRequest {
        var copy = self
        change(&copy)
        return copy
    }

    /// The same before the signing stage.
    var atApproval: TransactionRequest {
        var copy = TransactionRequest(requestId: requestId, stage: .approval)
        (copy.operation, copy.asset, copy.note) = (operation, asset, note)
        (copy.sourceType, copy.sourceId) = (sourceType, sourceId)
        (copy.destType, copy.destAddressType, copy.amount) = (destType, destAddressType, amount)
        copy.destinations = destinations.map { destination in
            var made = destination
            (made.dstAddress, made.displayDstAddress) = (destination.displayDstAddress, nil)
            return made
        }
        return copy
    }

    fileprivate mutating func share(_ sum: String) {
        let last = destinations.count - 1
        for index in destinations.indices {
            if sum.isEmpty {
                destinations[index].amountUSD = index == last ? nil : decimal("1")
            } else if sum == "0" {
                (destinations[index].amountUSD, destinations[index].amountNative) = (.zero, .zero)
            } else {
                let rest = decimal(sum) - decimal("0.5") - (last == 2 ? decimal("0.5") : .zero)
                destinations[index].amountUSD = index < last ? decimal("0.5") : last == 0 ? decimal(sum) : rest
            }
        }
    }
}
