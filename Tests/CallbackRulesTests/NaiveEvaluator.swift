// A second evaluator, read straight from the language's description. It shares only data types with the module under
// test, looks everything up anew for every condition, and is slow on purpose.

import CallbackProtocol
import Foundation

struct NaiveEvaluator {
    enum Three { case yes, no, unknown }

    /// What the request says.
    enum Said {
        case text(String)
        case money(ExactDecimal)
        case unknown
        /// Left out, as it may be.
        case leftOut
        /// The operation has no such part.
        case noSuchPart
    }

    struct Verdict: Equatable {
        var effect: String
        var rule: String?
    }

    let rules: ModelRules
    let seconds: Int
    let cosigner: String?
    let listener: String
    let past: ModelPast

    // MARK: Items 1 to 5

    func verdict(on request: TransactionRequest) -> Verdict {
        if request.operation == "TRANSFER" && request.destinations.isEmpty {
            return Verdict(effect: "reject", rule: nil)
        }
        let places: [Int?] = request.destinations.isEmpty ? [nil] : request.destinations.indices.map { $0 }
        var found: [(rule: ModelRule, values: [Three], charges: [Charge]?)] = []
        for rule in rules.transactions {
            var values: [Three] = []
            for place in places {
                var when = rule.when.map { holds($0, say($0.path, request, place)) }
                if ["approve", "hold"].contains(rule.effect), !rule.when.contains(where: { $0.path == "operation" }) {
                    when.append(request.operation == nil ? .unknown : request.operation == "TRANSFER" ? .yes : .no)
                }
                let unless = rule.unless.map { all($0.map { holds($0, say($0.path, request, place)) }) }
                values.append(all(when + [unless.map(not) ?? .yes]))
            }
            found.append((rule, values, charges(rule, request)))
        }
        return combine(found, signing: request.stage == .signing)
    }

    func verdict(on request: ConfigurationChangeRequest) -> Verdict {
        let found = rules.changes.map { rule -> (rule: ModelRule, values: [Three], charges: [Charge]?) in
            let when = rule.when.map { holds($0, say($0.path, request)) }
            let unless = rule.unless.map { all($0.map { holds($0, say($0.path, request)) }) }
            return (rule, [all(when + [unless.map(not) ?? .yes])], [])
        }
        return combine(found, signing: false)
    }

    // MARK: Limits and people (items 3 and 13)

    struct Charge {
        var limit: ModelLimit
        var values: [String]
        var amount: ExactDecimal
    }

    /// `nil` where one cannot be told.
    private func charges(_ rule: ModelRule, _ request: TransactionRequest) -> [Charge]? {
        var charges: [Charge] = []
        for limit in rule.limits {
            let split = limit.forEach.contains { $0.hasPrefix("destination.") }
            let places: [Int?] =
                split && !request.destinations.isEmpty ? request.destinations.indices.map { $0 } : [nil]
            for place in places {
                var values: [String] = []
                for path in limit.forEach {
                    guard case .text(let text) = say(path, request, place) else { return nil }
                    values.append(canonical(text, path))
                }
                var amount = decimal("1")
                if limit.measure != "count" {
                    guard
                        case .money(let money) = say(
                            (place == nil ? "" : "destination.") + limit.measure, request, place)
                    else { return nil }
                    amount = money
                }
                if let index = charges.firstIndex(where: { $0.limit.id == limit.id && $0.values == values }) {
                    charges[index].amount = charges[index].amount + amount
                } else {
                    charges.append(Charge(limit: limit, values: values, amount: amount))
                }
            }
        }
        return charges
    }

    private enum People { case signed, waiting, no }

    private func people(_ rule: String, _ limit: String?, _ group: String?) -> People {
        guard let group, let (required, names) = ModelRules.groups[group] else { return .no }
        let state = past.hold(rule, limit)
        if state.refused.contains(where: names.contains) { return .no }
        if let age = state.since, age >= 3_600 { return .no }
        return state.approved.filter(names.contains).count >= required ? .signed : .waiting
    }

    private func combine(_ found: [(rule: ModelRule, values: [Three], charges: [Charge]?)], signing: Bool) -> Verdict {
        func stops(_ values: [Three]) -> Bool { values.contains { $0 != .no } }
        func matches(_ values: [Three]) -> Bool { values.allSatisfy { $0 == .yes } }
        if let (rule, _, _) = found.first(where: { $0.rule.effect == "reject" && stops($0.values) }) {
            return Verdict(effect: "reject", rule: rule.id)
        }
        let approving = found.filter { $0.rule.effect == "approve" && matches($0.values) && $0.charges != nil }
        let holding = found.filter { $0.rule.effect == "hold" && stops($0.values) }
        let leading = holding.filter { matches($0.values) && $0.charges != nil }
        if let first = holding.first {
            if approving.isEmpty && leading.isEmpty { return Verdict(effect: "reject", rule: first.rule.id) }
            let states = holding.map { ($0.rule.id, people($0.rule.id, nil, $0.rule.approvers)) }
            if let (rule, _) = states.first(where: { $0.1 == .no }) { return Verdict(effect: "reject", rule: rule) }
            if let (rule, _) = states.first(where: { $0.1 == .waiting }) { return Verdict(effect: "hold", rule: rule) }
        }
        if let (rule, _, _) = found.first(where: { $0.rule.effect == "ignore" && matches($0.values) }) {
            return Verdict(effect: signing ? "reject" : "ignore", rule: rule.id)
        }
        let matched = approving + leading
        guard let first = matched.first else { return Verdict(effect: "reject", rule: nil) }
        var full: [(rule: String, limit: ModelLimit)] = []
        for (rule, _, charges) in matched {
            for limit in rule.limits {
                let own = (charges ?? []).filter { $0.limit.id == limit.id }
                let isFull = own.contains {
                    decimal(limit.ceiling) < decimal(past.charged(rule.id, limit.id, $0.values)) + $0.amount
                }
                if isFull { full.append((rule.id, limit)) }
            }
        }
        if let (rule, _) = full.first(where: { $0.limit.whenExceeded == "reject" }) {
            return Verdict(effect: "reject", rule: rule)
        }
        let held = full.filter { $0.limit.whenExceeded == "hold" }.map { item in
            (rule: item.rule, state: people(item.rule, item.limit.id, item.limit.approvers))
        }
        if let (rule, _) = held.first(where: { $0.state == .no }) { return Verdict(effect: "reject", rule: rule) }
        if let (rule, _) = held.first(where: { $0.state == .waiting }) { return Verdict(effect: "hold", rule: rule) }
        if let (rule, _) = full.first(where: { $0.limit.whenExceeded == "retry" }) {
            return Verdict(effect: "retry", rule: rule)
        }
        return Verdict(effect: "approve", rule: first.rule.id)
    }

    private func all(_ values: [Three]) -> Three {
        values.contains(.no) ? .no : values.contains(.unknown) ? .unknown : .yes
    }

    private func not(_ value: Three) -> Three {
        switch value {
        case .yes: .no
        case .no: .yes
        case .unknown: .unknown
        }
    }

    // MARK: Matchers

    private func holds(_ condition: ModelCondition, _ said: Said) -> Three {
        if condition.path == "time.within" || condition.path == "time.outside" {
            guard case .oneOf(let names) = condition.match else { return .unknown }
            let open = names.contains { NaiveClock.isOpen($0, seconds) }
            return open == (condition.path == "time.within") ? .yes : .no
        }
        switch said {
        case .unknown: return .unknown
        case .noSuchPart: return .no
        case .leftOut:
            if case .notInList = condition.match { return .unknown }
            return .no
        case .text(let text):
            let path = condition.path
            switch condition.match {
            case .oneOf(let values): return values.contains { same($0, text, path) } ? .yes : .no
            case .inList(let name): return list(name).contains { same($0, text, path) } ? .yes : .no
            case .notInList(let name): return list(name).contains { same($0, text, path) } ? .no : .yes
            case .prefix(let prefix):
                return Array(text.utf8.prefix(prefix.utf8.count)) == Array(prefix.utf8) ? .yes : .no
            case .bounds: return .unknown
            }
        case .money(let amount):
            guard case .bounds(let bounds) = condition.match else { return .unknown }
            for bound in bounds {
                let limit = decimal(bound.value)
                switch bound.name {
                case "at_least" where amount < limit: return .no
                case "more_than" where amount < limit || amount == limit: return .no
                case "at_most" where limit < amount: return .no
                case "less_than" where limit < amount || amount == limit: return .no
                default: continue
                }
            }
            return .yes
        }
    }

    private func list(_ name: String) -> [String] { ModelRules.addressLists[name] ?? ModelRules.idLists[name] ?? [] }

    private func same(_ left: String, _ right: String, _ path: String) -> Bool {
        Array(canonical(left, path).utf8) == Array(canonical(right, path).utf8)
    }

    private func canonical(_ text: String, _ path: String) -> String {
        var text = text
        if path == "contract.method" {
            text = ["transfer(address,uint256)": "0xa9059cbb"][text] ?? text.lowercased()
        }
        if path.hasSuffix(".address") {
            let lower = text.lowercased()
            if lower.hasPrefix("0x") || lower.hasPrefix("bc1") { text = lower }
        }
        if ["source.type", "destination.type", "destination.address_type"].contains(path) {
            text =
                ["ONE_TIME": "ONE_TIME_ADDRESS", "VAULT_ACCOUNT": "VAULT", "EXCHANGE_ACCOUNT": "EXCHANGE"][text]
                ?? text
        }
        return text
    }

    // MARK: What a transaction says (items 6 and 8 to 10)

    private func due(_ text: String?) -> Said { text.map { .text($0) } ?? .unknown }
    private func optional(_ text: String?) -> Said { text.map { .text($0) } ?? .leftOut }

    private func say(_ path: String, _ request: TransactionRequest, _ place: Int?) -> Said {
        let meaningless = request.operation == nil || request.operation == "RAW" || request.operation == "TYPED_MESSAGE"
        switch path {
        case "cosigner": return due(cosigner)
        case "listener": return .text(listener)
        case "signer": return due(request.signerId)
        case "stage": return .text(request.stage == .signing ? "signing" : "approval")
        case "operation": return due(request.operation)
        case "external_id": return optional(request.externalTxId)
        case "note": return optional(request.note)
        case "asset": return due(request.asset)
        case "source.type": return due(request.sourceType)
        case "source.id": return due(request.sourceId)
        case "fee":
            if let fee = request.fee { return .money(fee) }
            return request.stage == .signing ? .unknown : .noSuchPart
        case "amount":
            guard !meaningless, let amount = request.amount else { return .unknown }
            var sum = ExactDecimal.zero
            for destination in request.destinations {
                guard let part = destination.amountNative else { return .unknown }
                sum = sum + part
            }
            return amount < sum ? .unknown : .money(amount)
        case "amount_usd":
            if meaningless || request.destinations.isEmpty { return .unknown }
            var sum = ExactDecimal.zero
            for index in request.destinations.indices {
                guard case .money(let part) = say("destination.amount_usd", request, index) else { return .unknown }
                sum = sum + part
            }
            return .money(sum)
        case "contract.method", "contract.address":
            guard let data = request.extraParameters?["contractCallData"] else {
                return missing(request.operation, ["CONTRACT_CALL", "PROGRAM_CALL", "APPROVE"])
            }
            guard let text = data.string, text.lowercased().hasPrefix("0x"), text.count % 2 == 0,
                text.lowercased().dropFirst(2).allSatisfy({ "0123456789abcdef".contains($0) })
            else { return .unknown }
            if path == "contract.address" {
                return request.destinations.count == 1 ? say("destination.address", request, 0) : .unknown
            }
            return text.count < 10 ? .unknown : .text(String(text.lowercased().prefix(10)))
        case "message.kind", "message.algorithm":
            guard let data = request.extraParameters?["rawMessageData"] else {
                return missing(request.operation, ["RAW", "TYPED_MESSAGE"])
            }
            guard let messages = data.object?["messages"]?.array, !messages.isEmpty else { return .unknown }
            if path == "message.algorithm" {
                return (data.object?["algorithm"]?.string).map { .text($0) } ?? .unknown
            }
            var kinds: Set<String> = []
            for message in messages {
                if let kind = message.object?["type"]?.string {
                    kinds.insert(kind)
                } else if request.operation == "RAW" {
                    kinds.insert("RAW")
                } else {
                    return .unknown
                }
            }
            return kinds.count == 1 ? kinds.first.map { .text($0) } ?? .unknown : .unknown
        default: break
        }
        guard let place else { return .noSuchPart }
        let destination = request.destinations[place]
        // What the top level says must fit at least one destination.
        func fitsNone(_ top: String?, _ own: (TransactionRequest.Destination) -> String?, _ path: String) -> Bool {
            guard let top, top != "" else { return false }
            return request.destinations.filter { own($0).map { same(top, $0, path) } ?? true }.isEmpty
        }
        let several = request.destinations.count > 1
        if fitsNone(request.destType, { $0.type }, "destination.type"),
            !(several && request.destType == "MULTI_DESTINATION")
        {
            return .unknown
        }
        if fitsNone(request.destAddressType, { $0.addressType }, "destination.address_type") { return .unknown }
        if several,
            fitsNone(request.destAddress, { $0.displayDstAddress ?? $0.dstAddress }, "destination.address")
        {
            return .unknown
        }
        let oneTime =
            ["ONE_TIME", "ONE_TIME_ADDRESS"].contains(destination.type)
            || ["ONE_TIME", "ONE_TIME_ADDRESS"].contains(destination.addressType)
        switch path {
        case "destination.type": return due(destination.type)
        case "destination.address_type": return due(destination.addressType)
        case "destination.id": return due(destination.id)
        case "destination.policy_action": return due(destination.action)
        case "destination.name": return oneTime ? optional(destination.name) : due(destination.name)
        case "destination.sub_type": return oneTime ? optional(destination.subType) : due(destination.subType)
        case "destination.amount":
            return meaningless ? .unknown : destination.amountNative.map { .money($0) } ?? .unknown
        case "destination.amount_usd":
            guard !meaningless, let usd = destination.amountUSD else { return .unknown }
            if usd == .zero {
                guard let native = destination.amountNative, native == .zero else { return .unknown }
            }
            return .money(usd)
        case "destination.address":
            var stated = [destination.displayDstAddress, destination.dstAddress]
            if request.destinations.count == 1 { stated.append(request.destAddress) }
            // Nothing is said of a batch; elsewhere an empty address is another one than any.
            if several, request.destAddress == "", request.destType != "MULTI_DESTINATION" { stated.append("") }
            let present = stated.compactMap { $0 }
            guard let first = present.first, first != "" else { return .unknown }
            return present.allSatisfy { same($0, first, path) } ? .text(first) : .unknown
        default: return .unknown
        }
    }

    /// What the operation should have, may have, or has not.
    private func missing(_ operation: String?, _ having: [String]) -> Said {
        let known = ["TRANSFER", "RAW", "TYPED_MESSAGE", "CONTRACT_CALL", "MINT"]
        guard let operation, known.contains(operation) else { return .unknown }
        return having.contains(operation) ? .unknown : .noSuchPart
    }

    // MARK: What a configuration change says

    private func say(_ path: String, _ request: ConfigurationChangeRequest) -> Said {
        switch path {
        case "cosigner": return due(cosigner)
        case "listener": return .text(listener)
        case "signer": return due(request.signerId)
        case "type": return due(request.type)
        default: break
        }
        guard let type = request.type else { return .unknown }
        let places: [String: (member: String, types: [String])] = [
            "wallet.kind": ("subType", ["UNMANAGED_WALLET"]), "wallet.name": ("walletName", ["UNMANAGED_WALLET"]),
            "wallet.asset": ("asset", ["UNMANAGED_WALLET"]), "wallet.address": ("address", ["UNMANAGED_WALLET"]),
            "wallet.tag": ("tag", ["UNMANAGED_WALLET"]), "account.kind": ("subType", ["EXCHANGE", "FIAT_ACCOUNT"]),
            "account.name": ("accountName", ["EXCHANGE", "FIAT_ACCOUNT"]),
        ]
        guard let place = places[path] else { return .unknown }
        let known = ["UNMANAGED_WALLET", "EXCHANGE", "FIAT_ACCOUNT", "ADD_USER", "POLICY_CHANGE"]
        // What is present is evaluated whatever the type; `subType` alone means different things for different types.
        let present = request.extraInfo?[place.member] != nil && place.member != "subType"
        if known.contains(type), !place.types.contains(type), !present { return .noSuchPart }
        if let text = request.extraInfo?[place.member]?.string {
            return path == "wallet.address" && text == "" ? .unknown : .text(text)
        }
        return path == "wallet.tag" && type == "UNMANAGED_WALLET" ? .leftOut : .unknown
    }
}

/// Windows by Foundation's calendar.
enum NaiveClock {
    private static let calendars: [String: Calendar] = ModelRules.windows.mapValues { window in
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = TimeZone(identifier: window.zone) ?? .gmt
        return calendar
    }

    /// The instants that generated requests use, so that the calendar is asked a few hundred times only.
    static let instants: [Int] = [
        1_795_253_400, 1_795_167_000, 1_774_746_000, 1_774_742_400, 1_792_886_400, 1_792_891_800, 1_792_897_000,
        1_798_200_000,
        1_793_500_200, 1_793_511_000, 1_793_516_400, 1_772_949_600, 1_772_953_200, 1_792_821_600, 1_792_832_400, 0,
    ]

    private static let table: [String: [Int: Bool]] = Dictionary(
        uniqueKeysWithValues: ModelRules.windows.keys.map { name in
            (name, Dictionary(uniqueKeysWithValues: instants.map { ($0, ask(name, $0)) }))
        })

    static func isOpen(_ name: String, _ seconds: Int) -> Bool { table[name]?[seconds] ?? ask(name, seconds) }

    private static func ask(_ name: String, _ seconds: Int) -> Bool {
        guard let window = ModelRules.windows[name], let calendar = calendars[name] else { return false }
        let date = Date(timeIntervalSince1970: Double(seconds))
        let parts = calendar.dateComponents([.hour, .minute], from: date)
        let minute = (parts.hour ?? 0) * 60 + (parts.minute ?? 0)
        func opens(_ day: Date) -> Bool {
            let parts = calendar.dateComponents([.year, .month, .day, .weekday], from: day)
            let weekday = (parts.weekday ?? 1) == 1 ? 7 : (parts.weekday ?? 1) - 1
            let text = String(format: "%04d-%02d-%02d", parts.year ?? 0, parts.month ?? 0, parts.day ?? 0)
            return window.days.contains(weekday) && !window.except.contains(text)
        }
        if window.from < window.to { return minute >= window.from && minute < window.to && opens(date) }
        if minute >= window.from { return opens(date) }
        guard minute < window.to, let before = calendar.date(byAdding: .day, value: -1, to: date) else { return false }
        return opens(before)
    }
}
