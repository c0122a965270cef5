// Rules, ready to be evaluated.

import CallbackProtocol

/// A test of one field, with everything looked up and normalised.
struct CompiledCondition: Sendable {
    enum Test: Sendable {
        case anyOf(TextSet)
        case noneOf(TextSet)
        case prefix([UInt8])
        case anyAddress(TextSet)
        case noAddress(TextSet)
        case bounds([Bound])
        case flag(Bool)
        /// Signed by any of these keys.
        case signed([ExtraKey])
        /// Indices of windows of the plan, any of which is open.
        case within([Int])
        case outside(Int)
    }

    let field: ConditionField
    let test: Test
    /// For explanations: `in treasury`, `at most 10000`.
    let expected: String
    /// Not in the file: without `operation`, approve and hold rules are about TRANSFER.
    var isImplied = false
}

/// Conditions that must all be true, those about the request apart from those about one destination.
struct CompiledConditions: Sendable {
    let request: [CompiledCondition]
    let destination: [CompiledCondition]
    /// All of them in the order of the file, for explanations.
    let inOrder: [CompiledCondition]

    init(_ conditions: [CompiledCondition]) {
        inOrder = conditions
        request = conditions.filter { !$0.field.isOfDestination }
        destination = conditions.filter(\.field.isOfDestination)
    }
}

/// Immutable; an object, so that an evaluation that has found a rule hands on one reference.
final class CompiledRule: Sendable {
    let id: String
    let effect: RuleEffect
    /// The rule's own words for a rejection.
    let reason: String?
    let when: CompiledConditions
    let unless: CompiledConditions?
    /// Of hold rules.
    let hold: CompiledHold?
    let limits: [CompiledLimit]

    init(
        id: String, effect: RuleEffect, reason: String?, when: CompiledConditions, unless: CompiledConditions?,
        hold: CompiledHold?, limits: [CompiledLimit]
    ) {
        self.id = id
        self.effect = effect
        self.reason = reason
        self.when = when
        self.unless = unless
        self.hold = hold
        self.limits = limits
    }

    var readsDestinations: Bool {
        !when.destination.isEmpty || !(unless?.destination.isEmpty ?? true)
    }
}

/// Everything that an evaluation needs.
struct RulesPlan: Sendable {
    var transactions: [CompiledRule] {
        didSet { transactionIndex = RuleIndex(transactions) }
    }
    var configurationChanges: [CompiledRule] {
        didSet { configurationIndex = RuleIndex(configurationChanges) }
    }
    private(set) var transactionIndex: RuleIndex
    private(set) var configurationIndex: RuleIndex
    /// Only the windows that rules use.
    var windows: [CompiledWindow]
    /// By the asset's id in requests.
    var assets: [String: DeclaredAsset]

    /// - Parameter isIndexed: `false` for a plan that is asked a few times only; an index takes longer.
    init(
        transactions: [CompiledRule], configurationChanges: [CompiledRule], windows: [CompiledWindow],
        assets: [String: DeclaredAsset], isIndexed: Bool = true
    ) {
        self.transactions = transactions
        self.configurationChanges = configurationChanges
        self.windows = windows
        self.assets = assets
        transactionIndex = isIndexed ? RuleIndex(transactions) : RuleIndex(scanning: transactions.count)
        configurationIndex =
            isIndexed ? RuleIndex(configurationChanges) : RuleIndex(scanning: configurationChanges.count)
    }
}

extension RulesPlan {
    /// Whether a rule has limits or holds.
    var needsHistory: Bool {
        (transactions + configurationChanges).contains { $0.hold != nil || !$0.limits.isEmpty }
    }
}
