// Rules as generated tests see them: their own model, written out as YAML for the module under test.

import CallbackProtocol
import CallbackRules

struct ModelCondition {
    enum Match {
        case oneOf([String])
        case inList(String)
        case notInList(String)
        case prefix(String)
        case bounds([(name: String, value: String)])
    }

    /// For example `destination.amount_usd`.
    var path: String
    var match: Match
}

struct ModelRule {
    var id: String
    var effect: String
    /// Empty: `always`.
    var when: [ModelCondition]
    /// `nil`: no `unless`.
    var unless: [ModelCondition]?
    /// The group of a hold rule.
    var approvers: String?
    var limits: [ModelLimit] = []
}

struct ModelLimit {
    var id: String
    var measure: String
    var ceiling: String
    var forEach: [String]
    var whenExceeded: String
    /// Where `whenExceeded` is hold.
    var approvers: String?
}

struct ModelRules {
    var transactions: [ModelRule] = []
    var changes: [ModelRule] = []

    static let addressLists = [
        "bad": [base58Address, "0xAb5801a7D398351b8bE11C439e05C5B3259aeC9B"],
        "own": [evmAddress.lowercased(), bech32Address.uppercased()],
    ]
    static let idLists = [
        "ids": ["0", "7", "ETH", "INTERNAL"], "words": ["TRANSFER", "RAW", "VAULT_ACCOUNT", "ONE_TIME", "signing"],
        "names": ["Kraken main", "salary May", ""].filter { !$0.isEmpty },
    ]
    /// name: days (1 Monday to 7 Sunday), minutes from and to, excepted dates, zone.
    static let windows: [String: (days: Set<Int>, from: Int, to: Int, except: [String], zone: String)] = [
        "office": ([1, 2, 3, 4, 5], 8 * 60, 18 * 60, ["2026-12-25"], "Europe/Zurich"),
        "night": ([5, 6], 22 * 60, 5 * 60 + 30, ["2026-10-24"], "America/New_York"),
        "always_open": ([1, 2, 3, 4, 5, 6, 7], 0, 24 * 60, [], "Australia/Lord_Howe"),
    ]

    /// name: how many must sign, and who can.
    static let groups: [String: (required: Int, people: [String])] = [
        "desk": (2, ["alice", "bob", "carol"]), "boss": (1, ["dora"]),
    ]

    var yaml: String {
        var text = "rules_version: 1\nname: generated\napprovers:\n"
        for (name, group) in Self.groups.sorted(by: { $0.key < $1.key }) {
            let keys = group.people.map { "\($0): \"\(ModelPeople.lines[$0] ?? "")\"" }.joined(separator: ", ")
            text += "  \(name): { required: \(group.required), keys: { \(keys) } }\n"
        }
        text += "lists:\n"
        for (name, items) in Self.addressLists.sorted(by: { $0.key < $1.key }) {
            text += "  \(name): { addresses: [\(items.map { "\"\($0)\"" }.joined(separator: ", "))] }\n"
        }
        for (name, items) in Self.idLists.sorted(by: { $0.key < $1.key }) {
            text += "  \(name): { ids: [\(items.map { "\"\($0)\"" }.joined(separator: ", "))] }\n"
        }
        text += "windows:\n"
        let names = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        func clock(_ minutes: Int) -> String {
            (minutes < 600 ? "0" : "") + "\(minutes / 60):" + (minutes % 60 < 10 ? "0" : "") + "\(minutes % 60)"
        }
        for (name, window) in Self.windows.sorted(by: { $0.key < $1.key }) {
            let days = window.days.sorted().map { names[$0 - 1] }.joined(separator: ", ")
            let except = window.except.map { "\"\($0)\"" }.joined(separator: ", ")
            text += "  \(name): { days: [\(days)], from: \"\(clock(window.from))\", to: \"\(clock(window.to))\", "
            text += "except: [\(except)], time_zone: \(window.zone) }\n"
        }
        text += "transactions: [\n" + transactions.map(\.yaml).joined(separator: ",\n") + "]\n"
        text += "configuration_changes: [\n" + changes.map(\.yaml).joined(separator: ",\n") + "]\n"
        return text
    }
}

extension ModelRule {
    var yaml: String {
        let condition = when.isEmpty ? "always" : Self.yaml(when)
        let exception = unless.map { ", unless: \(Self.yaml($0))" } ?? ""
        let hold = approvers.map { ", approvers: \($0), expires_after: 1h" } ?? ""
        let bounds = limits.isEmpty ? "" : ", limits: [\(limits.map(\.yaml).joined(separator: ", "))]"
        return "  { id: \(id), effect: \(effect)\(hold), when: \(condition)\(exception)\(bounds) }"
    }

    private static func yaml(_ conditions: [ModelCondition]) -> String {
        var groups: [(String, [String])] = []
        for condition in conditions {
            let parts = condition.path.split(separator: ".").map(String.init)
            if parts.count == 1 {
                groups.append((parts[0], [condition.yaml]))
            } else if let index = groups.firstIndex(where: { $0.0 == parts[0] }) {
                groups[index].1.append("\(parts[1]): \(condition.yaml)")
            } else {
                groups.append((parts[0], ["\(parts[1]): \(condition.yaml)"]))
            }
        }
        let members = groups.map { name, parts in
            parts.count == 1 && !parts[0].contains(": ") || !conditions.contains { $0.path.hasPrefix(name + ".") }
                ? "\(name): \(parts[0])" : "\(name): { \(parts.joined(separator: ", ")) }"
        }
        return "{ \(members.joined(separator: ", ")) }"
    }
}

extension ModelCondition {
    var yaml: String {
        switch match {
        case .oneOf(let values):
            let quoted = values.map { "\"\($0)\"" }
            return quoted.count == 1 ? quoted[0] : "[\(quoted.joined(separator: ", "))]"
        case .inList(let name): return "{ in: \(name) }"
        case .notInList(let name): return "{ not_in: \(name) }"
        case .prefix(let text): return "{ prefix: \"\(text)\" }"
        case .bounds(let bounds):
            return "{ \(bounds.map { "\($0.name): \"\($0.value)\"" }.joined(separator: ", ")) }"
        }
    }
}

extension ModelLimit {
    var yaml: String {
        let amount = measure == "count" ? ceiling : "\"\(ceiling)\""
        let hold = approvers.map { ", approvers: \($0), expires_after: 1h" } ?? ""
        let split = forEach.isEmpty ? "" : ", for_each: [\(forEach.joined(separator: ", "))]"
        return "{ id: \(id), \(measure): \(amount), per: 24h, when_exceeded: \(whenExceeded)\(hold)\(split) }"
    }
}
