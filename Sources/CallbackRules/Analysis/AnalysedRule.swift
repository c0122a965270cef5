// A rule as an analysis uses it: as it stands, to confirm with, and with short lists, to search with.

import CallbackProtocol

struct AnalysedRule: Sendable {
    let full: CompiledRule
    let short: CompiledRule
    /// The rows of the short form, in the first file.
    let rows: [Row]

    init(full: CompiledRule, short: CompiledRule) {
        (self.full, self.short, rows) = (full, short, Row.rows(of: short, side: 0))
    }

    var id: String { full.id }
    var effect: RuleEffect { full.effect }

    func changed(_ change: (CompiledRule) -> CompiledRule) -> AnalysedRule {
        AnalysedRule(full: change(full), short: change(short))
    }

    /// The row that fires where the rule has an effect at all.
    var firing: [Row] { Array(rows.prefix(1)) }

    /// The row without which the rule allows nothing: it fires at every destination, or not at all.
    var allowing: Row? { rows.first(where: \.isUniversal) }

    /// Approves every request.
    static let approvesAll: AnalysedRule = {
        let rule = CompiledRule(
            id: "(everything)", effect: .approve, reason: nil, when: CompiledConditions([]), unless: nil, hold: nil,
            limits: [])
        return AnalysedRule(full: rule, short: rule)
    }()
}

extension CompiledRule {
    /// The same conditions with another effect, without holds; an approval keeps what its limits need to know.
    ///
    /// - Parameter ceiling: of every limit, instead of its own.
    func with(_ effect: RuleEffect, ceiling: ExactDecimal? = nil) -> CompiledRule {
        let open = limits.map { limit in
            CompiledLimit(
                rule: limit.rule, id: limit.id, measure: limit.measure, ceiling: ceiling ?? limit.ceiling,
                period: limit.period, forEach: limit.forEach, consequence: .reject)
        }
        return CompiledRule(
            id: id, effect: effect, reason: nil, when: when, unless: unless, hold: nil,
            limits: effect == .approve ? open : [])
    }
}
