// The syntax tree of a rules file: what the text says, with places, before it is known to make sense.

import CallbackProtocol

/// A rules file as written.
struct RulesFile: Sendable {
    var name: Located<String>
    var timeZone: Located<String>?
    var assets: [AssetEntry] = []
    var lists: [ListDeclaration] = []
    var windows: [WindowDeclaration] = []
    var approvers: [ApproverGroupDeclaration] = []
    var keys: [ExtraKeyDeclaration] = []
    var transactions: [RuleDeclaration] = []
    var configurationChanges: [RuleDeclaration] = []

    /// Every rule of the file with the kind of request that it is about.
    var rules: [(kind: RequestKind, rule: RuleDeclaration)] {
        transactions.map { (.transaction, $0) } + configurationChanges.map { (.configuration, $0) }
    }
}

/// One entry of `assets`.
struct AssetEntry: Sendable {
    var id: Located<String>
    var contract: Located<String>?
    var declaration: DeclaredAsset
}

/// A named set of addresses or ids.
struct ListDeclaration: Sendable {
    enum Content: Sendable {
        case addresses([Located<String>])
        case file(Located<String>)
        case ids([Located<String>])
    }

    var name: Located<String>
    var content: Content

    var holdsAddresses: Bool {
        if case .ids = content { false } else { true }
    }
}

/// A named wall-clock window.
struct WindowDeclaration: Sendable {
    var name: Located<String>
    var days: [Located<Weekday>]
    /// Minutes after local midnight, 0 to 1439.
    var from: Located<Int>
    /// Minutes after local midnight, 0 to 1440.
    var to: Located<Int>
    var except: [Located<CivilDay>]
    var timeZone: Located<String>?
}

struct RuleDeclaration: Sendable {
    /// `when`: conditions that must all be true, or none for `always`.
    enum When: Sendable {
        case always
        case all([ConditionDeclaration])

        var conditions: [ConditionDeclaration] {
            if case .all(let conditions) = self { conditions } else { [] }
        }
    }

    var position: SourcePosition
    var id: Located<String>
    var effect: Located<RuleEffect>
    var reason: Located<String>?
    var when: When
    var unless: [ConditionDeclaration]?
    /// Of hold rules.
    var hold: HoldDeclaration?
    var limits: [LimitDeclaration] = []
}

struct ConditionDeclaration: Sendable {
    var field: ConditionField
    var position: SourcePosition
    var matcher: Matcher
}

enum Matcher: Sendable {
    case values([Located<String>])
    case inList(Located<String>)
    case notInList(Located<String>)
    case prefix(Located<String>)
    case bounds([Bound])
    case flag(Located<Bool>)
    /// Names of windows; any of them.
    case windows([Located<String>])
}

struct Bound: Sendable {
    enum Kind: String, Sendable, CaseIterable {
        case atLeast = "at_least"
        case moreThan = "more_than"
        case atMost = "at_most"
        case lessThan = "less_than"

        var isLower: Bool { self == .atLeast || self == .moreThan }
        var isStrict: Bool { self == .moreThan || self == .lessThan }
    }

    var kind: Kind
    var amount: ExactDecimal
    var position: SourcePosition
}
