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

    // MARK: Items 1 to 5

    func verdict(on request: TransactionRequest) -> Verdict {
        if request.operation == "TRANSFER" && request.destinations.isEmpty {
            return Verdict(effect: "reject", rule: nil)
        }
        let places: [Int?] = request.destinations.isEmpty ? [nil] : request.destinations.indices.map { $0 }
        var matched: [String: [String]] = [:]
        for rule in rules.transactions {
            var values: [Three] = []
            for place in places {
                var when = rule.when.map { holds($0, say($0.path, request, place)) }
                if rule.effect == "approve", !rule.when.contains(where: { $0.path == "operation" }) {
                    when.append(request.operation == nil ? .unknown : request.operation == "TRANSFER" ? .yes : .no)
                }
                let unless = rule.unless.map { all($0.map { holds($0, say($0.path, request, place)) }) }
                values.append(all(when + [unless.map(not) ?? .yes]))
            }
            if matches(rule, values) { matched[rule.effect, default: []].append(rule.id) }
        }
        return combine(matched, signing: request.stage == .signing)
    }

    func verdict(on request: ConfigurationChangeRequest) -> Verdict {
        var matched: [String: [String]] = [:]
        for rule in rules.changes {
            let when = rule.when.map { holds($0, say($0.path, request)) }
            let unless = rule.unless.map { all($0.map { holds($0, say($0.path, request)) }) }
            if matches(rule, [all(when + [unless.map(not) ?? .yes])]) {
                matched[rule.effect, default: []].append(rule.id)
            }
        }
        return combine(matched, signing: false)
    }

    private func matches(_ rule: ModelRule, _ values: [Three]) -> Bool {
        if rule.effect == "reject" { return !values.allSatisfy { $0 == .no } }
        return values.allSatisfy { $0 == .yes }
    }

    private func combine(_ matched: [String: [String]], signing: Bool) -> Verdict {
        if let rule = matched["reject"]?.first { return Verdict(effect: "reject", rule: rule) }
        if let rule = matched["ignore"]?.first { return Verdict(effect: signing ? "reject" : "ignore", rule: rule) }
        if let rule = matched["approve"]?.first { return Verdict(effect: "approve", rule: rule) }
        return Verdict(effect: "reject", rule: nil)
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
        func reduce(_ text: String) -> [UInt8] {
            var text = text
            if path.hasSuffix(".address") {
                let lower = text.lowercased()
                if lower.hasPrefix("0x") || lower.hasPrefix("bc1") { text = lower }
            }
            if ["source.type", "destination.type", "destination.address_type"].contains(path) {
                text =
                    ["ONE_TIME": "ONE_TIME_ADDRESS", "VAULT": "VAULT_ACCOUNT", "EXCHANGE": "EXCHANGE_ACCOUNT"][text]
                    ?? text
            }
            return Array(text.utf8)
        }
        return reduce(left) == reduce(right)
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
        default: break
        }
        guard let place else { return .noSuchPart }
        let destination = request.destinations[place]
        if request.destinations.count == 1 {
            if let top = request.destType, let own = destination.type, !same(top, own, "destination.type") {
                return .unknown
            }
            if let top = request.destAddressType, let own = destination.addressType,
                !same(top, own, "destination.address_type")
            {
                return .unknown
            }
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
            let present = stated.compactMap { $0 }
            guard let first = present.first, first != "" else { return .unknown }
            return present.allSatisfy { same($0, first, path) } ? .text(first) : .unknown
        default: return .unknown
        }
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
