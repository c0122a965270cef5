// Everything that two files can tell apart about a request: variables, their values, and what these do to rows.

import CallbackProtocol

/// A choice that a search can make for one field: an atom, and what it does to every row.
struct Choice: Sendable {
    let atom: Atom
    /// Rows of which a condition of `when` fails.
    var fails: BitRow
    /// Rows whose `unless` is off.
    var off: BitRow
}

/// A field with its choices.
struct Variable: Sendable {
    let field: ConditionField
    var choices: [Choice]
}

/// The search space of two rule lists for one kind of request.
struct DecisionSpace {
    let kind: RequestKind
    let rows: [Row]
    /// Of the request, in the order in which they are chosen.
    private(set) var request: [Variable] = []
    /// Of one destination.
    private(set) var destination: [Variable] = []
    /// Rows without `unless`.
    private(set) var withoutUnless: BitRow
    private(set) var universal: BitRow
    /// Rows that fail, and those whose `unless` is off, where a request has no destinations.
    private(set) var nowhere: Choice
    /// `false` where some values were left out.
    private(set) var isComplete = true
    let limits: [CompiledLimit]
    /// What rows ask about each field, each question once.
    private let groups: [ConditionField: [QuestionGroup]]
    /// Amounts of fields: points at even places, intervals at odd ones.
    private(set) var ladders: [ConditionField: [ExactDecimal]] = [:]
    /// Whether conditions or limits look at what single destinations are worth.
    private(set) var tracked: Set<ConditionField> = []

    init(kind: RequestKind, sides: [RulesSide], instants: [Atom]) {
        self.kind = kind
        rows = sides.enumerated().flatMap { side, rules in rules.rules.flatMap { Row.rows(of: $0, side: side) } }
        limits = sides.flatMap { $0.rules.flatMap(\.limits) }
        let none = BitRow(count: rows.count)
        (withoutUnless, universal) = (none, none)
        nowhere = Choice(atom: .notApplicable, fails: none, off: none)
        for (index, row) in rows.enumerated() {
            if row.unless == nil { withoutUnless.insert(index) }
            if row.isUniversal { universal.insert(index) }
        }
        groups = QuestionGroup.all(of: rows)
        let questions = groups.mapValues { $0.map(\.question) }
        let partition = Partition(questions: questions, limits: limits)
        if partition.keys.count > Partition.maximumKeys { isComplete = false }
        for field in [ConditionField.destinationAmount, .destinationAmountUSD] {
            let isBounded = (questions[field] ?? []).contains { if case .condition = $0 { true } else { false } }
            if isBounded { tracked.insert(field) }
            ladders[field] = partition.amounts(field)
        }
        for field in order(questions) {
            let atoms = field == .timeWithin ? instants : partition.atoms(of: field)
            let variable = Variable(field: field, choices: choices(field, atoms))
            if field.isOfDestination { destination.append(variable) } else { request.append(variable) }
        }
        for field in Set(destination.map(\.field)) {
            let choice = choice(field, .notApplicable)
            nowhere.fails = nowhere.fails | choice.fails
            nowhere.off = nowhere.off | choice.off
        }
    }

    /// The fields that are asked about: first those on which the parts of a request depend, then those that tell the
    /// two files apart.
    private func order(_ questions: [ConditionField: [Question]]) -> [ConditionField] {
        let signatures = rows.map(\.signature)
        let counts = zip(rows, signatures).reduce(into: [RowSignature: Int]()) { counts, pair in
            counts[pair.1, default: 0] += pair.0.side == 0 ? 1 : -1
        }
        let changed = Set(
            zip(rows, signatures).filter { counts[$0.1] != 0 }.flatMap { $0.0.when + ($0.0.unless ?? []) }.map(\.slot))
        let leading: [ConditionField] = kind == .transaction ? [.operation, .stage] : [.type]
        var asked = Set(questions.keys).union(leading)
        // What a destination is worth depends on both of its amounts, and its name on both of its types.
        if asked.contains(.contractAddress) { asked.formUnion([.contractMethod, .destinationAddress]) }
        if asked.contains(.amountUSD) || asked.contains(.destinationAmount) { asked.insert(.destinationAmountUSD) }
        if asked.contains(.amount) || asked.contains(.destinationAmountUSD) { asked.insert(.destinationAmount) }
        if asked.contains(.destinationAmountUSD), kind == .transaction { asked.insert(.amountUSD) }
        if !asked.isDisjoint(with: [.destinationName, .destinationSubType]) {
            asked.formUnion([.destinationType, .destinationAddressType])
        }
        func rank(_ field: ConditionField) -> Int {
            if let first = leading.firstIndex(of: field) { return first - 10 }
            if field == .contractMethod || field == .destinationType || field == .destinationAddressType { return -5 }
            if field == .destinationAmount { return -4 }
            if field == .messageKind { return -4 }
            return changed.contains(field) ? 0 : 1
        }
        return asked.sorted { (rank($0), $0.rawValue) < (rank($1), $1.rawValue) }
    }

    private func choice(_ field: ConditionField, _ atom: Atom) -> Choice {
        var (fails, off) = (BitRow(count: rows.count), BitRow(count: rows.count))
        for group in groups[field] ?? [] {
            let truth = group.question.truth(atom, side: group.side)
            for index in group.when where rows[index].fails(truth) { fails.insert(index) }
            for index in group.unless where rows[index].isOff(truth) { off.insert(index) }
        }
        return Choice(atom: atom, fails: fails, off: off)
    }

    /// One choice for each different effect on rows. What an atom means for other fields counts as an effect.
    private func choices(_ field: ConditionField, _ atoms: [Atom]) -> [Choice] {
        struct Effect: Hashable {
            let fails: BitRow
            let off: BitRow
            let meaning: String
        }
        var seen: Set<Effect> = []
        var previous: Effect?
        return atoms.map { choice(field, $0) }.filter { made in
            // Fields that name one thing have the same classes.
            let siblings = Partition.related(field).map { choice($0, made.atom) }
            let fails = siblings.reduce(made.fails) { $0 | $1.fails }
            let off = siblings.reduce(made.off) { $0 | $1.off }
            let meaning = Coupling.meaning(field, made.atom, limits: limits)
            let effect = Effect(fails: fails, off: off, meaning: meaning)
            // Classes of amounts stay intervals, so that they can be compared.
            defer { previous = effect }
            return field.shape == .amount ? effect != previous : seen.insert(effect).inserted
        }
    }
}

/// One of the two files: the rules for one kind of request, and the windows that they number.
struct RulesSide {
    let rules: [CompiledRule]
    let windows: [CompiledWindow]
}
