// Everything that two files can tell apart about a request: variables, their values, and what these do to rows.

import CallbackProtocol

/// A choice that a search can make for one field: an atom, and what it does to every row.
struct Choice: Sendable {
    let atom: Atom
    /// Rows of which a condition of `when` fails.
    var fails: BitRow
    /// Rows whose `unless` is off.
    var off: BitRow
    /// What the atom means for other fields and for limits; equal where it means the same.
    var meaning = ""
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
    var request: [Variable] = []
    /// Of one destination.
    var destination: [Variable] = []
    /// Rows without `unless`.
    private(set) var withoutUnless: BitRow
    private(set) var universal: BitRow
    /// Rows that fail, and those whose `unless` is off, where a request has no destinations.
    private(set) var nowhere: Choice
    /// Whether requests without destinations are looked at.
    var allowsNowhere = true
    /// `false` where some values were left out.
    private(set) var isComplete = true
    let limits: [CompiledLimit]
    /// What rows ask about each field, each question once.
    let groups: [ConditionField: [QuestionGroup]]
    /// Fields of destinations where what is unknown is a class of its own, or is not looked at.
    private(set) var tellsUnknown: Set<ConditionField> = []
    /// Amounts of fields: points at even places, intervals at odd ones.
    private(set) var ladders: [ConditionField: [ExactDecimal]] = [:]
    /// Whether conditions or limits look at what single destinations are worth.
    private(set) var tracked: Set<ConditionField> = []

    init(kind: RequestKind, sides: [RulesSide], instants: [Atom]) {
        self.init(
            kind: kind,
            rows: sides.enumerated().flatMap { side, rules in rules.rules.flatMap { Row.rows(of: $0, side: side) } },
            limits: sides.flatMap { $0.rules.flatMap(\.limits) }, instants: instants)
    }

    /// - Parameter focus: leaves out what does not make these rows fire.
    init(kind: RequestKind, rows: [Row], limits: [CompiledLimit], instants: [Atom], focus: [Row] = []) {
        (self.kind, self.rows, self.limits) = (kind, rows, limits)
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
            if (questions[field] ?? []).contains(where: { $0.condition != nil }) { tracked.insert(field) }
            ladders[field] = partition.amounts(field)
        }
        let tables = AnswerTables(groups: groups, universal: rows.map(\.isUniversal))
        let names = Set(focus.map(\.rule.id))
        let own = mask { names.contains($0.rule.id) }
        for field in order(questions, focus) {
            let all = field == .timeWithin ? told(instants) : partition.atoms(of: field)
            let atoms = focus.reduce(all) { remaining($0, of: field, where: $1) }
            var variable = Variable(field: field, choices: choices(field, atoms, tables))
            if !focus.isEmpty { variable.preferLonely(own) }
            if field.isOfDestination {
                destination.append(variable)
                let isLeftOut = all.contains(.unknown) && !atoms.contains(.unknown)
                if isLeftOut || variable.choices.contains(where: { $0.atom == .unknown }) { tellsUnknown.insert(field) }
            } else {
                request.append(variable)
            }
        }
        for field in Set(destination.map(\.field)) {
            guard let answer = tables.answers(field, [.notApplicable]).first else { continue }
            nowhere.fails.formUnion(answer.fails)
            nowhere.off.formUnion(answer.off)
        }
        allowsNowhere = !focus.contains(where: \.failsNowhere)
    }

    /// The fields that are asked about: first those on which the parts of a request depend, then those that tell the
    /// two files apart.
    private func order(_ questions: [ConditionField: [Question]], _ focus: [Row]) -> [ConditionField] {
        let changed = focus.isEmpty ? changedFields : Set(focus.flatMap(\.when).map(\.slot))
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

    private var changedFields: Set<ConditionField> {
        let signatures = rows.map(\.signature)
        let counts = zip(rows, signatures).reduce(into: [RowSignature: Int]()) { counts, pair in
            counts[pair.1, default: 0] += pair.0.side == 0 ? 1 : -1
        }
        return Set(
            zip(rows, signatures).filter { counts[$0.1] != 0 }.flatMap { $0.0.when + ($0.0.unless ?? []) }.map(\.slot))
    }

    /// One choice for each different effect on rows. What an atom means for other fields counts as an effect.
    private func choices(_ field: ConditionField, _ atoms: [Atom], _ tables: AnswerTables) -> [Choice] {
        struct Effect: Hashable {
            let parts: [BitRow]
            let meaning: String
        }
        var seen: Set<Effect> = []
        var previous: Effect?
        let own = tables.answers(field, atoms)
        // Fields that name one thing have the same classes.
        let siblings = Partition.related(field).filter { $0 != field && groups[$0] != nil }
            .map { tables.answers($0, atoms) }
        return atoms.indices.compactMap { index in
            let answer = own[index]
            let meaning = Coupling.meaning(field, atoms[index], limits: limits)
            let effect = Effect(
                parts: [answer.fails, answer.off] + siblings.flatMap { [$0[index].fails, $0[index].off] },
                meaning: meaning)
            // Classes of amounts stay intervals, so that they can be compared.
            defer { previous = effect }
            let isNew = field.shape == .amount ? effect != previous : seen.insert(effect).inserted
            return isNew ? Choice(atom: atoms[index], fails: answer.fails, off: answer.off, meaning: meaning) : nil
        }
    }
}

/// One of the two files: the rules for one kind of request, and the windows that they number.
struct RulesSide {
    let rules: [CompiledRule]
    let windows: [CompiledWindow]
}
